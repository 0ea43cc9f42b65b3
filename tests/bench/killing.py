"""What is done to a node until it is killed, one class a kind: what was acknowledged and so must stand.

Each kind works as real processes: the site under HTTP writes, ``cases import``, ``worker``, a process that records
diagnoses, ``backup`` while cases are entered.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kakehashi.kernel.backup.archive import UNFINISHED, Archive
from kakehashi.kernel.backup.problems import BackupProblem
from tests.bench.nodes import ORGANISATION, Hand, Node, served
from tests.bench.packets import TERMS, write_packets

PERSON = "killed@hospital.example"
TICKS = os.sysconf("SC_CLK_TCK")
TOKEN = """
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.tokens import make_token
person = Person.objects.get(email=given["email"])
answer = make_token(by=person, organisation=Organisation.objects.get(code=given["code"]), name="bench")[1]
"""
STANDS = """
from kakehashi.systems.cases.models import Case
answer = {one.public_id: [one.local_id, one.revision, one.state] for one in Case.objects.all()}
"""
WAIT_ANEW = """
from kakehashi.systems.cases.models import Case
from kakehashi.systems.exchange.matching import match_soon
from kakehashi.systems.exchange.models import Unmatched
answer = Unmatched.objects.count()
if not answer:
    ids = list(Case.objects.filter(state="registered").order_by("pk").values_list("pk", flat=True))
    match_soon(ids[given["first"] % max(len(ids) - given["most"], 1):][:given["most"]])
"""
MATCHES = """
from kakehashi.systems.exchange.models import Match, Unmatched
answer = [Unmatched.objects.count(), sorted(Match.objects.values_list("case_id", "other_id"))]
"""
MATCH_ALL = """
from kakehashi.systems.cases.models import Case
from kakehashi.systems.exchange.matching import match_soon
match_soon(list(Case.objects.filter(state="registered").values_list("pk", flat=True)))
"""
UNFINISHED_JOBS = """
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.jobs.running import MOST_ATTEMPTS
left = Job.objects.exclude(state="done").exclude(state="failed", attempts__gte=MOST_ATTEMPTS)
answer = [f"{job.kind} {job.pk}: {job.state} {job.error}" for job in left]
"""
"""Not those that were given up because their worker ended twenty times: another job does what they left."""
UNDIAGNOSED = """
from kakehashi.systems.cases.models import Case
answer = list(Case.objects.filter(state="registered").order_by("-pk").values_list("pk", flat=True)[:given["most"]])
"""
DIAGNOSE = """
import sys
from kakehashi.cli import start_django
start_django()
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis, reopen_diagnosis
person = Person.objects.get(email=sys.argv[1])
print("ready", flush=True)
for number, pk in enumerate(sys.argv[2:]):
    row = record_diagnosis(by=person, case_id=int(pk), diagnosis=NewDiagnosis(disease="OMIM:154700", gene="FBN1"))
    print(pk, "diagnosed", flush=True)
    if number % 3 == 2:
        reopen_diagnosis(by=person, diagnosis_id=row.pk, reason="the variant is benign")
        print(pk, "registered", flush=True)
"""
DIAGNOSED = """
from kakehashi.systems.cases.models import Case, CaseDiagnosis
standing = CaseDiagnosis.objects.filter(reopened_at=None, case__in=given["pks"]).values_list("case_id", flat=True)
answer = {one.pk: [one.state, list(standing).count(one.pk)] for one in Case.objects.filter(pk__in=given["pks"])}
"""
ENTER = """
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding
person, holder = Person.objects.get(email=given["email"]), Organisation.objects.get(code=given["code"])
said = Description(findings=tuple(Finding(term=term) for term in given["terms"]))
for name in given["names"]:
    enter_case(by=person, organisation=holder, local_id=name, description=said, register=True)
answer = len(given["names"])
"""


def kill(process: subprocess.Popen[Any]) -> bool:
    """Kill a command and all it started with SIGKILL; False when it had ended by itself before."""
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def cpu_of(process: subprocess.Popen[Any]) -> float:
    """CPU seconds that a process has taken so far."""
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return float("inf")
    return (int(stat[11]) + int(stat[12])) / TICKS


def cpu_at_end(process: subprocess.Popen[Any]) -> float:
    """Wait for a command and return the CPU seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass
class Kind:
    """One kind of work; ``problems`` collects what was not as it had to be, ``killed`` counts the hits."""

    node: Node
    hand: Hand
    draw: random.Random
    folder: Path
    moments: int = 0
    killed: int = 0
    acknowledged: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def moment(self) -> None:
        """Work, be killed, start again, look."""
        raise NotImplementedError

    def last(self) -> None:
        """After the last moment: let the work come to its end and look once more."""

    def insist(self, holds: object, problem: str) -> None:
        if not holds:
            self.problems.append(f"moment {self.moments}: {problem}")


class Command(Kind):
    """A command that is killed at a random share of its work, by the CPU time it takes: however busy the machine is.

    ``starting`` and ``whole``: CPU seconds of a command that does nothing, and of this one undisturbed.
    """

    starting = 0.0
    whole = 0.0

    def arguments(self) -> tuple[str, ...]:
        raise NotImplementedError

    def run_killed(self) -> bool:
        """Run the command and kill it on the way; True when it was killed, False when it came to its end."""
        if not self.whole:
            type(self).starting = type(self).starting or cpu_at_end(self.node.start("audit", "list", "--limit", "1"))
            self.whole = self.starting + 2.0
        share = self.draw.random()
        process = self.node.start(*self.arguments())
        while process.poll() is None and cpu_of(process) < self.starting + share * (self.whole - self.starting):
            time.sleep(0.003)
        time.sleep(self.draw.uniform(0, 0.02))
        if kill(process):
            self.killed += 1
            self.whole *= 1.02  # until it ends by itself now and then
            return True
        self.insist(process.returncode == 0, f"{self.arguments()[0]} ended with {process.returncode}")
        self.whole = max(0.9 * self.whole, self.starting + 0.2)
        return False


class Registration(Kind):
    """Two programs enter, register and edit cases through the site's API; the whole site is killed."""

    token = ""

    def moment(self) -> None:
        self.token = self.token or self.hand.do(TOKEN, email=PERSON, code=ORGANISATION)
        stood: dict[str, int] = {}
        sent: list[str] = []
        with served(self.node, "--without-worker") as (address, process):
            writers = [threading.Thread(target=self._write, args=(address, one, stood, sent)) for one in range(2)]
            for writer in writers:
                writer.start()
            wanted = self.draw.randrange(1, 13)
            while len(sent) < wanted and any(writer.is_alive() for writer in writers):
                time.sleep(0.002)
            time.sleep(self.draw.uniform(0, 0.1))
            self.killed += kill(process)
            for writer in writers:
                writer.join()
        found = self.hand.do(STANDS)
        self.acknowledged += len(stood)
        for public_id, revision in stood.items():
            kept = found.get(public_id)
            self.insist(kept, f"{public_id} was acknowledged and is lost")
            self.insist(not kept or kept[1] >= revision, f"revision {revision} of {public_id} is lost")
        names = [local_id for local_id, _revision, _state in found.values()]
        self.insist(len(names) == len(set(names)), "a case is doubled")
        drafts = [public_id for public_id, (_name, _revision, state) in found.items() if state == "draft"]
        self.insist(not drafts, f"entered and not registered, which is one act: {drafts[:3]}")

    def _write(self, address: str, writer: int, stood: dict[str, int], sent: list[str]) -> None:
        """Enter cases, each third one edited, until the site is gone; what it answered goes into ``stood``."""
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {self.token}"}, timeout=60) as client:
            number = 0
            with contextlib.suppress(httpx.TransportError):
                while True:
                    number += 1
                    name = f"R{self.moments}-{writer}-{number}"
                    said = {"findings": [{"term": term} for term in TERMS[number % 5 : number % 5 + 4]]}
                    sent.append(name)
                    answer = client.post("/api/cases/", json={"local_id": name, "description": said})
                    if answer.status_code != 201:
                        self.insist(False, f"registering answered {answer.status_code}: {answer.text[:200]}")
                        return
                    case = answer.json()
                    stood[case["id"]] = case["revision"]
                    if number % 3 == 0:
                        said["findings"].append({"term": TERMS[-1]})
                        edit = {"description": said, "from_revision": case["revision"]}
                        answer = client.put(f"/api/cases/{case['id']}", json=edit)
                        if answer.status_code == 200:
                            stood[case["id"]] = answer.json()["revision"]


class Import(Command):
    """``kakehashi cases import`` of a file; the next moment goes on with it, or with its next edition."""

    packets = 300
    edition = 0

    def arguments(self) -> tuple[str, ...]:
        return "cases", "import", str(self.folder / "packets.jsonl"), "--organisation", ORGANISATION

    def moment(self) -> None:
        write_packets(self.folder / "packets.jsonl", self.packets, edition=self.edition)
        before = self._standing()
        hit = self.run_killed()
        after = self._standing()
        self.insist(before.keys() <= after.keys(), "an imported case is lost")
        self.insist(all(after[name] >= revision for name, revision in before.items() if name in after), "a revision is")
        self.acknowledged += len(after)
        if not hit:
            self._insist_on_all(after)
            self.edition += 1

    def last(self) -> None:
        write_packets(self.folder / "packets.jsonl", self.packets, edition=self.edition)
        self.node.run(*self.arguments())
        self._insist_on_all(self._standing())

    def _insist_on_all(self, after: dict[str, int]) -> None:
        self.insist(len(after) == self.packets, f"{len(after)} of {self.packets} were imported")
        kept = int(self.node.asked("SELECT count(*) FROM cases_packet")[0][0])
        wanted = self.packets * (self.edition + 1)
        self.insist(kept == wanted, f"{kept} packets are kept instead of {wanted}")

    def _standing(self) -> dict[str, int]:
        rows = self.node.asked("SELECT local_id, revision FROM cases_case WHERE local_id LIKE 'synthetic-%'")
        return {str(name): int(revision) for name, revision in rows}


class Matching(Command):
    """``kakehashi worker`` while cases wait to be matched."""

    at_once = 120

    def arguments(self) -> tuple[str, ...]:
        return "worker", "--once"

    def moment(self) -> None:
        self.hand.do(WAIT_ANEW, first=self.draw.randrange(10_000), most=self.at_once)
        before = {tuple(pair) for pair in self.hand.do(MATCHES)[1]}
        hit = self.run_killed()
        waiting, found = self.hand.do(MATCHES)
        pairs = [tuple(pair) for pair in found]
        self.acknowledged += len(pairs)
        self.insist(hit or not waiting, "the worker ended and cases wait")
        self.insist(len(pairs) == len(set(pairs)), "a match is doubled")
        self.insist(before <= set(pairs), "a match is lost")

    def last(self) -> None:
        """What was matched under kills is what one undisturbed run finds; every job ends."""
        self.node.run(*self.arguments())
        waiting, killed_pairs = self.hand.do(MATCHES)
        self.insist(waiting == 0, f"{waiting} cases still wait to be matched")
        self.hand.do(MATCH_ALL)
        self.node.run(*self.arguments())
        waiting, pairs = self.hand.do(MATCHES)
        known = {tuple(pair) for pair in pairs}
        self.insist(waiting == 0 and {tuple(pair) for pair in killed_pairs} <= known, "matching anew finds less")
        left = self.hand.do(UNFINISHED_JOBS)
        self.insist(not left, f"jobs that did not end well: {left[:3]}")


class Diagnosis(Kind):
    """A process records diagnoses, each third one reopened, and says each when it stands."""

    at_once = 25

    def moment(self) -> None:
        pks = [str(pk) for pk in self.hand.do(UNDIAGNOSED, most=self.at_once)]
        process = subprocess.Popen(
            [sys.executable, "-c", DIAGNOSE, PERSON, *pks],
            env=self.node.environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        assert process.stdout
        lines = [process.stdout.readline() for _line in range(1 + self.draw.randrange(len(pks)))]  # "ready" first
        time.sleep(self.draw.uniform(0, 0.05))
        self.killed += kill(process)
        lines += process.stdout.readlines()
        said = dict(line.split() for line in lines[1:] if line.endswith("\n"))
        self.acknowledged += len(said)
        found = self.hand.do(DIAGNOSED, pks=pks)
        for number, pk in enumerate(pks):
            state, standing = found[pk]
            allowed = {said.get(pk, "registered")} | ({"diagnosed", "registered"} if pk not in said else set())
            if said.get(pk) == "diagnosed" and number % 3 == 2:
                allowed.add("registered")  # reopened, and killed before it could say so
            self.insist(state in allowed, f"case {pk} was said to be {said.get(pk)} and is {state}")
            self.insist(standing == (state == "diagnosed"), f"case {pk} is {state} with {standing} diagnoses")


class Backup(Command):
    """``kakehashi backup`` while cases are entered; what looks like a back-up is one."""

    def arguments(self) -> tuple[str, ...]:
        return "backup", str(self.folder / "backups")

    def moment(self) -> None:
        (self.folder / "backups").mkdir(exist_ok=True)
        names = [f"B{self.moments}-{number}" for number in range(self.draw.randrange(1, 6))]
        given = {"email": PERSON, "code": ORGANISATION, "names": names, "terms": TERMS[:5]}
        writer = threading.Thread(target=self.hand.do, args=(ENTER,), kwargs=given)
        writer.start()
        self.run_killed()
        writer.join()
        self.acknowledged += len(names)
        for path in (self.folder / "backups").iterdir():
            if not path.name.startswith(UNFINISHED):
                self._insist_on_whole(path)

    def _insist_on_whole(self, path: Path) -> None:
        try:
            with Archive(path) as archive:
                archive.verify()
        except BackupProblem as error:
            self.insist(False, f"{path.name}: {error}")
        path.unlink()

    def last(self) -> None:
        """An undisturbed back-up leaves nothing beside it, and restores elsewhere to what stands."""
        target = self.folder / "backups"
        self.node.run("backup", str(target), "--with-keys")
        (made,) = list(target.iterdir())
        if not self.node.database_url:
            other = Node(self.folder / "restored")
            other.run("restore", str(made))
            self.insist(other.case_count() == self.node.case_count(), "the restored node holds other cases")
        made.unlink()


KINDS: dict[str, type[Kind]] = {
    "registration": Registration,
    "import": Import,
    "matching": Matching,
    "diagnosis": Diagnosis,
    "backup": Backup,
}

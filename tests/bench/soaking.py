"""What people and a peer do during a soak: each thing they do is a kind of request, timed and judged."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from kakehashi.protocols.mme import CONTENT_TYPE
from tests.bench.nodes import token_in
from tests.bench.packets import TERMS, packet

SET_UP = """
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.systems.cases.demo import prepare_demo
prepare_demo()
hospitals = list(Organisation.objects.filter(cases__isnull=False).distinct().order_by("code"))
answer = []
for number in range(given["users"]):
    email = f"user{number}@soak.example"
    for role in ("clinician", "data_manager"):
        add_person(by=None, email=email, organisation=hospitals[number % len(hospitals)], role=role,
                   name=f"利用者{number}", name_en=f"User {number}", password="correct horse battery 9")
    answer.append(email)
"""
UNFINISHED = """
from kakehashi.kernel.jobs.models import Job
answer = [f"{job.kind}: {job.state} {job.error}" for job in Job.objects.exclude(state="done")[:5]]
"""
WORDS = ("てんかん", "小脳", "seizure", "ataxia", "FBN1", "SCN1A", "low-set ears", "発達")
NARROWED = ("", "?q=HP:0001250", "?state=registered", "?sort=-changed", "?page=2")


@dataclass
class Record:
    """What was asked and how it went; shared by all threads."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, answer: httpx.Response, expected: tuple[int, ...]) -> None:
        """An answer: success, a refusal that belongs to the work, or an error."""
        with self._lock:
            self.seconds.setdefault(kind, []).append(seconds)
            if answer.status_code in expected:
                name = f"{kind} {answer.status_code}"
                self.refused[name] = self.refused.get(name, 0) + 1
            elif answer.status_code >= 400 or "/accounts/login/" in answer.headers.get("Location", ""):
                self.errors.append(f"{kind} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")

    def fail(self, kind: str, error: Exception) -> None:
        with self._lock:
            self.errors.append(f"{kind}: {type(error).__name__} {error}")


class Pace:
    """How long people pause: adapted together, so that the node is loaded and not drowned."""

    def __init__(self, seconds: float = 6.0) -> None:
        self.seconds = seconds

    def adapt(self, loaded: float) -> None:
        """``loaded``: the share of what the node shall take that it takes."""
        self.seconds = min(max(self.seconds * min(max(loaded, 0.7), 1.4), 0.5), 60.0)

    def pause(self, draw: random.Random, until: float) -> None:
        time.sleep(max(min(draw.expovariate(1 / self.seconds), 5 * self.seconds, until - time.monotonic()), 0.0))


class User:
    """Someone logged in, who knows the cases of their last list."""

    def __init__(self, client: httpx.Client, number: int, record: Record) -> None:
        self.client, self.number, self.record = client, number, record
        self.draw = random.Random(number)
        self.entered = 0
        self.own: list[str] = []
        self.seen: list[str] = []
        work: dict[str, tuple[int, Callable[[], None]]] = {
            "list": (14, self.list_cases),
            "case": (18, self.open_case),
            "similar": (8, self.similar),
            "history": (3, self.history),
            "register": (8, self.register),
            "edit": (7, self.edit),
            "search": (8, self.search),
            "terms": (10, self.terms),
            "matches": (7, self.matches),
            "triage": (4, self.triage),
            "api match": (5, self.api_match),
            "import": (1, self.import_file),
            "sharing": (4, self.sharing),
            "home": (3, self.home),
        }
        self.names = list(work)
        self.weights = [weight for weight, _do in work.values()]
        self.deeds = {name: do for name, (_weight, do) in work.items()}

    def work(self, pace: Pace, until: float) -> None:
        """Do one thing after the other, with pauses, until the time is over."""
        time.sleep(self.draw.uniform(0, 3))
        self.list_cases()
        while time.monotonic() < until:
            name = self.draw.choices(self.names, self.weights)[0]
            try:
                self.deeds[name]()
            except (httpx.HTTPError, ValueError, KeyError) as error:
                self.record.fail(name, error)
            pace.pause(self.draw, until)

    def _ask(
        self, kind: str, method: str, path: str, *, expected: tuple[int, ...] = (), **options: Any
    ) -> httpx.Response:
        began = time.perf_counter()
        answer = self.client.request(method, path, **options)
        self.record.note(kind, time.perf_counter() - began, answer, expected)
        return answer

    def _write(self, kind: str, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"X-CSRFToken": self.client.cookies.get("csrftoken", ""), "Referer": str(self.client.base_url)}
        return self._ask(kind, method, path, headers=headers, **options)

    def _any(self) -> str:
        return self.draw.choice(self.own[-50:] + self.seen)

    def _described(self) -> dict[str, Any]:
        findings = [{"term": term} for term in self.draw.sample(TERMS, 4)]
        return {"findings": findings, "genes": self.draw.sample(["FBN1", "SCN1A", "KCNQ2", "CEP290"], 1)}

    def home(self) -> None:
        self._ask("home", "GET", "/")

    def list_cases(self) -> None:
        self._ask("list", "GET", f"/cases/{self.draw.choice(NARROWED)}")
        answer = self._ask("api list", "GET", "/api/cases/?page_size=20")
        if answer.status_code == 200:
            self.seen = [one["id"] for one in answer.json()["items"]] or self.seen

    def open_case(self) -> None:
        self._ask("case", "GET", f"/cases/{self._any()}/")

    def similar(self) -> None:
        self._ask("similar", "GET", f"/cases/{self._any()}/similar/")

    def history(self) -> None:
        self._ask("history", "GET", f"/cases/{self._any()}/history/")

    def register(self) -> None:
        self.entered += 1
        new = {"local_id": f"S{self.number}-{self.entered}", "description": self._described()}
        answer = self._write("register", "POST", "/api/cases/", json=new)
        if answer.status_code == 201:
            self.own.append(answer.json()["id"])

    def edit(self) -> None:
        if not self.own:
            return self.register()
        path = f"/api/cases/{self.draw.choice(self.own)}"
        read = self._ask("read", "GET", path)
        if read.status_code == 200:
            change = {"description": self._described(), "from_revision": read.json()["revision"]}
            self._write("edit", "PUT", path, json=change, expected=(409,))
        return None

    def search(self) -> None:
        self._ask("search", "GET", "/search/", params={"q": self.draw.choice(WORDS)})

    def terms(self) -> None:
        """Typing into the form: one question a few letters."""
        self._ask("terms", "GET", "/api/cases/terms", params={"q": self.draw.choice(WORDS)[:3]})

    def matches(self) -> None:
        self._ask("matches", "GET", f"/exchange/matches/{self.draw.choice(('', '?view=all', '?view=dismissed'))}")

    def triage(self) -> None:
        page = self._ask("matches", "GET", "/exchange/matches/").text
        numbers = [part.split('"')[0] for part in page.split('name="match" value="')[1:]]
        move = self.draw.choice(("dismiss", "contact"))
        sent = {
            "csrfmiddlewaretoken": token_in(page),
            "move": move,
            "reason": "other_cause",
            "match": self.draw.sample(numbers, min(2, len(numbers))),
        }
        if numbers:
            self._write("triage", "POST", "/exchange/matches/triage/", data=sent)

    def api_match(self) -> None:
        self._write("api match", "POST", "/api/cases/match", json={"description": self._described()})

    def import_file(self) -> None:
        self.entered += 5
        first = 100_000 * (self.number + 1) + self.entered
        lines = "\n".join(json.dumps(packet(number)) for number in range(first, first + 5))
        self._write("import", "POST", "/api/cases/import", files={"file": ("packets.jsonl", lines.encode())})

    def sharing(self) -> None:
        if not self.own:
            return self.register()
        path = f"/cases/{self.draw.choice(self.own)}/sharing/"
        page = self._ask("sharing", "GET", path)
        sent = {
            "csrfmiddlewaretoken": token_in(page.text),
            "reach": self.draw.choice(("0", "1", "2")),
            "shown": "1",
            "sharing_class": "controlled",
            "consent_version": "v1",
            "consent_from": "2026-01-05",
            "consent_domestic": "on",
        }
        self._write("sharing changed", "POST", path, data=sent, expected=(422,))
        return None


def peer(address: str, token: str, record: Record, pace: Pace, until: float) -> None:
    """A foreign node that asks for matches of some patients of its own, now and then."""
    draw = random.Random(99)
    headers = {"X-Auth-Token": token, "Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE}
    with httpx.Client(base_url=address, timeout=60, headers=headers) as client:
        while time.monotonic() < until:
            number = draw.randrange(40)
            features = [{"id": term} for term in random.Random(number).sample(TERMS, 5)]
            patient = {
                "id": f"f{number}",
                "contact": {"name": "A", "href": "mailto:a@peer.example"},
                "features": features,
            }
            began = time.perf_counter()
            try:
                answer = client.post("/mme/match", content=json.dumps({"patient": patient}))
                record.note("mme match", time.perf_counter() - began, answer, (429,))
            except httpx.HTTPError as error:
                record.fail("mme match", error)
            pace.pause(draw, until)

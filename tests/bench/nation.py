"""A nation's cases for the benchmarks: 418 hospitals and their synthetic patients, written in bulk.

What stands afterwards is what registering each case by hand would have left: the case, its first revision, its rows by
which it is found, its place in the case index; all of it made by the code that the actions call. Different are: one
revision a case instead of two (entered, registered), no entry of the audit trail, no job and no matching (some matches
are drawn instead: two a case, with patients of the same disease). The patients are synthetic but not marked so, since
synthetic cases are not told to other nodes.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from tests.bench.bulk import count_on, later_indexed, put

HOSPITALS, HUBS, ADVANCED = 418, 37, 6
CHUNK = 5000
SEED = 418
SOLVED = 0.3
NETWORK_SIZE = 40
"""Hospitals of one network: a hub, and those that refer to it."""

ALIKE = 10
"""Of so many cases one is drawn, the others lack one of its findings."""
DRAWN = 500_000
"""So many cases are drawn, the others repeat these under ids of their own."""
FULLY_FOUND = 200_000
"""So many cases are found by all the words of their findings, the others by labels, genes and ids alone."""
DRAFTS = 0.02
TERMS = [
    (reach, shown, kind, round(far * much * share, 6))
    for reach, far in ((0, 0.25), (1, 0.15), (2, 0.4), (3, 0.2))
    for shown, much, kinds in (
        (1, 0.2, {"restricted": 1.0}),
        (2, 0.7, {"restricted": 1.0}),
        (3, 0.1, {"restricted": 0.75, "open": 0.25}),
    )
    for kind, share in kinds.items()
]
"""How far, how much, of which class, and which share of cases is on these terms."""

Said = Callable[[str], None]


def fill(cases: int, *, said: Said = print) -> None:
    """Write ``cases`` cases into the empty database of this process, and everything they need. Prints how it goes."""
    from django.db import connection

    started = time.perf_counter()
    organisations = write_hospitals()
    people = write_people(organisations)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")
    drawn = min(cases, DRAWN)
    with later_indexed():
        diseases = _cases(drawn, [one.pk for one in organisations], people, said)
        repeat(drawn, cases)
    opt_outs(cases)
    _matches(diseases)
    count_on(("cases_case", cases))
    said(f"{cases:,} cases written in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    said(f"analysed in {time.perf_counter() - started:.0f} s")


def index(*, said: Said = print) -> float:
    """Build the case index from the database, and do what a node that has run for an hour has behind it; seconds."""
    from kakehashi.kernel.jobs.hourly import do_chores
    from kakehashi.systems.cases.matching import similar

    started = time.perf_counter()
    count = similar.rebuild()
    seconds = time.perf_counter() - started
    said(f"{count:,} cases indexed in {seconds:.0f} s")
    started = time.perf_counter()
    do_chores()
    said(f"the worker's hourly chores done in {time.perf_counter() - started:.0f} s")
    return seconds


def write_hospitals() -> list[Any]:
    from kakehashi.kernel.organisations.models import Kind, Organisation
    from kakehashi.kernel.sharing.models import Network, NetworkMember, NetworkRole

    made = Organisation.objects.bulk_create(
        Organisation(code=f"H{number:03d}", name=f"第{number}病院", name_en=f"Hospital {number}", kind=Kind.HOSPITAL)
        for number in range(1, HOSPITALS + 1)
    )
    roles = [NetworkRole.HUB] * HUBS + [NetworkRole.ADVANCED] * ADVANCED + [NetworkRole.COOPERATING] * HOSPITALS
    networks = -(-HOSPITALS // NETWORK_SIZE)
    made_networks = Network.objects.bulk_create(
        Network(code=f"n{number}", name=f"{number}") for number in range(networks)
    )
    NetworkMember.objects.bulk_create(
        NetworkMember(network=made_networks[place % networks], organisation=one, role=roles[place])
        for place, one in enumerate(made)
    )
    return made


def write_people(organisations: Sequence[Any]) -> list[int]:
    """A clinician and a data manager of each hospital; the clinicians' ids in the hospitals' order."""
    from kakehashi.kernel.people.models import Membership, Person
    from kakehashi.kernel.people.roles import Role

    clinicians = []
    for role in (Role.CLINICIAN, Role.DATA_MANAGER):
        made = Person.objects.bulk_create(
            Person(email=f"{role}@{one.code.lower()}.example", name=f"{one.code} {role}", password="!")
            for one in organisations
        )
        Membership.objects.bulk_create(
            Membership(person=person, organisation=one, role=role)
            for person, one in zip(made, organisations, strict=True)
        )
        if role == Role.CLINICIAN:
            clinicians = [one.pk for one in made]
    return clinicians


def shares(hospitals: int = HOSPITALS) -> np.ndarray:
    """How large a share of all cases each hospital holds: the largest four per cent, the smallest one in a thousand."""
    weights = 1 / (np.arange(hospitals) + 4) ** 0.8
    return np.asarray(weights / weights.sum())


def _cases(count: int, organisations: list[int], people: list[int], said: Said) -> np.ndarray:
    """Write the cases with revisions and rows; the disease each was drawn from."""
    from django.db import transaction

    from kakehashi.engines.phenotype.synthetic import Drawer, Habits
    from kakehashi.kernel.search.models import SearchEntry
    from kakehashi.systems.cases import vocabulary
    from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene, Revision

    draw = np.random.default_rng(SEED)
    drawer = Drawer(vocabulary.knowledge(), habits=Habits(candidate_genes=3))
    diseases = np.zeros(count + 1, dtype=np.int32)
    started = time.perf_counter()
    for first in range(1, count + 1, CHUNK):
        number = min(CHUNK, count + 1 - first)
        patients = drawer.patients(-(-number // ALIKE), seed=SEED + first)
        texts = first <= FULLY_FOUND
        made = list(_drawn(first, count, _like(patients, number, texts=texts), organisations, people, draw))
        diseases[first : first + number] = [patients[place // ALIKE].disease for place in range(number)]
        with transaction.atomic():
            put(Case, [one.case for one in made])
            put(Revision, [one.revision for one in made])
            put(CaseFinding, [row for one in made for row in one.findings])
            put(CaseGene, [row for one in made for row in one.genes])
            put(SearchEntry, [one.entry for one in made])
        if (first // CHUNK) % 10 == 0:
            said(f"  {first + number - 1:,} cases after {time.perf_counter() - started:.0f} s")
    return diseases


@dataclass(frozen=True)
class Like:
    """A patient like one that was drawn: what is said of it, and what the site's search finds it by beside its ids."""

    said: dict[str, Any]
    age_days: int | None
    texts: str


def _like(patients: Sequence[Any], number: int, *, texts: bool) -> Iterator[Like]:
    """Of each drawn patient itself and others that lack one of its findings, until there are enough."""
    from kakehashi.kernel.search.bigrams import indexed
    from kakehashi.systems.cases import rows
    from kakehashi.systems.cases.demo import description_of
    from kakehashi.systems.cases.models import Case

    for place in range(number):
        turn = place % ALIKE
        if turn == 0:
            patient = patients[place // ALIKE]
            symbols = tuple(gene for gene in patient.genes if ":" not in gene)  # some have no symbol, only an id
            described = description_of(replace(patient, genes=symbols), solved=True)
            stored, age = described.stored(), described.age_days
            words = rows.search_texts(Case(public_id="", local_id=""), described)[1:]
            known = len(described.all_genes) + 3 * len(described.present) + 4
            found_by = indexed(words if texts else words[:known])
            present = [one for one in stored.get("findings", []) if not one.get("excluded")]
        said = dict(stored)
        if 0 < turn < len(present) - 2:
            said["findings"] = [one for one in stored["findings"] if one is not present[turn]]
        yield Like(said, None if age is None else round(age), found_by)


@dataclass(frozen=True)
class Made:
    """The rows of one case, as columns and values."""

    case: dict[str, Any]
    revision: dict[str, Any]
    findings: list[dict[str, Any]]
    genes: list[dict[str, Any]]
    entry: dict[str, Any]


def _drawn(
    first: int, count: int, patients: Iterable[Like], organisations: list[int], people: list[int], draw: Any
) -> Iterator[Made]:
    """The rows of each patient's case: registered over three years, on the terms that hospitals choose."""
    from kakehashi.kernel.search.bigrams import indexed
    from kakehashi.systems.cases import rows
    from kakehashi.systems.cases.models import new_public_id
    from kakehashi.systems.cases.states import CaseState, RevisionKind

    places = draw.choice(len(organisations), size=CHUNK, p=shares(len(organisations)))
    terms = draw.choice(len(TERMS), size=CHUNK, p=[share for *_, share in TERMS])
    chance = draw.random((CHUNK, 3))
    today, version = datetime.now(UTC), rows.search_version()
    for offset, like in enumerate(patients):
        pk, place, said = first + offset, int(places[offset]), dict(like.said)
        if chance[offset, 0] >= SOLVED:
            said.pop("diagnoses", None)
        diagnosis = said["diagnoses"][0]["disease"] if "diagnoses" in said else ""
        state = CaseState.DRAFT if chance[offset, 1] < DRAFTS else CaseState.REGISTERED
        if diagnosis and state != CaseState.DRAFT:
            state = getattr(CaseState, "DIAGNOSED", state)
        at = today - timedelta(days=3 * 365) * (1 - pk / (count + 1))
        changed = min(today, at + timedelta(days=float(chance[offset, 2]) * 200))
        text, public_id, local_id = json.dumps(said), new_public_id(), f"P-{pk:07d}"
        findings, genes = said.get("findings", []), said.get("genes", [])
        excluded = sum(bool(one.get("excluded")) for one in findings)
        yield Made(
            case=terms_of_case(int(terms[offset]))
            | {
                "id": pk,
                "public_id": public_id,
                "organisation_id": organisations[place],
                "local_id": local_id,
                "state": str(state),
                "registered_by_id": people[place],
                "created_at": at,
                "changed_at": changed,
                "consent_from": at.date(),
                "description": text,
                "sex": said.get("sex", "unknown"),
                "age_days": like.age_days,
                "present_count": len(findings) - excluded,
                "absent_count": excluded,
                "diagnosis": diagnosis,
            },
            revision={
                "case_id": pk,
                "number": 1,
                "kind": str(RevisionKind.ENTERED),
                "at": at,
                "by_id": people[place],
                "note": "",
                "state": str(state),
                "description": text,
            },
            findings=[
                {"case_id": pk, "number": int(one["term"][3:]), "excluded": bool(one.get("excluded"))}
                for one in findings
            ],
            genes=[{"case_id": pk, "symbol": symbol.upper()} for symbol in genes],
            entry={
                "kind": rows.SEARCH_KIND,
                "object_id": str(pk),
                "organisation_id": organisations[place],
                "bigrams": f"{indexed([public_id, local_id])} {like.texts}",
                "version": version,
                "updated_at": changed,
            },
        )


def repeat(drawn: int, cases: int) -> None:
    """Write the cases beyond those drawn: each says what the one ``drawn`` before it says."""
    from django.db import connection

    from kakehashi.kernel.search.models import SearchEntry
    from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene, Revision

    for first in range(0, cases - drawn, drawn):
        shift, last = drawn + first, min(drawn, cases - drawn - first)
        instead = {
            Case: {"id": f"id + {shift}", "public_id": "'K-0' || substr(public_id, 4)", "local_id": "local_id || 'R'"},
            Revision: {"case_id": f"case_id + {shift}"},
            CaseFinding: {"case_id": f"case_id + {shift}"},
            CaseGene: {"case_id": f"case_id + {shift}"},
            SearchEntry: {"object_id": f"CAST(CAST(object_id AS bigint) + {shift} AS varchar(80))"},
        }
        for model, changed in instead.items():
            names = [field.column for field in model._meta.concrete_fields if field.column != "id" or model is Case]
            values = ", ".join(changed.get(name, f'"{name}"') for name in names)
            columns = ", ".join(f'"{name}"' for name in names)
            key = {Case: "id", SearchEntry: "CAST(object_id AS bigint)"}.get(model, "case_id")
            table = model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} <= {last}")


@cache
def terms_of_case(place: int) -> dict[str, Any]:
    """Every column of a case on some terms, as the action that sets them leaves it."""
    from kakehashi.kernel.sharing.actions import Terms, put_terms
    from kakehashi.kernel.sharing.states import DataClass, Level, Reach
    from kakehashi.systems.cases.models import Case
    from kakehashi.systems.cases.terms import attested

    reach, shown, kind, _share = TERMS[place]
    case = Case()
    put_terms(case, Terms(Reach(reach), Level(shown), DataClass(kind)), attested(Reach(reach)))
    return {field.column: field.value_from_object(case) for field in Case._meta.concrete_fields}


def opt_outs(cases: int) -> None:
    from kakehashi.kernel.sharing.models import OptOut
    from kakehashi.systems.cases.rules import KIND

    draw = np.random.default_rng(SEED + 1)
    chosen = draw.choice(np.arange(1, cases + 1), size=cases // 200, replace=False).tolist()
    OptOut.objects.bulk_create((OptOut(kind=KIND, record_id=pk) for pk in chosen), batch_size=2000)


def _matches(diseases: np.ndarray) -> None:
    """Each case is paired with the one before it of the same disease, in both directions."""
    from kakehashi.systems.cases.models import Case
    from kakehashi.systems.exchange.models import Match
    from kakehashi.systems.exchange.states import MatchState

    draw = np.random.default_rng(SEED + 2)
    order = np.argsort(diseases[1:], kind="stable") + 1  # of those drawn
    alike = np.flatnonzero(diseases[order[1:]] == diseases[order[:-1]])
    states = [str(state) for state in (MatchState.NEW, MatchState.CONTACTED, MatchState.DISMISSED)]
    now = datetime.now(UTC)
    blank = {field.column: field.value_from_object(Match()) for field in Match._meta.concrete_fields}
    del blank["id"]
    holders = dict(Case.objects.filter(pk__lte=len(diseases)).values_list("pk", "organisation_id"))

    def drawn() -> Iterator[dict[str, Any]]:
        for place in alike.tolist():
            one, other = int(order[place]), int(order[place + 1])
            at = now - timedelta(days=float(draw.random()) * 1000)
            row = blank | {
                "score": round(0.5 + float(draw.random()) * 0.45, 3),
                "findings": "|HP:0001250|",
                "first_seen": at,
                "last_seen": at,
                "state": states[min(2, int(draw.exponential(0.5)))],
            }
            yield row | {"case_id": one, "organisation_id": holders[one], "other_id": other}
            yield row | {"case_id": other, "organisation_id": holders[other], "other_id": one}

    every = drawn()
    while part := list(itertools.islice(every, 100_000)):
        put(Match, part)


def environment(home: str, database_url: str = "") -> dict[str, str]:
    """The environment of a node in ``home``."""
    return os.environ | {
        "KAKEHASHI_HOME": home,
        "KAKEHASHI_DATABASE_URL": database_url,
        "KAKEHASHI_CLI_LANGUAGE": "en",
        "DJANGO_SETTINGS_MODULE": "kakehashi.config.settings",
    }

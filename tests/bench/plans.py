"""How the databases find a nation's cases: the plan and the time of what pages and searches ask.

    python -m tests.bench.plans --rows 1000000
    TEST_DATABASE=postgresql python -m tests.bench.plans --rows 1000000

A million cases of 418 hospitals on mixed terms (``nation.py``), without findings and texts: these questions ask the
table of cases alone. ``tests/systems/cases/test_plans.py`` holds every plan to using an index.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import numpy as np
from django.test.utils import setup_databases, teardown_databases

from tests.bench import nation
from tests.bench.bulk import put

DESCRIPTION = json.dumps({"sex": "female", "findings": [{"term": f"HP:{number:07d}"} for number in range(12)]})
"""As long as that of a patient with twelve findings."""
HOSPITALS = {"largest": 1, "middle": 200, "smallest": 418}


def fill(rows: int) -> None:
    """Write organisations, people, cases and opt-outs."""
    from django.db import connection

    from kakehashi.systems.cases.models.case import ALPHABET, Case
    from kakehashi.systems.cases.states import CaseState

    started = time.perf_counter()
    hospitals = nation.write_hospitals()
    people = nation.write_people(hospitals)
    organisations = [one.pk for one in hospitals]
    draw, now = np.random.default_rng(nation.SEED), datetime.now(UTC)
    ids = ALPHABET
    for first in range(1, rows + 1, 50_000):
        number = min(50_000, rows + 1 - first)
        places = draw.choice(len(organisations), size=number, p=nation.shares())
        terms = draw.choice(len(nation.TERMS), size=number, p=[share for *_, share in nation.TERMS])
        chance = draw.random((number, 3))
        letters = draw.integers(0, len(ids), (number, 12))
        part = []
        for place in range(number):
            pk, solved = first + place, chance[place, 0] < nation.SOLVED
            state = CaseState.DIAGNOSED if solved else CaseState.REGISTERED
            changed = now - timedelta(days=3 * 365) * (1 - pk / (rows + 1)) * float(chance[place, 2])
            part.append(
                nation.terms_of_case(int(terms[place]))
                | {
                    "id": pk,
                    "public_id": "K-" + "".join(ids[letter] for letter in letters[place]),
                    "organisation_id": organisations[int(places[place])],
                    "local_id": f"P-{pk:07d}",
                    "state": str(CaseState.DRAFT if chance[place, 1] < nation.DRAFTS else state),
                    "registered_by_id": people[int(places[place])],
                    "created_at": changed,
                    "changed_at": changed,
                    "revision": 1,
                    "indexed_revision": 1,
                    "description": DESCRIPTION,
                    "age_days": int(chance[place, 2] * 20_000),
                    "diagnosis": f"OMIM:{100_000 + pk % 7000}" if solved else "",
                }
            )
        put(Case, part)
    nation.opt_outs(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{rows:,} cases on {connection.vendor} written in {time.perf_counter() - started:.0f} s", flush=True)


def timed(rows: Any) -> tuple[int, float]:
    """(rows, milliseconds): the quicker of two times."""
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        found = len(list(rows.all()))
        taken.append((time.perf_counter() - started) * 1000)
    return found, min(taken)


def shown(*, plans: bool) -> None:
    """Ask as clinicians of three hospitals do and print times and plans."""
    from kakehashi.kernel.people.models import Person
    from kakehashi.systems.cases.queries import visible_cases
    from tests.systems.cases.test_plans import asked

    for name, number in HOSPITALS.items():
        person = Person.objects.get(email=f"clinician@h{number:03d}.example")
        visible = visible_cases(person).select_related(None)
        every = asked(person) | {
            "by age": visible.order_by("age_days", "-pk")[:50],
            "counted, ten thousand at most": visible.order_by().values_list("pk")[:10_001],
        }
        for question, rows in every.items():
            found, milliseconds = timed(rows)
            print(f"| {name} hospital | {question} | {found:,} | {milliseconds:.1f} ms |", flush=True)
            if plans:
                print(rows.explain(), flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--node", action="store_true", help="ask the filled node of KAKEHASHI_HOME instead")
    asked.add_argument("--times-only", action="store_true", help="without the plans")
    chosen = asked.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "kakehashi.config.settings" if chosen.node else "tests.settings"
    django.setup()
    if chosen.node:
        shown(plans=not chosen.times_only)
        return
    kept = setup_databases(0, False)
    try:
        fill(chosen.rows)
        shown(plans=not chosen.times_only)
    finally:
        teardown_databases(kept, 0)


if __name__ == "__main__":
    main()

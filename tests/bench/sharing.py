"""The sharing table at full size: every state, a million random cases on each database, decision time, filter plans.

    python -m tests.bench.sharing                                   # SQLite
    TEST_DATABASE=postgresql python -m tests.bench.sharing          # PostgreSQL
    python -m tests.bench.sharing --rows 100000

1. Every state: each combination of a record's fields × twelve standings × five purposes, against the second statement.
2. Random: a thousand questions × a thousand records in the database; which records the filter finds, pair by pair,
   against the second statement (a million cases), and the decision of each tenth.
3. Decision time: CPU time of one decision, of records in memory.
4. A million records: the plan and the time of what pages and searches ask the filter for.
"""

import argparse
import os
import random
import time
from datetime import timedelta

import django
from django.test.utils import setup_databases, teardown_databases

LEVELS = 4


def every_state() -> int:
    """Exhaustive comparison; returns how many decisions were compared."""
    from kakehashi.kernel.sharing.states import Purpose
    from kakehashi.kernel.sharing.subject import Context
    from tests.kernel.sharing.test_table import DAY, STANDINGS, agree, every_row

    compared = 0
    questions = [(p, c) for p in Purpose for c in (Context(DAY), Context(DAY, frozenset({1})))]
    for subject in STANDINGS.values():
        for row in every_row():
            purpose, context = questions[compared // LEVELS % len(questions)]
            agree(subject, purpose, context, row)
            compared += LEVELS
    return compared


def filled(rows: int, seed: int) -> list:
    """Write random records and their opt-outs; returns the records in memory."""
    from kakehashi.kernel.sharing.models import OptOut
    from tests.kernel.sharing.records.models import Record
    from tests.kernel.sharing.worlds import KIND, PAST, random_row

    draw = random.Random(seed)
    made = [random_row(draw, pk) for pk in range(1, rows + 1)]
    left = ("opted_out", "sharing_kind")
    for start in range(0, rows, 20_000):
        part = made[start : start + 20_000]
        Record.objects.bulk_create(
            Record(**{name: value for name, value in vars(row).items() if name not in left}) for row in part
        )
        OptOut.objects.bulk_create(OptOut(kind=KIND, record_id=row.pk, since=PAST) for row in part if row.opted_out)
    return made


def at_random(questions: int, records: int) -> int:
    """The filter's answers pair by pair; returns how many pairs were compared."""
    from kakehashi.kernel.sharing import conditions
    from kakehashi.kernel.sharing.decision import decide, visible_to
    from kakehashi.kernel.sharing.states import Level
    from tests.kernel.sharing.records.models import Record
    from tests.kernel.sharing.statement import permitted
    from tests.kernel.sharing.worlds import KIND, plain, plain_question, random_question

    made = filled(records, 2026)
    plains = [plain(row) for row in made]
    draw = random.Random(5)
    compared, few = 0, conditions.FEW
    for number in range(questions):
        subject, purpose, context = random_question(draw, records)
        level = draw.choice([Level.EXISTS, Level.MATCHING, Level.WHOLE])
        ask = plain_question(subject, purpose, context)
        conditions.FEW = few * (number % 2)  # many values are asked for in another way than few
        wanted = visible_to(subject, purpose, context, KIND, level)
        found = set(Record.objects.filter(wanted).values_list("pk", flat=True))
        for row, record in zip(made, plains, strict=True):
            against = permitted(ask, record, int(level), context.day)
            assert (row.pk in found) == (against is None), (subject, purpose, context, row, level)
            if compared % 10 == 0:
                verdict = decide(subject, row, purpose, context, level)
                assert verdict.allowed == (against is None)
                assert against is None or set(verdict.codes) == against
            compared += 1
    conditions.FEW = few
    Record.objects.all().delete()
    return compared


def decision_time(decisions: int = 200_000) -> dict[str, float]:
    """CPU microseconds of one decision with the judge at hand, and of ``decide`` that looks the judge up."""
    from kakehashi.kernel.sharing.decision import decide, judge
    from kakehashi.kernel.sharing.states import Level, Purpose, Sector
    from kakehashi.kernel.sharing.subject import Context, Subject
    from tests.kernel.sharing.worlds import DAY, KIND, random_row

    draw = random.Random(8)
    rows = [random_row(draw, pk) for pk in range(1, 1001)]
    hospitals = frozenset(range(1, 419))
    subject = Subject("x", frozenset({900}), True, hospitals, hospitals, Sector.PRIVATE)
    context = Context(DAY)
    chosen = judge(subject, Purpose.MATCHING, context, KIND)
    taken = {}
    asked = {
        "decide, judge at hand": lambda row: chosen.decide(row, Level.WHOLE),
        "level, judge at hand": chosen.level,
        "decide": lambda row: decide(subject, row, Purpose.MATCHING, context, Level.WHOLE),
    }
    for name, ask in asked.items():
        started = time.process_time()
        for number in range(decisions):
            ask(rows[number % 1000])
        taken[name] = (time.process_time() - started) / decisions * 1e6
    return taken


def plans(rows: int, hospitals: int = 418) -> None:
    """Write a nation's records and print the plan and time of the filter's usual questions."""
    from django.db import connection

    from kakehashi.kernel.sharing.decision import visible_to
    from kakehashi.kernel.sharing.models import OptOut
    from kakehashi.kernel.sharing.states import Level, Purpose
    from kakehashi.kernel.sharing.subject import Context, Subject
    from tests.kernel.sharing.records.models import Record
    from tests.kernel.sharing.worlds import DAY, KIND

    draw = random.Random(1)
    started = time.perf_counter()
    for start in range(0, rows, 20_000):
        Record.objects.bulk_create(
            Record(
                organisation_id=draw.randint(1, hospitals),
                award_id=draw.randint(1, 3000),
                reach=draw.choice([0, 0, 1, 2, 2, 2, 3, 3]),
                consent_from=DAY - timedelta(days=draw.randint(0, 2000)),
                consent_domestic=True,
                consent_abroad=draw.random() < 0.6,
                state="registered" if draw.random() < 0.9 else "draft",
            )
            for _ in range(start, min(rows, start + 20_000))
        )
    OptOut.objects.bulk_create(
        OptOut(kind=KIND, record_id=draw.randint(1, rows), since=DAY) for _ in range(rows // 200)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{rows:,} records written in {time.perf_counter() - started:.0f} s")
    home = frozenset(range(1, hospitals + 1))
    standings = {
        "hospital": Subject("h", frozenset({7}), True, frozenset(range(1, 40)), home),
        "foreign node": Subject("n", takes_part=True, compatriots=frozenset()),
    }
    for name, subject in standings.items():
        visible = Record.objects.filter(visible_to(subject, Purpose.MATCHING, Context(DAY), KIND, Level.MATCHING))
        some = [draw.randint(1, rows) for _ in range(100)]
        questions = {
            "the newest 50": visible.order_by("-pk")[:50],
            "which of 100 similar ones": visible.filter(pk__in=some),
            "own institution's 50": visible.filter(organisation_id=7).order_by("-pk")[:50],
            "all ids (the mask of a search)": visible.order_by(),
        }
        for asked, wanted in questions.items():
            started = time.perf_counter()
            found = len(list(wanted.values_list("pk", flat=True)))
            taken = (time.perf_counter() - started) * 1000
            plan = wanted.values_list("pk", flat=True).explain()
            print(f"\n{name}: {asked}: {found:,} in {taken:.1f} ms\n{plan}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--only", choices=["states", "random", "time", "plans"], nargs="*")
    chosen = asked.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    kept = setup_databases(0, False)
    parts = chosen.only or ["states", "random", "time", "plans"]
    try:
        if "states" in parts:
            print(f"every state: {every_state():,} decisions compared, all equal")
        if "random" in parts:
            print(f"random: {at_random(1000, 1000):,} cases compared, all equal")
        if "time" in parts:
            for name, microseconds in decision_time().items():
                print(f"{name}: {microseconds:.2f} µs")
        if "plans" in parts:
            plans(chosen.rows)
    finally:
        teardown_databases(kept, 0)


if __name__ == "__main__":
    main()

"""How fast the trail of one case is found in a long audit trail, and what its look-up costs those who write.

    python -m tests.bench.trail                                # SQLite, 100,000 entries
    TEST_DATABASE=postgresql python -m tests.bench.trail
    python -m tests.bench.trail --entries 1000000

Half of the entries name one case, half list twenty of ten thousand; twelve more name five thousand each. Asked is what
the page "Who was told of this case" asks of the trail. "As text" is the question that does without the look-up, as it
is put to entries that a node wrote before it had one. Writing is measured with the look-up's rows and without them.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import django
from django.test.utils import setup_databases, teardown_databases

CASES = 10_000
LISTED = 20
AT_ONCE = 5000
ASKED = 40


def fill(entries: int) -> None:
    """A trail of so many entries, of a hospital whose people and another's read its cases."""
    from kakehashi.kernel.audit.models import ACTING
    from kakehashi.kernel.audit.writing import Entry, record_many

    draw = random.Random(20261121)
    for start in range(0, entries, AT_ONCE):
        made = []
        for number in range(start, min(start + AT_ONCE, entries)):
            by = f"person:{draw.randrange(200)}"
            elsewhere = {ACTING: "2"} if draw.random() < 0.3 else {}
            common = {"actor": by, "subject_type": "case", "organisation": "1", "detail": elsewhere}
            if number % 2:
                shown = tuple(map(str, draw.sample(range(CASES), LISTED)))
                made.append(Entry(action="case.list", subject_ids=shown, **common))
            else:
                made.append(Entry(action="case.read", subject_id=str(draw.randrange(CASES)), **common))
        record_many(made)
    exported = [tuple(map(str, draw.sample(range(CASES), CASES // 2))) for _month in range(12)]
    record_many(
        [Entry("person:1", "case.export", "case", subject_ids=one, organisation="1", detail={}) for one in exported]
    )


def milliseconds(act: Callable[[], Any], times: int) -> str:
    """Median and longest of some times, by the clock."""
    act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return f"median {statistics.median(taken):8.2f} ms, longest {max(taken):8.2f}"


def ask() -> None:
    """What the page asks, with the look-up and as text; both must say the same."""
    from django.db.models import Q

    from kakehashi.kernel.audit import entries_about
    from kakehashi.kernel.audit.models import ACTING, AuditEntry

    cases = [str(one) for one in random.Random(7).sample(range(CASES), ASKED)]

    def by_lookup(case: str) -> list[int]:
        return wanted(entries_about("case", case))

    def as_text(case: str) -> list[int]:
        named = Q(subject_id=case) | Q(subject_ids__contains=f'"{case}"')
        return wanted(AuditEntry.objects.filter(named, subject_type="case").order_by("-sequence"))

    def wanted(found: Any) -> list[int]:
        shown = found.filter(organisation="1", actor__startswith="person:", detail__contains=f'"{ACTING}"')
        return [one.sequence for one in shown.defer("subject_ids")[:1000]]

    assert all(by_lookup(case) == as_text(case) for case in cases[:5])
    for name, question, times in (("by the look-up", by_lookup, ASKED), ("as text", as_text, 5)):
        turns = iter(cases * 2)
        print(f"  asked {name:20} {milliseconds(lambda q=question, t=turns: q(next(t)), times)}")


def write() -> None:
    """What an entry of one, twenty and five thousand cases costs: with its rows, as it is, and without any."""
    from kakehashi.kernel.audit import lookup, writing

    listing, leaving = lookup.list_subjects, lookup.list_or_leave
    for size, times in ((1, 300), (LISTED, 300), (CASES // 2, 10)):
        ids = tuple(map(str, random.Random(size).sample(range(CASES), size)))
        one = {"subject_id": ids[0]} if size == 1 else {"subject_ids": ids}
        made = writing.Entry("person:1", "case.read", "case", organisation="1", **one)  # type: ignore[arg-type]
        for name, rows in (
            ("with rows", listing),
            ("as it does", leaving),
            ("without", lambda cursor, entries: None),
        ):
            with mock.patch.object(writing, "list_or_leave", rows):
                said = milliseconds(lambda made=made: writing.record_many([made]), times)
            print(f"  written {size:5} {name:12} {said}")


def list_older() -> None:
    """Empty the look-up and have the worker's job fill it."""
    from django.db import connection

    from kakehashi.kernel.audit import lookup, triggers
    from kakehashi.kernel.audit.models import NamedAmong, Unlisted

    triggers.remove_from_lookup(connection)
    NamedAmong.objects.all()._raw_delete("default")
    triggers.install_on_lookup(connection)
    Unlisted.objects.all().delete()
    lookup.list_anew()
    longest, began = 0.0, time.perf_counter()
    while True:
        before = time.perf_counter()
        if lookup.list_older() is None:
            break
        longest = max(longest, time.perf_counter() - before)
    rows, seconds = NamedAmong.objects.count(), time.perf_counter() - began
    print(f"  older listed: {rows:,} rows in {seconds:.1f} s, the longest transaction {longest * 1000:.0f} ms")


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--entries", type=int, default=100_000)
    chosen = reading.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection

    from kakehashi.kernel import audit
    from kakehashi.kernel.audit import lookup

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        fill(chosen.entries)
        while lookup.list_older() is not None:
            pass
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{connection.vendor}: {chosen.entries:,} entries")
        ask()
        write()
        list_older()
        began = time.perf_counter()
        report = audit.verify()
        took = time.perf_counter() - began
        print(f"  verified {report.entries:,} entries in {took:.1f} s: {len(report.findings)} wrong")
    finally:
        teardown_databases(kept, verbosity=0)


if __name__ == "__main__":
    main()

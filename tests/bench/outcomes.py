"""How long the outcomes take to count, and their page to answer: python -m tests.bench.outcomes [cases …].

On the database of TEST_DATABASE.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main(sizes: list[int]) -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_databases, setup_test_environment

    from kakehashi.kernel.organisations.models import Organisation
    from kakehashi.kernel.people.models import Membership, Person
    from kakehashi.systems.cases.models import Case, SamePatient
    from kakehashi.systems.cases.outcomes.queries import Asked, outcomes
    from kakehashi.systems.cases.outcomes.recounting import recount
    from kakehashi.systems.cases.outcomes.tallies import Slice
    from kakehashi.systems.cases.outcomes.words import By
    from tests.systems.cases.outcomes import programme

    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    print(f"{connection.vendor}: milliseconds, median (worst) of 5, and CPU of this process; descriptions of 1.2 kB")
    for size in sizes:
        from django.db import transaction

        with transaction.atomic():
            spec = programme.Spec(
                (size * 3 // 10, size * 6 // 10, size * 2 // 10),
                size,
                size * 7 // 10,
                (size * 2 // 100, size * 8 // 100, size * 10 // 100, size * 6 // 100),
                {3: size // 200},
                first=date(2015, 7, 1),
                last=date(2026, 10, 31),
                hospitals=418,
            )
            programme.make(spec)
            Case.objects.update(description={"findings": ["x" * 1150]}, counted_revision=0)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            begun = time.perf_counter()
            recount()
            print(f"{size:>9,} cases  drawn anew in {time.perf_counter() - begun:.1f} s")
            twice = list(Case.objects.order_by("pk").values_list("pk", flat=True)[: size // 50])  # one in a hundred
            SamePatient.objects.bulk_create(
                SamePatient(case_id=pk, counted_id=counted)
                for counted, other in zip(twice[::2], twice[1::2], strict=True)
                for pk in (counted, other)
            )
            for name, by, part in (
                ("by period", By.PERIOD, {}),
                ("by centre", By.CENTRE, {}),
                ("by region", By.REGION, {}),
                ("by signs", By.GROUP, {}),
                ("by centre, two years", By.CENTRE, {"first": date(2020, 4, 1), "last": date(2022, 3, 31)}),
            ):
                asked = Asked(by, Slice(date(2026, 11, 21), **part))
                _timed(f"{size:>9,} cases  {name:<24}", lambda asked=asked: outcomes(asked))
            agency = Organisation.objects.create(code="AGENCY", name="機構", kind="agency")
            director = Person.objects.create_user("director@example.org")
            Membership.objects.create(person=director, organisation=agency, role="programme_director")
            site = Client()
            site.force_login(director)
            for by in (By.PERIOD, By.CENTRE, By.REGION, By.GROUP):
                address = f"/outcomes/?by={by}"
                assert site.get(address).status_code == 200
                _timed(f"{size:>9,} cases  the page, by {by:<13}", lambda page=site, address=address: page.get(address))
            transaction.set_rollback(True)


def _timed(name: str, work: Callable[[], object]) -> None:
    times, working = [], []
    for _ in range(5):
        begun, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - begun) * 1000)
        working.append((time.process_time() - cpu) * 1000)
    print(f"{name} {median(times):7.0f} ({max(times):.0f}), CPU {median(working):.0f}", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])

"""How fast "My matches" is for someone with very many: every view, filter and order of the page, and its queries.

    python -m tests.bench.matches_page                                # SQLite, 20,000 matches of one person
    TEST_DATABASE=postgresql python -m tests.bench.matches_page
    python -m tests.bench.matches_page --matches 2000 --times 5 --slowest

Two thousand cases of one hospital, ten matches each with cases of five others; a quarter decided. Times are of whole
requests through the site's own stack (session, middleware, audit), warm; beside the clock the CPU of this process,
which says what an idle machine would take (on PostgreSQL the server's own time comes on top).
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator

import django
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

A_CASE = 10
STATES = ("new",) * 9 + ("contacted", "discussing", "discussing", "confirmed", "dismissed", "dismissed")
GENES = ("SCN1A", "KCNQ2", "FBN1", "STXBP1", "CDKL5", "PTEN", "NF1", "TSC2")
TERMS = tuple(f"HP:{number:07d}" for number in (1250, 252, 1274, 519, 1760, 1166, 1263, 1249, 729, 1290))
PAGES = {
    "open, best first": "",
    "open, page 50": "?page=50",
    "all, newest first": "?view=all&sort=-found",
    "dismissed": "?view=dismissed",
    "one state": "?state=discussing",
    "score from 80 %": "?score=0.8",
    "gene": "?gene=SCN1A",
    "finding": "?finding=HP:0001250",
    "place": "?place=here-hospital-JP",
    "found from": "?from=2026-11-01",
}


def filled(matches: int) -> object:
    """One clinician of one hospital, and the cases and matches of their queue."""
    from django.utils import timezone

    from kakehashi.kernel.organisations.models import Organisation
    from kakehashi.kernel.people.models import Membership, Person
    from kakehashi.kernel.people.roles import Role
    from kakehashi.kernel.sharing.states import Reach
    from kakehashi.systems.cases.models import Case
    from kakehashi.systems.exchange.models import Match, joined

    draw, today = random.Random(20261121), timezone.localdate()
    hospitals = [Organisation.objects.create(code=f"h{n}", name=f"病院{n}", name_en=f"Hospital {n}") for n in range(6)]
    person = Person.objects.create_user("clinician@example.org", language="en")
    Membership.objects.create(person=person, organisation=hospitals[0], role=Role.CLINICIAN)

    def cases(number: int) -> Iterator[Case]:
        for place in range(number):
            own = place < matches // A_CASE
            yield Case(
                organisation=hospitals[0] if own else hospitals[1 + place % 5],
                local_id=f"P{place}",
                state="registered",
                reach=draw.choice([Reach.DOMESTIC, Reach.DOMESTIC, Reach.ABROAD, Reach.INSTITUTION]),
                consent_from=today,
                consent_domestic=True,
                consent_abroad=True,
                registered_by=person if own else None,
            )

    made = Case.objects.bulk_create(cases(2 * matches // A_CASE), batch_size=500)
    ours, theirs = made[: matches // A_CASE], made[matches // A_CASE :]
    rows = []
    for case in ours:
        for other in draw.sample(theirs, A_CASE):
            state = draw.choice(STATES)
            rows.append(
                Match(
                    case=case,
                    organisation=hospitals[0],
                    other=other,
                    score=draw.uniform(0.5, 1.0),
                    genes=joined([draw.choice(GENES)] if draw.random() < 0.5 else []),
                    findings=joined(draw.sample(TERMS, 4)),
                    state=state,
                    dismissal="too_common" if state == "dismissed" else "",
                    reviewed_score=0.6 if state in ("confirmed", "dismissed") else None,
                )
            )
    Match.objects.bulk_create(rows, batch_size=500)
    return person


def measured(client: object, path: str, times: int, slowest: bool) -> tuple[list[float], list[float], int]:
    """Milliseconds of each request by the clock and of CPU, and how many queries one makes."""
    from django.db import connection

    client.get(path)  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as asked:
        client.get(path)  # type: ignore[attr-defined]
        queries = list(asked.captured_queries)
    if slowest:
        for one in sorted(queries, key=lambda one: -float(one["time"]))[:4]:
            print(f"    {float(one['time']) * 1000:6.0f} ms  {one['sql'][:700]}")
    taken, worked = [], []
    for _ in range(times):
        began, worked_before = time.perf_counter(), time.process_time()
        answer = client.get(path)  # type: ignore[attr-defined]
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - worked_before) * 1000)
        assert answer.status_code == 200
    return taken, worked, len(queries)


def figures(taken: list[float]) -> str:
    """Median and 95th percentile."""
    return f"p50 {statistics.median(taken):5.0f}  p95 {statistics.quantiles(taken, n=20)[-1]:5.0f}"


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--matches", type=int, default=20_000)
    reading.add_argument("--times", type=int, default=20)
    reading.add_argument("--slowest", action="store_true", help="print each page's slowest queries")
    chosen = reading.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        person = filled(chosen.matches)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        print(f"{connection.vendor}: {chosen.matches:,} matches of one person; milliseconds")
        every: list[float] = []
        for name, query in PAGES.items():
            path = f"/exchange/matches/{query}"
            taken, worked, queries = measured(client, path, chosen.times, chosen.slowest)
            every += taken
            print(f"  {name:20} {figures(taken)}  CPU {statistics.median(worked):4.0f}  {queries} queries")
        print(f"  {'all pages':20} {figures(every)}")
    finally:
        teardown_databases(kept, verbosity=0)


if __name__ == "__main__":
    main()

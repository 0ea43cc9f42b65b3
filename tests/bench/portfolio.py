"""How long the portfolio's pages take at the size of an agency, and at ten times that.

    python -m tests.bench.portfolio --awards 28600 --home DIR      # filled once, kept
    python -m tests.bench.portfolio --awards 286000 --home DIR
    python -m tests.bench.portfolio --home DIR --only /pipeline/

Fills a node of its own with the demo agency's years and so many awards, then asks each page as the president, in one
process without a server: the server's time of a page, work (CPU) beside time waited.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

DISTINCT = 12_600
"""Awards that the demo agency makes at its own size."""
ROUNDS = 12


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--awards", type=int, default=28_600)
    asked.add_argument("--home", default="")
    asked.add_argument("--only", default="", help="a part of the addresses to ask, instead of every page")
    chosen = asked.parse_args()
    home = Path(chosen.home or f"/tmp/kakehashi-portfolio-{chosen.awards}")
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"KAKEHASHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kakehashi.config.settings"}
    from kakehashi.cli import start_django

    start_django(prepared=False)
    fill(chosen.awards)
    measure(chosen.only)


def fill(awards: int) -> None:
    """Make the agency where the home has none yet."""
    from django.core.management import call_command

    from kakehashi.kernel.organisations.models import Kind, Organisation
    from kakehashi.kernel.people.actions import add_person
    from kakehashi.systems.portfolio.demo.agency import make_agency
    from kakehashi.systems.portfolio.models import Award, Entry, Movement

    call_command("migrate", verbosity=0)
    if not Award.objects.exists():
        started = time.perf_counter()
        made = make_agency(share=awards / DISTINCT)
        print(
            f"{made:,} awards, {Entry.objects.count():,} entries, {Movement.objects.count():,} movements "
            f"in {time.perf_counter() - started:.0f} s"
        )
        where = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
        add_person(by=None, email="president@agency.example", name="見本", organisation=where, role="president")


def pages() -> list[str]:
    """What is asked: each kind of page, each search, each slice of the data book."""
    from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS, Measure
    from kakehashi.systems.portfolio.models import Award, Entry

    paid = Entry.objects.filter(kind="carry_over").latest("number").number
    some = Award.objects.order_by("number").values_list("number", flat=True)[5_000]
    slices = [
        f"/portfolio/databook/?measure={measure}&rows={rows}&columns=year"
        for measure in (Measure.AWARDS, Measure.COMMITTED)
        for rows in DIMENSIONS
        if rows != "year"
    ]
    return [
        "/portfolio/",
        "/portfolio/?year=2019&term=1",
        "/portfolio/projects/t1-rare/?year=2019&term=1",
        "/portfolio/programmes/rare-diseases/",
        "/portfolio/awards/",
        "/portfolio/awards/?year=2019&phase=clinical",
        "/portfolio/awards/?every=1&q=膵がん",
        "/portfolio/awards/?every=1&q=pancreatic cancer",
        f"/portfolio/awards/{some}/",
        "/portfolio/rows/spent/?year=2019",
        "/portfolio/entries/",
        "/portfolio/calls/",
        "/awards/calls/",
        "/portfolio/awards/new/",
        f"/portfolio/awards/{some}/contracts/",
        "/portfolio/entries/new/",
        "/portfolio/entries/new/pay/",
        f"/portfolio/entries/{paid}/correct/",
        "/portfolio/outputs/?year=2024",
        "/portfolio/outputs/?every=1",
        "/portfolio/structure/",
        "/portfolio/goals/?term=1",
        "/portfolio/published/",
        "/portfolio/involvement/?year=2024",
        "/portfolio/abroad/",
        "/portfolio/pipeline/?year=2024",
        "/portfolio/pipeline/?year=2024&rate_of=drug/t2-area-cancer/phase_2&rate=40",
        "/portfolio/pipeline/?year=2024&term=2&giver=t2-drugs&taker=t2-devices&yen=30",
        "/portfolio/pipeline/rates/?year=2024",
        "/portfolio/pipeline/rows/?year=2024&table=drug&at=phase_1",
        "/portfolio/pipeline/history/?year=2024&history=told",
        "/search/?q=抗体",
        "/awards/",
        "/awards/?q=iPS細胞",
        f"/awards/{some}/",
        *slices,
    ]


def pairing() -> str:
    """What could carry an award on."""
    from kakehashi.systems.portfolio.models import Award

    return f"/portfolio/awards/{Award.objects.order_by('number').values_list('number', flat=True)[5_000]}/next/"


def measure(only: str) -> None:
    """Ask every page ROUNDS times, or those whose address has a part."""
    from django.test import Client

    from kakehashi.config.loaded import set_aside
    from kakehashi.kernel.people.models import Person
    from tests.bench.portfolio_desks import OFFICES, asked_by, desks, people

    people()
    client = Client(headers={"host": "localhost"})
    set_aside()  # as the server does
    print("| page | p50, ms | p95, ms | CPU p50 | CPU p95 |\n|---|---|---|---|---|")
    # pairing last: its first page begins to read every award's words beside the pages that follow
    for who, address in [*((asked_by(page), page) for page in pages()), *desks(), ("president", pairing())]:
        if only not in address:
            continue
        client.force_login(Person.objects.get(email=f"{who}@{OFFICES}"))
        waited, worked = asked_of(client, address)
        print(
            f"| {address} | {statistics.median(waited):.0f} | {late(waited):.0f} | {statistics.median(worked):.0f} "
            f"| {late(worked):.0f} |",
            flush=True,
        )


def asked_of(client: object, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds waited and worked for a page, the first request left out."""
    answered = client.get(address)  # type: ignore[attr-defined]
    if answered.status_code != 200:
        raise SystemExit(f"{address} answered {answered.status_code}")
    waited, worked = [], []
    for _round in range(ROUNDS):
        started, at_work = time.perf_counter(), time.process_time()
        client.get(address).content  # type: ignore[attr-defined]  # noqa: B018
        waited.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - at_work) * 1000)
    return waited, worked


def late(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[max(round(0.95 * len(times)) - 1, 0)]


if __name__ == "__main__":
    main()

"""The years' figures counted a second way: row by row in Python, from movements instead of balances.

Slow and plain on purpose; ``reconcile`` and the tests hold the pages' figures against it.
"""

from collections import defaultdict
from datetime import date

from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.figures import Figures
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Award, AwardResult, Movement

READ_AT_ONCE = 10_000
ENDS = ("source", "target")
FIELDS = ("kind", "fiscal_year", "programme_id", "award_id", "appropriation__kind")


def recounted(*, on: date | None = None) -> dict[int, Figures]:
    """The total line of each fiscal year that money moved in, from its rows."""
    years = _money()
    _count_awards(years)
    _count_results(years, on or timezone.localdate())
    return years


def _money() -> dict[int, Figures]:
    years: defaultdict[int, Figures] = defaultdict(Figures)
    fields = [f"{end}__{field}" for end in ENDS for field in FIELDS]
    for yen, *both in Movement.objects.order_by().values_list("amount_yen", *fields).iterator(READ_AT_ONCE):
        _half(years, -yen, *both[: len(FIELDS)])
        _half(years, yen, *both[len(FIELDS) :])
    return dict(years)


def _half(
    years: defaultdict[int, Figures],
    yen: int,
    place: str,
    year: int,
    programme: int | None,
    award: int | None,
    kind: str,
) -> None:
    """One account's half of a movement."""
    line = years[year]
    if programme is None:
        return
    line.budgeted[kind] = line.budgeted.get(kind, 0) + yen
    if award is not None:
        line.committed[kind] = line.committed.get(kind, 0) + yen
    if place == AccountKind.SPENT:
        line.spent[kind] = line.spent.get(kind, 0) + yen
    if place == AccountKind.CARRIED_IN:
        line.carried_in[kind] = line.carried_in.get(kind, 0) - yen


def _count_awards(years: dict[int, Figures]) -> None:
    for begins, ends in Award.objects.order_by().values_list("begins", "ends").iterator(READ_AT_ONCE):
        first = fiscal_year(begins)
        for year in range(first, fiscal_year(ends) + 1):
            if year in years:
                years[year].awards += 1
                years[year].new += year == first


def _count_results(years: dict[int, Figures], day: date) -> None:
    rows = AwardResult.objects.order_by().values_list("kind", "on", "taken_back_on")
    for kind, came, gone in rows.iterator(READ_AT_ONCE):
        year = fiscal_year(came)
        if year in years and came <= day and (gone is None or gone > day):
            years[year].results[kind] = years[year].results.get(kind, 0) + 1

"""The years' figures counted a second way: row by row in Python, from movements instead of balances.

Slow and plain on purpose; ``reconcile`` and the tests hold the pages' figures against it.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.figures import Figures
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Award, Credit, Movement, Output, OutputState, PlanTerm
from kakehashi.systems.portfolio.placements import places

Key = TypeVar("Key")
Outputs = dict[str, dict[int, set[tuple[int, int | None]]]]
"""By kind, each output with the awards it is credited to and their programmes."""

NEVER_THERE = (OutputState.EXPECTED, OutputState.GIVEN_UP)
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
    for year, outputs in recounted_outputs(day).items():
        if year in years:
            years[year].results = _numbers(outputs, lambda _award, _programme: "")[""]


def recounted_lines(
    outputs: Outputs, scheme: PlanTerm | None, year: int
) -> tuple[dict[int | None, dict[str, int]], dict[int | None, dict[str, int]]]:
    """Outputs of a year by kind, each once a line: of each programme, of each project of a term."""
    of_programme, of_award = places(scheme, year) if scheme else ({}, {})
    return (
        _numbers(outputs, lambda _award, programme: programme),
        _numbers(outputs, lambda award, programme: of_award.get(award) or of_programme.get(programme)),
    )


def recounted_outputs(day: date) -> dict[int, Outputs]:
    """The outputs that count at the end of a day, by fiscal year and kind, each with the awards credited then."""
    there: dict[int, tuple[int, str]] = {}
    rows = Output.objects.order_by().values_list("pk", "kind", "on", "taken_back_on", "state")
    for pk, kind, came, gone, state in rows.iterator(READ_AT_ONCE):
        if state not in NEVER_THERE and came <= day and (gone is None or gone > day):
            there[pk] = fiscal_year(came), kind
    years: defaultdict[int, Outputs] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    credits = Credit.objects.order_by().values_list("output_id", "award_id", "award__programme_id", "since", "until")
    for output, award, programme, since, until in credits.iterator(READ_AT_ONCE):
        if output in there and since <= day and (until is None or until > day):
            year, kind = there[output]
            years[year][kind][output].add((award, programme))
    return dict(years)


def _numbers(outputs: Outputs, line: Callable[[int, int | None], Key]) -> dict[Key, dict[str, int]]:
    """How many outputs of each kind stand in each line."""
    numbers: defaultdict[Key, dict[str, int]] = defaultdict(dict)
    for kind, of_kind in outputs.items():
        for credited in of_kind.values():
            for key in {line(award, programme) for award, programme in credited}:
                numbers[key][kind] = numbers[key].get(kind, 0) + 1
    return numbers

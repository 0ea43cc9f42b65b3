"""Counting outputs: each once in every figure, whatever the number of awards that it is credited to.

An output counts on a day when it is there (come, and not taken back yet) and is credited to an award on that day. It
counts for an award, a programme, a project, a ministry once where any of its credited awards is there: lines may come
to more than their total, which counts each output once.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.models import Credit, Output, OutputState

Key = TypeVar("Key", bound=Hashable)
Credited = tuple[int, str, int, int | None]
"""Output, its kind, an award it is credited to, that award's programme."""
CAME = (OutputState.FINAL, OutputState.TAKEN_BACK)
"""The states of what has been there; what was taken back counts until its day."""


def there_on(day: date, path: str = "") -> Q:
    """The outputs that are there at the end of a day; ``path`` leads to them (``output__``)."""
    stays = Q(**{f"{path}taken_back_on": None}) | Q(**{f"{path}taken_back_on__gt": day})
    return stays & Q(**{f"{path}on__lte": day, f"{path}state__in": CAME})


def in_year(fiscal_year: int, path: str = "") -> Q:
    """The outputs that came in a fiscal year."""
    first, last = fiscal_year_days(fiscal_year)
    return Q(**{f"{path}on__gte": first, f"{path}on__lte": last})


def credits_in_force(day: date) -> QuerySet[Credit]:
    """The credits that count at the end of a day, of outputs that are there."""
    lasts = Q(until=None) | Q(until__gt=day)
    return Credit.objects.filter(lasts, there_on(day, "output__"), since__lte=day)


def outputs_counting(day: date, only: Q | None = None) -> QuerySet[Output]:
    """The outputs that count at the end of a day; ``only`` narrows the credits by which they do."""
    credited = credits_in_force(day).filter(only or Q(), output=OuterRef("pk")).order_by()
    return Output.objects.filter(there_on(day), Exists(credited))


def credited_in(fiscal_year: int, day: date, *, programme: int | None = None) -> list[Credited]:
    """Every output that came in a year and counts at the end of a day, with each award (of a programme, where one is
    given) that it is credited to."""
    rows = credits_in_force(day).filter(in_year(fiscal_year, "output__")).order_by()
    if programme is not None:
        rows = rows.filter(award__programme=programme)
    return list(rows.values_list("output_id", "output__kind", "award_id", "award__programme_id").distinct())


def counted_by(rows: Iterable[Credited], keys: Callable[[int, int | None], Iterable[Key]]) -> dict[Key, dict[str, int]]:
    """How many outputs of each kind a line has: each once. ``keys(award, programme)``: the lines an award stands in."""
    lines: defaultdict[Key, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for output, kind, award, programme in rows:
        for key in keys(award, programme):
            lines[key][kind].add(output)
    return {key: {kind: len(outputs) for kind, outputs in kinds.items()} for key, kinds in lines.items()}

"""Counting outputs: each once in every figure, whatever the number of awards that it is credited to.

An output counts on a day when it is there (come, and not taken back yet) and is credited to an award on that day. It
counts for an award, a programme, a project, a ministry once where any of its credited awards is there: lines may come
to more than their total, which counts each output once.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.models import Credit, Output, OutputState

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

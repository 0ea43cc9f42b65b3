"""Co-operation abroad by country: how many of each kind, and the rows behind each number."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kakehashi.systems.portfolio.models import Award, Cooperation, CooperationCountry, CooperationKind

DOMESTIC = "JP"
OTHER = "other"
"""All kinds that have no column of their own."""
OTHERS = tuple(
    kind
    for kind in CooperationKind
    if kind not in (CooperationKind.JOINT_RESEARCH, CooperationKind.MEMORANDUM, CooperationKind.JOINT_CALL)
)


@dataclass(frozen=True)
class Part:
    """Which co-operation: of a fiscal year, a kind (or OTHER), a country; "" or None: all."""

    fiscal_year: int | None = None
    kind: str = ""
    country: str = ""
    ended: bool | None = False
    """False: what has not ended (of a fiscal year: all that belongs to it); True: what has ended; None: both."""


@dataclass(frozen=True)
class Land:
    """A country with how many things are done together there, by kind."""

    code: str
    kinds: Counter[str]
    awards: int
    """Awards whose institution is there."""

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(self.kinds.values())


def cooperation_behind(part: Part) -> QuerySet[Cooperation]:
    """The rows of a part, each once."""
    rows = Cooperation.objects.all()
    if part.fiscal_year is not None:
        rows = rows.filter(fiscal_year=part.fiscal_year)
    if part.kind == OTHER:
        rows = rows.filter(kind__in=OTHERS)
    elif part.kind:
        rows = rows.filter(kind=part.kind)
    if part.country:
        rows = rows.filter(countries__country=part.country)
    over = Q(ended_on__lt=timezone.localdate())
    if part.ended:
        return rows.filter(over)
    return rows if part.ended is None or part.fiscal_year is not None else rows.exclude(over)


def by_country(part: Part) -> list[Land]:
    """Each country abroad that takes part, those with most first; beside it awards held there, of every year."""
    told = CooperationCountry.objects.exclude(country=DOMESTIC)
    rows = told.filter(cooperation__in=cooperation_behind(part).order_by()).order_by()
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for country, kind, number in rows.values_list("country", "cooperation__kind").annotate(number=Count("pk")):
        kinds[country][kind] += number
    held = awards_abroad()
    lands = [Land(code, kinds[code], held.get(code, 0)) for code in {*kinds, *(held if part == Part() else ())}]
    return sorted(lands, key=lambda land: (-land.total, land.code))


def awards_abroad() -> dict[str, int]:
    """How many awards have their institution abroad, by its country."""
    rows = held_in("").order_by()
    return dict(rows.values_list("organisation__country").annotate(number=Count("pk")))


def held_in(country: str) -> QuerySet[Award]:
    """The awards whose institution is in a country, or anywhere abroad."""
    if country:
        return Award.objects.filter(organisation__country=country)
    return Award.objects.exclude(organisation__country__in=("", DOMESTIC))


def years() -> list[int]:
    """The fiscal years that something is told of, latest first."""
    told = Cooperation.objects.filter(fiscal_year__isnull=False).order_by("-fiscal_year")
    return [year for year in told.values_list("fiscal_year", flat=True).distinct() if year is not None]

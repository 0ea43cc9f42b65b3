"""How many calls ask for involvement and how many awards tell of it, by programme and fiscal year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.behind import Slice, awards_behind
from kakehashi.systems.portfolio.columns.column import tally
from kakehashi.systems.portfolio.columns.parts import awards_of
from kakehashi.systems.portfolio.models import Award, Call, Involvement, Programme


@dataclass
class Told:
    """A programme's year: calls opened in it and those of them that ask; awards that run in it and those of them of
    which involvement within the year is told; how often, by kind."""

    calls: int = 0
    asking: int = 0
    awards: int = 0
    telling: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def times(self) -> int:
        """How often, all kinds together."""
        return sum(self.kinds.values())


def involvements_in(part: Slice) -> QuerySet[Involvement]:
    """What is told of a fiscal year, of the awards of a part that run in it; what was taken back is left out."""
    days = fiscal_year_days(part.fiscal_year)
    return Involvement.objects.filter(on__range=days, taken_back_on=None, award__in=awards_behind(part).order_by())


def awards_telling(part: Slice) -> QuerySet[Award]:
    """The awards of a part that run in its fiscal year of which involvement within it is told."""
    told = involvements_in(Slice(part.fiscal_year)).filter(award=OuterRef("pk")).order_by()
    return awards_behind(part).filter(Exists(told))


def calls_by_programme(year: int, programme: Programme | None = None) -> defaultdict[int | None, Told]:
    """Each programme with calls that open in a fiscal year: their number, and how many ask for involvement."""
    lines: defaultdict[int | None, Told] = defaultdict(Told)
    first, last = fiscal_year_days(year)
    only = Q() if programme is None else Q(programme=programme)
    calls = Call.objects.filter(only, opens__gte=first, opens__lte=last).order_by().values_list("programme")
    for key, number, asking in calls.annotate(n=Count("pk"), asking=Count("pk", filter=Q(asks_involvement=True))):
        lines[key].calls, lines[key].asking = number, asking
    return lines


def by_programme(year: int, programme: Programme | None = None) -> dict[int | None, Told]:
    """Each programme (None: awards that name none) with calls or awards in a fiscal year."""
    lines = calls_by_programme(year, programme)
    part = Slice(year, programme=programme)
    awards, running = awards_of(part)
    for key, number in tally([awards.programme.at(running)]):
        lines[key].awards = number
    told = involvements_in(part).order_by().values_list("award__programme")
    for key, number in told.annotate(n=Count("award", distinct=True)):
        lines[key].telling = number
    for key, kind, number in told.values_list("award__programme", "kind").annotate(n=Count("pk")):
        lines[key].kinds[kind] = number
    return dict(lines)


def programmes_asking(lines: dict[int | None, Told]) -> tuple[int, int]:
    """Of the programmes that opened calls, how many ask in at least one of them: how many ask, how many opened."""
    opened = [line for key, line in lines.items() if key is not None and line.calls]
    return sum(bool(line.asking) for line in opened), len(opened)

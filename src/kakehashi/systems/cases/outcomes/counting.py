"""Counting: what each step of the funnel counts, and tallies of the database folded into figures that add up.

- **Consulted**: families that consulted a hospital (``Consultation``), in the period of the day they consulted, at the
  hospital that entered it; by route. A family that consults again under the same pseudonym, or another hospital with
  the same patient, counts once, the first time.
- **Registered**: cases registered and not withdrawn, in the period of their first registration, at the hospital that
  holds them. A case that its family names as a relative of the proband is not counted: figures are of probands. A
  patient of whom two hospitals confirmed that both registered them counts once (see linkage/registrations.py).
- **Analysed**: registered cases with an analysis done, in the period in which the first was done.
- **Diagnosed**: analysed cases of which a diagnosis stands, in the period of the first that stands. A diagnosis that is
  reopened counts no more from that day on, in any period; recorded anew, it counts on its new day. A case diagnosed
  without an analysis is told apart and stands in no rate.
- **Lists**: whether the disease of that diagnosis has a number on the list of designated intractable diseases, an
  Orphanet number, both or neither. **New** is told beside: a new disease may have got its Orphanet number since.
- **Rate**: of the cases analysed in the period, those of which a diagnosis stands on the as-of date, whenever it came.
  So it is a share of the same cases, and never above one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kakehashi.systems.cases.course.states import Catalogue, Route
from kakehashi.systems.cases.outcomes.rates import Share
from kakehashi.systems.cases.outcomes.words import By, Lists, Step

OPEN, SOLVED = "open", "solved"
UNANALYSED = "unanalysed"
LISTS = tuple(Lists)


def cell_of(lists: Lists, *, new: bool) -> int:
    """How a pair of lists and newness is written as one number (0 to 7)."""
    return LISTS.index(lists) * 2 + int(new)


@dataclass(frozen=True)
class Tally:
    """So many of one step and kind under one key.

    ``kind``: the route; "" (registered); OPEN or SOLVED (analysed); a cell_of number or UNANALYSED (diagnosed).
    """

    key: Hashable
    step: Step
    kind: str | int
    count: int


@dataclass(frozen=True)
class Counts:
    """The figures of one slice. Every total is the sum of its parts."""

    parts: Mapping[tuple[Step, str | int], int] = field(default_factory=dict)

    def part(self, step: Step, kind: str | int = "") -> int:
        """One part of a step."""
        return self.parts.get((step, kind), 0)

    @property
    def consulted(self) -> int:
        """Families that consulted."""
        return sum(self.route(route) for route in Route)

    def route(self, route: str) -> int:
        """Families that came by a route."""
        return self.part(Step.CONSULTED, str(route))

    @property
    def registered(self) -> int:
        """Probands registered."""
        return self.part(Step.REGISTERED)

    @property
    def analysed(self) -> int:
        """Probands analysed."""
        return self.part(Step.ANALYSED, OPEN) + self.part(Step.ANALYSED, SOLVED)

    @property
    def diagnosed(self) -> int:
        """Probands analysed and diagnosed."""
        return sum(self.listed(lists) for lists in Lists)

    @property
    def unanalysed(self) -> int:
        """Probands diagnosed without an analysis: in no other figure of this step."""
        return self.part(Step.DIAGNOSED, UNANALYSED)

    @property
    def rate(self) -> Share:
        """Of those analysed in the slice, those diagnosed by now."""
        return Share(self.part(Step.ANALYSED, SOLVED), self.analysed)

    def listed(self, lists: Lists, *, new: bool | None = None) -> int:
        """Those diagnosed whose disease is on these lists; known or new ones only where said."""
        wanted = (False, True) if new is None else (new,)
        return sum(self.part(Step.DIAGNOSED, cell_of(lists, new=one)) for one in wanted)

    @property
    def new(self) -> int:
        """Those diagnosed with a new disease."""
        return sum(self.listed(lists, new=True) for lists in Lists)

    def catalogue(self, where: str) -> int:
        """Those diagnosed, under exactly one of the four classes: new diseases first, then the lists in their order."""
        if where == Catalogue.NEW:
            return self.new
        if where == Catalogue.DESIGNATED:
            return self.listed(Lists.DESIGNATED, new=False) + self.listed(Lists.BOTH, new=False)
        return self.listed(Lists.ORPHANET if where == Catalogue.ORPHANET else Lists.NEITHER, new=False)

    def of(self, step: str) -> int:
        """The total of a step."""
        return int(getattr(self, str(step)))


@dataclass(frozen=True)
class Row:
    """One slice: its key (a period, an id, a region's or group's key; None: not stated), its name, its figures.

    ``parts``: the rows that this one sums up, such as the hospitals of a hub.
    """

    key: str
    label: str
    counts: Counts
    parts: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Funnel:
    """The figures. ``adds_up``: whether the rows sum to the total (a case may show several kinds of signs).

    ``synthetic``: of made-up patients, else of real ones. ``waiting``: changes that are not in the figures yet.
    """

    by: By
    rows: tuple[Row, ...]
    total: Counts
    new_diseases: int
    as_of: date
    first: date | None = None
    last: date | None = None
    synthetic: bool = False
    waiting: int = 0

    @property
    def adds_up(self) -> bool:
        return self.by != By.GROUP


def gathered(tallies: Iterable[Tally]) -> Counts:
    """All tallies as one slice."""
    parts: dict[tuple[Step, str | int], int] = defaultdict(int)
    for one in tallies:
        parts[one.step, one.kind] += one.count
    return Counts(MappingProxyType(dict(parts)))


def folded(tallies: Iterable[Tally], keys_of: Callable[[Hashable], Iterable[str]]) -> dict[str, Counts]:
    """Tallies by the keys of the slices that each counts in."""
    slices: dict[str, list[Tally]] = defaultdict(list)
    for one in tallies:
        for key in keys_of(one.key):
            slices[key].append(one)
    return {key: gathered(found) for key, found in slices.items()}

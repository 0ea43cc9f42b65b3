"""The agency's own record of phases left: who went on, who was stopped, and by which rows.

An asset went on where a successor award stands in a later phase, where a trial in people began (a trial among its
outputs), where it was filed for approval, or approved. It was stopped where a stage gate decided No-go.

Of awards without stage gates only successes are told: a product that failed leaves no row. Counting them would make
every rate too high, so by default only assets under stage gates count (``Taken.GATED``); what is told of others is
listed and counts only on demand (``Taken.TOLD``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from kakehashi.engines.attrition import NONCLINICAL, SUBMISSION, TABLES, Cell, Record
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.credited import credits
from kakehashi.systems.portfolio.milestones.states import GateState
from kakehashi.systems.portfolio.models import (
    AwardEvent,
    AwardLink,
    DiseaseArea,
    EventKind,
    LinkKind,
    Milestone,
    OutputKind,
)
from kakehashi.systems.portfolio.pipeline.ladders import cell_of

ASKED_AT_ONCE = 10_000
IN_PEOPLE = "in_people"
"""The first phase of a ladder in which people take part."""


class Taken(TextChoices):
    """Which of the agency's own history updates the published rates."""

    GATED = "gated", _("Assets under stage gates")
    TOLD = "told", _("All that is told, successes without failures too")
    NONE = "none", _("None: published rates alone")


class Told(TextChoices):
    """Which row tells that a phase was left."""

    SUCCESSOR = "successor", _("A successor in a later phase")
    TRIAL = "trial", _("A clinical trial")
    FILED = "filed", _("Filed for approval")
    APPROVED = "approved", _("Approved")
    NO_GO = "no_go", _("No-go at a stage gate")


@dataclass(frozen=True)
class Step:
    """One phase left by one asset: ``cell`` is the phase, ``award`` the number of the award that stood in it."""

    cell: Cell
    award: str
    told: Told
    gated: bool

    @property
    def advanced(self) -> bool:
        """Whether it went on."""
        return self.told is not Told.NO_GO

    def counts(self, taken: Taken) -> bool:
        """Whether it is in the record."""
        return taken is Taken.TOLD or (taken is Taken.GATED and self.gated)


Move = tuple[int, str, Cell, str | None, Told]
"""Award, its number, where it stood, the phase that its product reached (None: approval), and what tells it."""
FIELDS = ("pk", "number", "modality", "phase", "area__code")


def steps(day: date, clinical: str) -> list[Step]:
    """Every phase left by a day, each phase of a product once."""
    moves = [*_moves(day, clinical), *_stops(day, clinical)]
    gated, product_of = _gated({award for award, *_rest in moves}), _products()
    found: dict[tuple[int, str], Step] = {}
    for award, number, cell, reached, told in moves:
        phases = TABLES[cell.table].phases
        first = phases.index(cell.phase)
        last = len(phases) if reached is None else phases.index(reached)
        for phase in phases[first : first + 1 if told is Told.NO_GO else last]:
            key = (product_of.get(award, award), phase)
            found.setdefault(key, Step(Cell(cell.table, cell.area, phase), number, told, award in gated))
    return sorted(found.values(), key=lambda one: (one.cell, one.award))


def records(told: Iterable[Step], taken: Taken) -> dict[Cell, Record]:
    """How many went on and were stopped in each cell."""
    advanced: Counter[Cell] = Counter()
    stopped: Counter[Cell] = Counter()
    for one in told:
        if one.counts(taken):
            (advanced if one.advanced else stopped)[one.cell] += 1
    return {cell: Record(advanced[cell], stopped[cell]) for cell in {*advanced, *stopped}}


def _gated(awards: Iterable[int]) -> set[int]:
    """Those of some awards that have milestones."""
    keys, found = list(awards), set[int]()
    for start in range(0, len(keys), ASKED_AT_ONCE):
        planned = Milestone.objects.exclude(state=GateState.WITHDRAWN).order_by()
        rows = planned.filter(award__in=keys[start : start + ASKED_AT_ONCE])
        found.update(rows.values_list("award_id", flat=True))
    return found


def _products() -> dict[int, int]:
    """Of awards that carry each other on, one that stands for the product of all."""
    first: dict[int, int] = {}

    def find(award: int) -> int:
        while first.get(award, award) != award:
            award = first[award]
        return award

    links = AwardLink.objects.filter(kind=LinkKind.SUCCESSOR).order_by("pk").values_list("before_id", "after_id")
    for before, after in links:
        one, other = find(before), find(after)
        first[one], first[other] = one, one
    return {award: find(award) for award in first}


def _moves(day: date, clinical: str) -> Iterator[Move]:
    """What went on."""
    links = AwardLink.objects.filter(kind=LinkKind.SUCCESSOR, after__begins__lte=day).order_by("pk")
    for *award, modality, phase in links.values_list(*_of("before__"), "after__modality", "after__phase"):
        later = cell_of(modality, phase, None, clinical)
        yield from _move(award, clinical, later.phase if later else "", Told.SUCCESSOR, later.table if later else "")
    for *award, kind in _credited(day):
        if kind == OutputKind.APPROVAL:
            yield from _move(award, clinical, None, Told.APPROVED)
        else:
            yield from _move(award, clinical, IN_PEOPLE, Told.TRIAL)
    for *award, kind in AwardEvent.objects.filter(on__lte=day).order_by("pk").values_list(*_of("award__"), "kind"):
        if kind == EventKind.FILED:
            yield from _move(award, clinical, SUBMISSION, Told.FILED)
        elif kind in (EventKind.APPROVED, EventKind.REIMBURSED):
            yield from _move(award, clinical, None, Told.APPROVED)


def _credited(day: date) -> Iterator[tuple[int, str, str, str, str | None, str]]:
    """The awards to which a trial or an approval is credited, each once with each."""
    awards, codes = held.awards(), dict(DiseaseArea.objects.values_list("pk", "code"))
    for place, kind in credits(awards).by(day).of_kinds([OutputKind.TRIAL, OutputKind.APPROVAL]).kinds_of_awards():
        area = codes.get(awards.area.value(place))
        modality, phase = awards.modality.value(place), awards.phase.value(place)
        yield int(awards.pk[place]), str(awards.number[place]), modality, phase, area, kind


def stopped_by(day: date) -> QuerySet[Milestone]:
    """The milestones at which No-go had been decided at the end of a day."""
    told = {"decisions__decision": GateState.NO_GO, "decisions__decided_at__date__lte": day}
    return Milestone.objects.filter(state=GateState.NO_GO, **told).order_by("pk")


def _stops(day: date, clinical: str) -> Iterator[Move]:
    """What was stopped by a day."""
    for award in stopped_by(day).values_list(*_of("award__")):
        yield from _move(list(award), clinical, "", Told.NO_GO)


def _move(award: list[Any], clinical: str, reached: str | None, told: Told, table: str = "") -> Iterator[Move]:
    """One move, where the award aims at a product and the product left the phase that the award stood in."""
    pk, number, modality, phase, area = award
    cell = cell_of(modality, phase, area, clinical)
    if cell is None or (table and table != cell.table):
        return
    phases = TABLES[cell.table].phases
    if reached == IN_PEOPLE:
        reached = phases[phases.index(NONCLINICAL) + 1]
    if told is Told.NO_GO:
        yield pk, number, cell, cell.phase, told
    elif reached is None or (reached in phases and phases.index(reached) > phases.index(cell.phase)):
        yield pk, number, cell, reached, told


def _of(path: str) -> list[str]:
    return [path + field for field in FIELDS]

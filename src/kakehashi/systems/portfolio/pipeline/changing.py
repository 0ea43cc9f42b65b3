"""What if: a rate that is otherwise, more awards, yen moved from one integrated project to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from django.utils.translation import gettext as _

from kakehashi.engines.attrition import Cell, Change, Rates, Scenario, what_if
from kakehashi.kernel.errors import Invalid
from kakehashi.systems.portfolio.models import IntegratedProject
from kakehashi.systems.portfolio.pipeline.reckoning import Told

OKU = 100_000_000


@dataclass(frozen=True)
class Side:
    """An integrated project's assets in a year: where they stand and the yen committed to them."""

    project: IntegratedProject
    counts: Mapping[Cell, int]
    yen: int


@dataclass(frozen=True)
class Wish:
    """What is asked; each part may be missing. ``more``: so many awards in ``where``; ``yen`` from one side to the
    other; ``rate``: the mean that the rate of ``of`` shall have, from 0 to 1."""

    of: Cell | None = None
    rate: float = 0.0
    where: Cell | None = None
    more: int = 0
    giver: Side | None = None
    taker: Side | None = None
    yen: int = 0


def changed(counts: Mapping[Cell, int], told: Told, rates: Rates, yen: int, wish: Wish) -> tuple[Change, Scenario]:
    """The pipeline now and then. Awards that are added cost what an asset costs on average; yen that moves takes along
    as many assets of the giver, of each cell in proportion, as it pays there, and brings as many of the taker's.

    Raises Invalid naming the field at fault.
    """
    moved: dict[Cell, int] = {}
    budget = yen
    if wish.giver and wish.taker and wish.yen:
        _move(moved, wish.giver, wish.taker, wish.yen)
    if wish.where is not None and wish.more:
        moved[wish.where] = moved.get(wish.where, 0) + wish.more
        every = sum(counts.values())
        budget += wish.more * yen // every if every else 0
    for cell, more in moved.items():
        if counts.get(cell, 0) + more < 0:
            raise Invalid({"more": [_("There are only %(number)s assets here.") % {"number": counts.get(cell, 0)}]})
    scenario = Scenario(
        {cell: more for cell, more in moved.items() if more},
        {wish.of: wish.rate} if wish.of is not None else {},
        budget if budget > 0 else None,
    )
    return what_if(counts, rates, scenario, budget_yen=yen if yen > 0 else None, known=told.exactly), scenario


def _move(moved: dict[Cell, int], giver: Side, taker: Side, yen: int) -> None:
    if yen > giver.yen:
        told = {"project": giver.project.label(), "yen": f"{giver.yen / OKU:,.1f}"}
        raise Invalid({"yen": [_("Only %(yen)s hundred million yen lie in the assets of %(project)s.") % told]})
    if taker.yen <= 0:
        told = {"project": taker.project.label()}
        raise Invalid({"taker": [_("%(project)s has no assets whose cost could be told.") % told]})
    for cell, number in _part(giver.counts, yen / giver.yen).items():
        moved[cell] = moved.get(cell, 0) - number
    for cell, number in _part(taker.counts, yen / taker.yen).items():
        moved[cell] = moved.get(cell, 0) + number


def _part(counts: Mapping[Cell, int], share: float) -> dict[Cell, int]:
    """That share of the assets, each cell in proportion, rounded so that all come to the share of all."""
    exact = {cell: number * share for cell, number in counts.items()}
    whole = {cell: floor(number) for cell, number in exact.items()}
    missing = round(sum(exact.values())) - sum(whole.values())
    for cell in sorted(exact, key=lambda one: (whole[one] - exact[one], one))[:missing]:
        whole[cell] += 1
    return whole

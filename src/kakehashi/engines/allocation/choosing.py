"""The best choice, made unique, and what clashes where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kakehashi.engines.allocation.bounding import Bounds, contested, upper_bounds
from kakehashi.engines.allocation.conditions import Condition, Problem
from kakehashi.engines.allocation.model import Model, Row
from kakehashi.engines.allocation.solving import NotProved, Part, Solver, whole

FIRST_GAP = 4000
"""The best choice is first looked for within this fraction of the upper bound, then within four times as much …"""
MOST_NEAR = 0.7
"""… until so much of everything is open that all of it may as well be."""
FEW = 2
"""So often any cheaper choice will do; after that the cheapest is asked for, which takes the solver longer."""
MOST_WEIGHT = 2**20
"""Tie-breaking settles as many requests at a time as can be told apart by weights up to about this."""


@dataclass(frozen=True)
class Granted:
    """One request that is granted: at which of its levels (from 0)."""

    id: str
    level: int
    amount_yen: int
    score: int | Decimal


@dataclass(frozen=True)
class Choice:
    """The best choice, by id: sum of scores, cost, and whether it is the only one with both (else decided by id)."""

    granted: tuple[Granted, ...]
    value: Decimal
    total_yen: int
    only: bool

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(one.id for one in self.granted)


class Impossible(Exception):
    """No choice meets all conditions. ``conditions`` clash: any one of them left out, the rest could be met."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        super().__init__("these conditions cannot all be met: " + "; ".join(map(str, conditions)))
        self.conditions = conditions


def best(problem: Problem, *, seconds: float | None = None) -> Choice:
    """The best choice (see the package for what that is).

    ``seconds``: limit of each call of the solver. Raises Impossible, NotProved, ValueError for scores with too many
    digits.
    """
    model = Model.of(problem)
    rows = model.rows(problem.all_conditions)
    solver = Solver(model, seconds)
    limits = upper_bounds(model, rows)
    found = None if limits is None else _greatest(solver, rows, limits)
    if limits is None or found is None:
        raise Impossible(clash(problem, seconds=seconds))
    value = _sum(model.values, found)
    rows.append(Row(dict(enumerate(model.values)), low=value))
    found, only = _settled(solver, rows, contested(model, limits, value), found)
    return _told(problem, model, found, only=only)


def clash(problem: Problem, *, seconds: float | None = None) -> tuple[Condition, ...]:
    """A smallest set of conditions that cannot be met together (none of it can be spared); empty where all can be."""
    model = Model.of(problem)
    solver = Solver(model, seconds)
    nothing = [0] * len(model.values)

    def possible(conditions: Sequence[Condition]) -> bool:
        return solver.good(nothing, model.rows(conditions), whole(model)) is not None

    def needed(beside: list[Condition], among: list[Condition], more: bool) -> list[Condition]:
        if more and not possible(beside):
            return []
        if len(among) == 1:
            return among
        middle = len(among) // 2
        second = needed([*beside, *among[:middle]], among[middle:], True)
        first = needed([*beside, *second], among[:middle], bool(second))
        return [*first, *second]

    everything = list(problem.all_conditions)
    return () if possible(everything) else tuple(needed([], everything, False))


def _greatest(solver: Solver, rows: list[Row], limits: Bounds) -> frozenset[int] | None:
    """A choice with the greatest value. It is looked for first among what is open to choices near the upper bound: the
    best found there is the best of all if it reaches that near."""
    model = solver.model
    gap = limits.most // FIRST_GAP + 1
    while True:
        near = contested(model, limits, limits.most - gap)
        if len(near.free) >= MOST_NEAR * len(model.values):
            return solver.greatest(model.values, rows, whole(model))
        found = solver.greatest(model.values, rows, near)
        if found is not None and _sum(model.values, found) >= limits.most - gap:
            return found
        gap *= 4


def _settled(solver: Solver, rows: list[Row], part: Part, found: frozenset[int]) -> tuple[frozenset[int], bool]:
    """Of the choices in this part that meet the rows, which hold them to the best value, the cheapest and earliest."""
    costs = solver.model.costs
    nothing = [0] * len(costs)
    attempts = 0
    while True:
        cost = _sum(costs, found)
        no_dearer = [*rows, Row(dict(enumerate(costs)), high=cost)]
        other = solver.good(nothing, [*no_dearer, _other_than(part, found)], part)
        if other is None:
            return found, True
        if _sum(costs, other) == cost:
            other = solver.good(nothing, [*rows, Row(dict(enumerate(costs)), high=cost - 1)], part)
            if other is None:
                return _earliest(solver, no_dearer, part), False
        attempts += 1
        if attempts > FEW:
            cheap = solver.good([-one for one in costs], no_dearer, part)
            if cheap is not None and _sum(costs, cheap) < _sum(costs, other):
                other = cheap
        found = other


def _other_than(part: Part, found: frozenset[int]) -> Row:
    """Met by every choice but this one."""
    chosen = sum(1 for one in part.free if one in found)
    return Row({one: -1 if one in found else 1 for one in part.free}, low=1 - chosen)


def _earliest(solver: Solver, rows: list[Row], part: Part) -> frozenset[int]:
    """Of several choices that meet the rows, the one that grants the first request, by id, on which they differ.

    Some requests at a time: each weighs more than all after it together.
    """
    model = solver.model
    free = set(part.free)
    waiting = [tuple(one for one in group if one in free) for group in model.groups]
    waiting = [levels for levels in waiting if levels]
    found: frozenset[int] | None = part.taken
    while waiting:
        weights, unit, batch = [0] * len(model.values), 1, 0
        sizes: list[int] = []
        while batch < len(waiting) and unit < MOST_WEIGHT:
            sizes.append(len(waiting[batch]) + 1)
            unit *= sizes[-1]
            batch += 1
        for levels, size in zip(waiting, sizes, strict=False):
            unit //= size
            for place, one in enumerate(levels):
                weights[one] = unit * (len(levels) - place)
        found = solver.greatest(weights, rows, part)
        if found is None:
            raise NotProved("the solver finds no choice where it found one before")
        settled = {one for levels in waiting[:batch] for one in levels}
        part = Part(
            tuple(one for one in part.free if one not in settled),
            part.taken | (found & settled),
            tuple(levels for levels in part.must if levels[0] not in settled),
        )
        waiting = waiting[batch:]
    return found or frozenset()


def _told(problem: Problem, model: Model, found: frozenset[int], *, only: bool) -> Choice:
    requests = {request.id: request for request in problem.requests}
    granted = []
    for name, group in zip(model.ids, model.groups, strict=True):
        for place, one in enumerate(group):
            if one in found:
                level = requests[name].levels[place]
                granted.append(Granted(name, place, level.amount_yen, level.score))
    return Choice(tuple(granted), model.value_of(_sum(model.values, found)), _sum(model.costs, found), only)


def _sum(numbers: Sequence[int], chosen: frozenset[int]) -> int:
    return sum(numbers[one] for one in chosen)

"""The best choice, made unique, and what clashes where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from kakehashi.engines.allocation.bounding import Bounds, contested, told_apart, upper_bounds
from kakehashi.engines.allocation.conditions import Condition, Problem
from kakehashi.engines.allocation.listing import nearest
from kakehashi.engines.allocation.model import Model, Row
from kakehashi.engines.allocation.solving import NotProved, Part, Solver, whole, within

CORE = 200
"""The best choice is first looked for among so many variables, those of which the bounds tell least …"""
WIDER = 4
"""… and where they leave nothing possible, among so many times more."""
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
    everything = whole(model)
    limits = upper_bounds(model, model.values, rows, everything.free)
    if limits is None:
        raise Impossible(clash(problem, seconds=seconds))
    equal = nearest(model, model.values, rows, everything.free, limits)
    if equal is not None:
        return _told(problem, model, *_first(model, equal))
    found = _greatest(solver, rows, limits)
    if found is None:
        raise Impossible(clash(problem, seconds=seconds))
    value = _sum(model.values, found)
    near = contested(model, limits, value, everything.free)
    asked = within([*rows, Row(dict(enumerate(model.values)), low=value)], near)
    if asked is None:
        raise NotProved("the bounds leave out the best choice")
    left, only = _settled(solver, asked, near.free, found.intersection(near.free))
    return _told(problem, model, left | near.taken, only)


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


def _first(model: Model, equal: Sequence[frozenset[int]]) -> tuple[frozenset[int], bool]:
    """Of choices with the same value the cheapest and earliest, and whether it is the only one that is as cheap."""
    least = min(_sum(model.costs, one) for one in equal)
    cheap = [one for one in equal if _sum(model.costs, one) == least]

    def order(chosen: frozenset[int]) -> list[int]:
        return [next((place for place, one in enumerate(g) if one in chosen), len(g)) for g in model.groups]

    return min(cheap, key=order), len(cheap) == 1


def _greatest(solver: Solver, rows: list[Row], limits: Bounds) -> frozenset[int] | None:
    """A choice with the greatest value. It is looked for first in the core, what is open to choices near the upper
    bound (Pisinger 1995, EJOR 83:394); then in what is open to choices better than the best found there."""
    model, values = solver.model, solver.model.values
    everything = whole(model)
    nearest = sorted(told_apart(model, limits, everything.free), reverse=True)
    size = CORE
    while size < len(nearest):
        core = contested(model, limits, nearest[size], everything.free)
        found = solver.greatest(values, rows, core)
        if found is not None:
            value = _sum(values, found)
            if value >= nearest[size]:
                return found
            better = solver.greatest(values, rows, contested(model, limits, value + 1, everything.free))
            return found if better is None or _sum(values, better) <= value else better
        size *= WIDER
    return solver.greatest(values, rows, everything)


def _settled(
    solver: Solver, rows: Sequence[Row], free: tuple[int, ...], found: frozenset[int]
) -> tuple[frozenset[int], bool]:
    """Of the choices among these variables that meet the rows, which hold them to the best value, the cheapest and
    earliest; and whether it is the only one that is as cheap. ``found``: one of them."""
    model = solver.model
    step = gcd(*(model.costs[one] for one in free)) or 1
    savings = [-(cost // step) for cost in model.costs]
    nothing = [0] * len(savings)
    limits = upper_bounds(model, savings, rows, free)
    if limits is None:
        raise NotProved("the solver finds no choice where it found one before")
    equal = nearest(model, savings, rows, free, limits, _sum(savings, found))
    if equal is not None:
        return _first(model, equal)
    while True:
        saved = _sum(savings, found)
        near = contested(model, limits, saved, free)
        as_cheap, cheaper = ([*rows, Row({one: savings[one] for one in free}, low=saved + more)] for more in (0, 1))
        other = solver.good(nothing, [*as_cheap, _other_than(near, found)], near)
        if other is None:
            return found, True
        if _sum(savings, other) < limits.most:
            other = solver.good(savings, cheaper, near)
        if other is None or _sum(savings, other) == saved:
            return _earliest(solver, as_cheap, near), False
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


def _told(problem: Problem, model: Model, found: frozenset[int], only: bool) -> Choice:
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

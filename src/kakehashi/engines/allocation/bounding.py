"""Upper bounds on the score of every choice with a given level, all at once, in integers.

With multipliers y ≥ 0 on the conditions, no choice scores more than Σ y·limit + Σ over requests of the best of 0 and
score − y·coefficients over its levels. The multipliers are those of the linear relaxation, rounded to fractions of
2^−64; any others would give a bound as well, only a worse one, so the solver's rounding cannot make it wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kakehashi.engines.allocation.model import Model, Row
from kakehashi.engines.allocation.solving import Part, scaled

UNIT = 2**64


@dataclass(frozen=True)
class Bounds:
    """``most``: no choice has a greater sum; ``with_level``: none with this variable has; ``without``: none that leaves
    this request out has. In steps of the objective; what is said of variables that are not free means nothing."""

    most: int
    with_level: tuple[int, ...]
    without: tuple[int, ...]
    multipliers: tuple[int, ...]


def upper_bounds(model: Model, objective: Sequence[int], rows: Sequence[Row], free: Collection[int]) -> Bounds | None:
    """The bounds from the linear relaxation, all other variables being 0; None where even that cannot meet the rows."""
    multipliers = _multipliers(model, objective, rows, free)
    if multipliers is None:
        return None
    gains = [number * UNIT for number in objective]
    constant = 0
    for row, weight in zip(rows, multipliers, strict=True):
        limit = row.high if weight > 0 else row.low
        if not weight or limit is None:
            continue
        constant += weight * limit
        for variable, coefficient in row.coefficients.items():
            gains[variable] -= weight * coefficient
    places = frozenset(free)
    bests = [max(0, 0, *(gains[one] for one in group if one in places)) for group in model.groups]
    total = constant + sum(bests)
    with_level = [0] * len(gains)
    for group, most in zip(model.groups, bests, strict=True):
        for one in group:
            with_level[one] = (total - most + gains[one]) // UNIT
    without = tuple((total - most) // UNIT for most in bests)
    return Bounds(total // UNIT, tuple(with_level), without, tuple(multipliers))


def told_apart(model: Model, limits: Bounds, free: Collection[int]) -> list[int]:
    """For every free variable the sum up to which the bounds leave open whether it is chosen."""
    places = frozenset(free)
    told: list[int] = []
    for group, without in zip(model.groups, limits.without, strict=True):
        sums = [limits.with_level[one] for one in group if one in places]
        told += (min(most, max([without, *sums[:place], *sums[place + 1 :]])) for place, most in enumerate(sums))
    return told


def contested(model: Model, limits: Bounds, least: int, free: Collection[int]) -> Part:
    """What is left open among the choices whose sum is at least so much: the rest cannot be otherwise."""
    places = frozenset(free)
    still: list[int] = []
    taken: set[int] = set()
    must: list[tuple[int, ...]] = []
    for group, without in zip(model.groups, limits.without, strict=True):
        possible = tuple(one for one in group if one in places and limits.with_level[one] >= least)
        if without >= least:
            still += possible
        elif len(possible) == 1:
            taken.add(possible[0])
        else:
            still += possible
            must.append(possible)
    return Part(tuple(still), frozenset(taken), tuple(must))


def _multipliers(
    model: Model, objective: Sequence[int], rows: Sequence[Row], free: Collection[int]
) -> list[int] | None:
    """One for each row in units of 2^−64: above 0 on its upper bound, below 0 on its lower one."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    if not free:
        return [0] * len(rows)
    place = {variable: number for number, variable in enumerate(free)}
    sides = [(number, 1, row.high) for number, row in enumerate(rows) if row.high is not None]
    sides += [(number, -1, row.low) for number, row in enumerate(rows) if row.low is not None]
    data: list[float] = []
    columns: list[int] = []
    starts, limits, scales = [0], [], []
    for number, sign, limit in sides:
        inside = [(place[one], coefficient) for one, coefficient in rows[number].coefficients.items() if one in place]
        numbers, scale = scaled(np.array([coefficient for _one, coefficient in inside], dtype=np.float64))
        data.extend(sign * numbers)
        columns.extend(one for one, _coefficient in inside)
        starts.append(len(columns))
        limits.append(sign * limit / scale)
        scales.append(scale)
    for group in model.groups:
        open_ones = [place[one] for one in group if one in place]
        if len(open_ones) > 1:
            data.extend([1.0] * len(open_ones))
            columns.extend(open_ones)
            starts.append(len(columns))
            limits.append(1.0)
    table = csr_array((data, columns, starts), shape=(len(limits), len(place)))
    weights, unit = scaled(np.array([objective[one] for one in place], dtype=np.float64))
    answer = linprog(
        -weights,
        A_ub=table,
        b_ub=limits,
        bounds=(0, 1),
        method="highs",
    )
    if answer.status == 2:
        return None
    found = [0] * len(rows)
    if answer.status != 0:
        return found  # without multipliers the bounds are worse, and still hold
    for (number, sign, _limit), dual, scale in zip(sides, answer.ineqlin.marginals, scales, strict=False):
        found[number] += sign * max(0, round(-float(dual) * unit / scale * UNIT))
    return found

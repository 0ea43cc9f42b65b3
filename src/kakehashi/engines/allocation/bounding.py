"""Upper bounds on the score of every choice with a given level, all at once, in integers.

With multipliers y ≥ 0 on the conditions, no choice scores more than Σ y·limit + Σ over requests of the best of 0 and
score − y·coefficients over its levels. The multipliers are those of the linear relaxation, rounded to fractions of
2^−64; any others would give a bound as well, only a worse one, so the solver's rounding cannot make it wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kakehashi.engines.allocation.model import Model, Row
from kakehashi.engines.allocation.solving import Part, scaled

UNIT = 2**64


@dataclass(frozen=True)
class Bounds:
    """``most``: no choice scores more; ``with_level``: none with this variable does; ``without``: none that leaves this
    request out does. In steps of the model's scores."""

    most: int
    with_level: tuple[int, ...]
    without: tuple[int, ...]


def upper_bounds(model: Model, rows: Sequence[Row]) -> Bounds | None:
    """The bounds from the linear relaxation; None where even that cannot meet the conditions."""
    multipliers = _multipliers(model, rows)
    if multipliers is None:
        return None
    gains = [value * UNIT for value in model.values]
    constant = 0
    for row, weight in zip(rows, multipliers, strict=True):
        limit = row.high if weight > 0 else row.low
        if not weight or limit is None:
            continue
        constant += weight * limit
        for variable, coefficient in row.coefficients.items():
            gains[variable] -= weight * coefficient
    bests = [max(0, *(gains[one] for one in group)) for group in model.groups]
    total = constant + sum(bests)
    with_level = [0] * len(gains)
    for group, most in zip(model.groups, bests, strict=True):
        for one in group:
            with_level[one] = (total - most + gains[one]) // UNIT
    return Bounds(total // UNIT, tuple(with_level), tuple((total - most) // UNIT for most in bests))


def contested(model: Model, limits: Bounds, least: int) -> Part:
    """What is left open among the choices that score at least so much: the rest cannot be otherwise."""
    free: list[int] = []
    taken: set[int] = set()
    must: list[tuple[int, ...]] = []
    for group, without in zip(model.groups, limits.without, strict=True):
        possible = tuple(one for one in group if limits.with_level[one] >= least)
        if without >= least:
            free += possible
        elif len(possible) == 1:
            taken.add(possible[0])
        else:
            free += possible
            must.append(possible)
    return Part(tuple(free), frozenset(taken), tuple(must))


def _multipliers(model: Model, rows: Sequence[Row]) -> list[int] | None:
    """One for each row in units of 2^−64: above 0 on its upper bound, below 0 on its lower one."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    if not model.values:
        return [0] * len(rows)
    sides = [(number, 1, row.high) for number, row in enumerate(rows) if row.high is not None]
    sides += [(number, -1, row.low) for number, row in enumerate(rows) if row.low is not None]
    data: list[float] = []
    columns: list[int] = []
    starts, limits, scales = [0], [], []
    for number, sign, limit in sides:
        coefficients = rows[number].coefficients
        numbers, scale = scaled(np.array(list(coefficients.values()), dtype=np.float64))
        data.extend(sign * numbers)
        columns.extend(coefficients)
        starts.append(len(columns))
        limits.append(sign * limit / scale)
        scales.append(scale)
    for group in model.groups:
        data.extend([1.0] * len(group))
        columns.extend(group)
        starts.append(len(columns))
        limits.append(1.0)
    table = csr_array((data, columns, starts), shape=(len(limits), len(model.values)))
    answer = linprog(
        -np.array(model.values, dtype=np.float64),
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
        found[number] += sign * max(0, round(-float(dual) / scale * UNIT))
    return found

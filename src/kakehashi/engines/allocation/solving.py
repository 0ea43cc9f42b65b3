"""Integer programmes by HiGHS, with answers that are checked, and where needed corrected, in integers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from kakehashi.engines.allocation.model import Model, Row

LARGEST = 2.0**20
"""Larger coefficients are scaled down by a power of two, which is exact, so that absolute tolerances mean something."""
MOST_CUTS = 2000
MARGIN = 0.9
"""A better sum would be a whole step better; the solver's bound must lie below this part of a step."""


class NotProved(RuntimeError):
    """The solver came to no proven answer: out of time, or numbers it cannot cope with."""


@dataclass(frozen=True)
class Part:
    """A problem of which some is settled: ``taken`` variables are 1, ``free`` ones open, all others 0.

    ``must``: groups of which one free variable is to be chosen.
    """

    free: tuple[int, ...]
    taken: frozenset[int]
    must: tuple[tuple[int, ...], ...] = ()


def whole(model: Model) -> Part:
    """Nothing settled."""
    return Part(tuple(range(len(model.values))), frozenset())


class Solver:
    """Solves one model again and again; ``seconds`` is the limit of each time."""

    def __init__(self, model: Model, seconds: float | None = None) -> None:
        self.model = model
        self.seconds = seconds

    def greatest(self, objective: Sequence[int], rows: Collection[Row], part: Part) -> frozenset[int] | None:
        """The choice with the greatest sum of the objective, proven; None where none meets the rows."""
        return self._solve(objective, rows, part, proven=True)

    def good(self, objective: Sequence[int], rows: Collection[Row], part: Part) -> frozenset[int] | None:
        """A choice that meets the rows, with a great sum as far as floats can tell; None where none meets them."""
        return self._solve(objective, rows, part, proven=False)

    def _solve(
        self, objective: Sequence[int], rows: Collection[Row], part: Part, *, proven: bool
    ) -> frozenset[int] | None:
        kept = list(rows)
        for _attempt in range(MOST_CUTS):
            answer = self._once(objective, kept, part)
            if answer is None:
                return None
            chosen, bound = answer
            broken = [row for row in kept if not row.holds(chosen)]
            if not broken:
                reached = sum(objective[one] for one in chosen)
                if proven and not bound < reached + MARGIN:
                    raise NotProved(f"the best sum may be up to {bound}, but {reached} is all that was found")
                return chosen
            kept += [_cut(row, chosen) for row in broken]
        raise NotProved(f"{MOST_CUTS} answers of the solver broke a limit by less than it can see")

    def _once(self, objective: Sequence[int], rows: Sequence[Row], part: Part) -> tuple[frozenset[int], float] | None:
        """The solver's answer, rounded, and its bound on the objective."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        offset = sum(objective[one] for one in part.taken)
        built = matrix(self.model, rows, part)
        if built is None:
            return None
        if not part.free:
            return part.taken, float(offset)
        constraints, low, high = built
        weights, scale = scaled(np.array([objective[one] for one in part.free], dtype=np.float64))
        options: dict[str, Any] = {"mip_rel_gap": 0.0}
        if self.seconds is not None:
            options["time_limit"] = self.seconds
        count = len(part.free)
        answer = milp(
            -weights,
            integrality=np.ones(count),
            bounds=Bounds(np.zeros(count), np.ones(count)),
            constraints=LinearConstraint(constraints, low, high) if len(low) else None,
            options=options,
        )
        if answer.status == 2:
            return None
        if answer.status != 0:
            raise NotProved(f"the solver gave no proven answer: {answer.message}")
        chosen = frozenset(one for one, value in zip(part.free, answer.x, strict=True) if value > 0.5)
        bound = offset - float(answer.mip_dual_bound) * scale
        return chosen | part.taken, bound


def within(rows: Iterable[Row], part: Part) -> list[Row] | None:
    """What the rows ask of the free variables, without those that hold whatever is chosen; None where one cannot."""
    free = frozenset(part.free)
    asked = []
    for row in (*rows, *(Row(dict.fromkeys(group, 1), low=1) for group in part.must)):
        settled = row.of(part.taken)
        low = None if row.low is None else row.low - settled
        high = None if row.high is None else row.high - settled
        kept = {one: number for one, number in row.coefficients.items() if number and one in free}
        least = sum(number for number in kept.values() if number < 0)
        most = sum(kept.values()) - least
        if (low is not None and most < low) or (high is not None and least > high):
            return None
        if (low is not None and least < low) or (high is not None and most > high):
            asked.append(Row(kept, low, high))
    return asked


def matrix(model: Model, rows: Sequence[Row], part: Part) -> tuple[Any, Any, Any] | None:
    """The rows over the free variables, with those of one request of which at most one is chosen; None where a row
    cannot hold any more."""
    from scipy.sparse import csr_array

    kept = within(rows, part)
    if kept is None:
        return None
    place = {variable: number for number, variable in enumerate(part.free)}
    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    lows: list[float] = []
    highs: list[float] = []

    def add(coefficients: Sequence[tuple[int, int]], low: int | None, high: int | None) -> None:
        divisor = gcd(*(coefficient for _one, coefficient in coefficients)) or 1
        numbers = np.array([coefficient // divisor for _one, coefficient in coefficients], dtype=np.float64)
        ends = np.array(
            [-np.inf if low is None else -(-low // divisor), np.inf if high is None else high // divisor],
            dtype=np.float64,
        )
        numbers, scale = scaled(numbers)
        data.extend(numbers)
        columns.extend(place[one] for one, _coefficient in coefficients)
        starts.append(len(columns))
        lows.append(ends[0] / scale)
        highs.append(ends[1] / scale)

    for row in kept:
        add(list(row.coefficients.items()), row.low, row.high)
    for group in model.groups:
        open_ones = [(one, 1) for one in group if one in place]
        if len(open_ones) > 1:
            add(open_ones, None, 1)
    shape = (len(lows), len(part.free))
    return csr_array((data, columns, starts), shape=shape), np.array(lows), np.array(highs)


def scaled(numbers: Any) -> tuple[Any, float]:
    """Numbers divided by a power of two so that none is beyond LARGEST, and that power."""
    largest = float(np.max(np.abs(numbers), initial=0.0))
    scale = 1.0
    while largest > LARGEST * scale:
        scale *= 2.0
    return numbers / scale, scale


def _cut(row: Row, chosen: frozenset[int]) -> Row:
    """What every choice that meets the row meets, and this one does not. The row's coefficients are 0 or more."""
    total = sum(row.coefficients.get(one, 0) for one in chosen)
    if min(row.coefficients.values(), default=0) < 0:
        raise NotProved("the solver's answer breaks a condition between requests")
    if row.high is not None and total > row.high:
        inside = [one for one in chosen if row.coefficients.get(one)]
        return Row(dict.fromkeys(inside, 1), high=len(inside) - 1)
    return Row({one: 1 for one, number in row.coefficients.items() if number and one not in chosen}, low=1)

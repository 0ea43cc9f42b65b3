"""Expected approvals of a pipeline: mean and variance in closed form, and the exact distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition import chain
from kakehashi.engines.attrition.passing import Masses
from kakehashi.engines.attrition.phases import Cell, Group, table_of
from kakehashi.engines.attrition.rates import Rate, Rates

HUNDRED_MILLION = 100_000_000


@dataclass(frozen=True, eq=False)
class Approvals:
    """How many approvals: ``mean`` and ``variance``; ``variance_of_rates``, the part that comes of not knowing the
    rates and would remain however many assets there were; ``masses``, the probabilities of 0, 1, 2 … approvals."""

    mean: float
    variance: float
    variance_of_rates: float
    masses: Masses

    def interval(self, share: float = 0.95) -> tuple[int, int]:
        """From how many to how many: with at least this chance, and at most half the rest on either side."""
        return chain.interval(self.masses, share)

    def at_least(self, count: int) -> float:
        """The chance of so many approvals or more."""
        return float(self.masses[max(0, count) :].sum())

    def per_100_million_yen(self, budget_yen: int) -> tuple[float, tuple[float, float]]:
        """Expected approvals for each 100 million yen of the budget, and the interval."""
        if budget_yen <= 0:
            raise ValueError(f"budget of {budget_yen} yen: approvals per yen need one above 0")
        low, high = self.interval()
        unit = HUNDRED_MILLION / budget_yen
        return self.mean * unit, (low * unit, high * unit)


@dataclass(frozen=True, eq=False)
class Forecast:
    """Approvals of everything, of each group, and the chance of one asset of each cell."""

    total: Approvals
    groups: Mapping[Group, Approvals]
    chances: Mapping[Cell, float]


def forecast(counts: Mapping[Cell, int], rates: Rates) -> Forecast:
    """The approvals to expect of the assets that stand in each cell.

    ValueError for a table or phase that there is not, or a negative count.
    """
    groups = {group: approvals(row, plain(rates, group)) for group, row in rows(counts).items()}
    chances = {cell: prod(rate.mean for rate in rates.ladder(cell.group)[_place(cell) :]) for cell in counts}
    return Forecast(together(list(groups.values())), groups, chances)


def rows(counts: Mapping[Cell, int]) -> dict[Group, list[int]]:
    """Counts by group, phase by phase."""
    found: dict[Group, list[int]] = {}
    for cell, count in counts.items():
        if count < 0:
            raise ValueError(f"{count} assets in {', '.join(cell)}: a count cannot be negative")
        place = _place(cell)
        row = found.setdefault(cell.group, [0] * len(table_of(cell.table).phases))
        row[place] += count
    return found


def plain(rates: Rates, group: Group) -> list[Rate]:
    """The rates of a group as they are."""
    return [Rate(beta) for beta in rates.ladder(group)]


def approvals(row: Sequence[int], rates: Sequence[Rate]) -> Approvals:
    """The approvals of one group: assets and rates phase by phase."""
    reach = onward([rate.mean for rate in rates])
    mean = sum(count * chance for count, chance in zip(row, reach, strict=True))
    shared = variance_of_rates(row, rates)
    # each asset with itself: q(1 − q) in place of the covariance of a pair
    pairs = onward([rate.second_moment for rate in rates])
    chance = sum(count * (one - pair) for count, one, pair in zip(row, reach, pairs, strict=True))
    masses = chain.climb([chain.exactly(count) for count in row], rates)
    return Approvals(mean, chance + shared, shared, masses)


def approvals_of(chances: Sequence[Masses], rates: Rates, group: Group) -> Approvals:
    """The approvals of those assets of a group that are chosen beforehand, each by itself with its own chance.

    ``chances``: one array for each phase, one figure for each asset that stands there.
    """
    ladder = plain(rates, group)
    counts = [float(row.sum()) for row in chances]
    masses = chain.climb([chain.independent(row) for row in chances], ladder)
    mean, variance = chain.moments(masses)
    return Approvals(mean, variance, variance_of_rates(counts, ladder), masses)


def variance_of_rates(row: Sequence[float], rates: Sequence[Rate]) -> float:
    """The variance of the expected approvals given the rates: what not knowing the rates contributes."""
    means = [rate.mean for rate in rates]
    pairs = covariances(means, means, [rate.second_moment for rate in rates])
    return float(np.asarray(row) @ pairs @ np.asarray(row))


def onward(means: Sequence[float]) -> list[float]:
    """The chance of one asset to reach approval, by the phase it stands in."""
    return [prod(means[place:]) for place in range(len(means))]


def covariances(first: Sequence[float], second: Sequence[float], both: Sequence[float]) -> npt.NDArray[np.float64]:
    """[k, j]: the covariance of whether an asset of phase k arrives and whether another, of phase j, does.

    From the later phase on they share the rates; ``first`` and ``second`` are the mean rates that each meets, ``both``
    the chances that both pass, all by phase.
    """
    arrive = np.empty((len(first), len(first)))
    for later, together in enumerate(onward(both)):
        arrive[later, later] = one = other = together
        for earlier in range(later - 1, -1, -1):
            arrive[earlier, later] = one = one * first[earlier]
            arrive[later, earlier] = other = other * second[earlier]
    return arrive - np.outer(onward(first), onward(second))


def together(parts: Sequence[Approvals]) -> Approvals:
    """The sum over groups, whose rates are independent."""
    masses = chain.sum_of([part.masses for part in parts])
    return Approvals(
        sum(part.mean for part in parts),
        sum(part.variance for part in parts),
        sum(part.variance_of_rates for part in parts),
        masses,
    )


def _place(cell: Cell) -> int:
    return table_of(cell.table).place(cell.phase)

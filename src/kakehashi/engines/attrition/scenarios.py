"""What if: other numbers of assets, other rates, another budget; the difference, and how sure it is.

An asset that stands in both pipelines meets the same fate in both. Where a rate is raised, those that pass at the lower
rate pass at the higher one too (a share of the failures is rescued), and the other way round. An asset moved to
another phase counts as one removed and another added. All meet the same unknown rates, so the variance of the
difference is Var(after) + Var(before) − 2·Cov(before, after), all three in closed form.

Where no rate changes, what stands in both cancels, and the difference is approvals of the added less those of the
removed: both climb together, given the rate of each phase independently of each other. The integral over the rate is
one of a polynomial against a Beta density, which quadrature (quadrature.py) gives to within rounding, so the
distribution is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from kakehashi.engines.attrition import chain
from kakehashi.engines.attrition.forecast import (
    HUNDRED_MILLION,
    Approvals,
    approvals,
    covariances,
    onward,
    plain,
    rows,
    together,
)
from kakehashi.engines.attrition.passing import Masses
from kakehashi.engines.attrition.phases import Cell, Group, table_of
from kakehashi.engines.attrition.quadrature import enough, nodes
from kakehashi.engines.attrition.rates import Rate, Rates

MOST_TOGETHER = 80
"""Where in one area more assets than this are added and removed, the exact distribution is too long to wait for."""


@dataclass(frozen=True)
class Scenario:
    """What is changed. ``counts``: assets more (or, below 0, fewer) in a cell; ``rates``: the mean that a cell's rate
    shall have; ``budget_yen``: the budget afterwards, where it differs."""

    counts: Mapping[Cell, int] = field(default_factory=dict)
    rates: Mapping[Cell, float] = field(default_factory=dict)
    budget_yen: int | None = None


@dataclass(frozen=True)
class Difference:
    """After less before: mean, variance and the interval that holds it with 95 %.

    ``exact``: the interval is that of the exact distribution, otherwise of a normal one with this mean and variance.
    """

    mean: float
    variance: float
    interval: tuple[float, float]
    exact: bool


@dataclass(frozen=True, eq=False)
class Change:
    """Both pipelines and their difference, in approvals and, where budgets are known, per 100 million yen."""

    before: Approvals
    after: Approvals
    approvals: Difference
    per_100_million_yen: Difference | None


def what_if(
    counts: Mapping[Cell, int],
    rates: Rates,
    scenario: Scenario,
    *,
    budget_yen: int | None = None,
    known: Mapping[Group, Approvals] | None = None,
) -> Change:
    """What a scenario changes. ``known``: approvals of groups as they are, where they have been worked out already.

    ValueError where more assets are taken away than there are, or a rate is not in 0–1.
    """
    later = dict(counts)
    for cell, more in scenario.counts.items():
        later[cell] = later.get(cell, 0) + more
        if later[cell] < 0:
            raise ValueError(f"{-more} assets fewer in {', '.join(cell)}: there are only {counts.get(cell, 0)}")
    now, then = rows(counts), rows(later)
    lifts = _lifts(rates, scenario.rates)
    befores, afters, shared, exact = [], [], 0.0, True
    gains: list[Masses] = []
    lowest = 0
    for group in dict.fromkeys((*now, *then, *lifts)):
        phases = len(table_of(group.table).phases)
        row, other = now.get(group, [0] * phases), then.get(group, [0] * phases)
        same = plain(rates, group)
        changed = [Rate(rate.beta, lift) for rate, lift in zip(same, lifts.get(group, [0.0] * phases), strict=True)]
        befores.append((known or {}).get(group) or approvals(row, same))
        afters.append(befores[-1] if group not in lifts and row == other else approvals(other, changed))
        shared += covariance(row, other, changed)
        added = [max(0, b - a) for a, b in zip(row, other, strict=True)]
        removed = [max(0, a - b) for a, b in zip(row, other, strict=True)]
        if group in lifts or (any(added) and any(removed) and sum(added) + sum(removed) > MOST_TOGETHER):
            exact = False
        elif exact:
            begins, gain = _gained(added, removed, same)
            gains.append(gain)
            lowest += begins
    before, after = together(befores), together(afters)
    variance = max(0.0, before.variance + after.variance - 2 * shared)
    mean = after.mean - before.mean
    if exact:
        low, high = chain.interval(chain.sum_of(gains))
        difference = Difference(mean, variance, (float(low + lowest), float(high + lowest)), True)
    else:
        difference = _normal(mean, variance)
    money = _per_yen(before, after, shared, budget_yen, scenario.budget_yen)
    return Change(before, after, difference, money)


def covariance(row: Sequence[int], other: Sequence[int], changed: Sequence[Rate]) -> float:
    """Of the approvals of ``row`` at the plain rates and of ``other`` at the changed ones, in one group.

    As many assets of a phase as stand there in both are the same assets; one arrives at both where it passes each phase
    at the lower of the two rates.
    """
    both = [rate.product_moment(rate.beta) for rate in changed]
    pairs = covariances([rate.beta.mean for rate in changed], [rate.mean for rate in changed], both)
    itself = onward([rate.beta.mean if rate.lift > 0 else rate.mean for rate in changed])
    kept = sum(min(a, b) * (one - two) for a, b, one, two in zip(row, other, itself, onward(both), strict=True))
    return float(np.asarray(row) @ pairs @ np.asarray(other)) + kept


def _lifts(rates: Rates, wanted: Mapping[Cell, float]) -> dict[Group, list[float]]:
    """The rates' changes by group: which share of the failures is to pass, or of the passes to fail."""
    found: dict[Group, list[float]] = {}
    for cell, mean in wanted.items():
        if not 0 <= mean <= 1:
            raise ValueError(f"a rate of {mean} for {', '.join(cell)}: it must lie between 0 and 1")
        table = table_of(cell.table)
        place = table.place(cell.phase)
        row = found.setdefault(cell.group, [0.0] * len(table.phases))
        now = rates.of(cell).posterior.mean
        row[place] = (mean - now) / (1 - now) if mean > now else mean / now - 1
    return found


def _gained(added: Sequence[int], removed: Sequence[int], rates: Sequence[Rate]) -> tuple[int, Masses]:
    """The distribution of approvals among the added less those among the removed: from which number on, below 0 where
    any are removed, and the chances."""
    if not any(removed):
        return 0, chain.climb([chain.exactly(count) for count in added], rates)
    if not any(added):
        lost = chain.climb([chain.exactly(count) for count in removed], rates)
        return 1 - len(lost), lost[::-1]
    joint = np.ones((1, 1))
    for more, fewer, rate in zip(added, removed, rates, strict=True):
        entered = np.zeros((joint.shape[0] + more, joint.shape[1] + fewer))
        entered[more:, fewer:] = joint
        joint = _passing_together(entered, rate)
    most = joint.shape[1] - 1
    result = np.zeros(joint.shape[0] + most)
    for gone in range(most + 1):
        result[most - gone : most - gone + joint.shape[0]] += joint[:, gone]
    return -most, result


def _passing_together(joint: Masses, rate: Rate) -> Masses:
    """How many of each of two kinds of assets pass a phase whose rate they share."""
    more, fewer = joint.shape
    points, weights = nodes(rate.beta, enough(more + fewer - 2))
    passed = _binomials(points, more).transpose(0, 2, 1) @ joint @ _binomials(points, fewer)
    return np.asarray(np.tensordot(weights, passed, 1), dtype=np.float64)


def _binomials(points: Masses, size: int) -> Masses:
    """[point, m, s]: the chance that of m assets s pass at this rate, for all below ``size``."""
    chances = np.zeros((len(points), size, size))
    chances[:, 0, 0] = 1
    for count in range(1, size):
        chances[:, count] = chances[:, count - 1] * (1 - points)[:, None]
        chances[:, count, 1:] += chances[:, count - 1, :-1] * points[:, None]
    return chances


def _normal(mean: float, variance: float) -> Difference:
    from scipy.special import ndtri

    half = float(ndtri(0.975)) * sqrt(variance)
    return Difference(mean, variance, (mean - half, mean + half), False)


def _per_yen(
    before: Approvals, after: Approvals, shared: float, budget_yen: int | None, later_yen: int | None
) -> Difference | None:
    if budget_yen is None:
        return None
    later = budget_yen if later_yen is None else later_yen
    if min(budget_yen, later) <= 0:
        raise ValueError("approvals per yen need budgets above 0")
    one, two = HUNDRED_MILLION / budget_yen, HUNDRED_MILLION / later
    variance = before.variance * one * one + after.variance * two * two - 2 * shared * one * two
    return _normal(after.mean * two - before.mean * one, max(0.0, variance))

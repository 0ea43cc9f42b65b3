"""How many of an uncertain number of assets pass one phase, at a rate that is itself uncertain and shared by them.

At the rate as it is, s of m pass with the beta-binomial chance, a product of a factor of m, one of s and one of m − s:
the sum over m is one correlation.

At an altered rate (``Rate.lift``) there is no such product. There the row of the greatest m, by quadrature over the
rate, says everything: the assets are exchangeable, so that of one fewer s pass where s of all did and the one left out
is among the m − s that failed, or s + 1 did and it is among those:

    p(s | m − 1) = (1 − s/m)·p(s | m) + (s + 1)/m·p(s + 1 | m).

Each step moves chances about and makes none, so rounding does not grow, and the rows of all likely m cost as much as
their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition import quadrature
from kakehashi.engines.attrition.rates import Beta, Rate

Masses = npt.NDArray[np.float64]
"""Probabilities of 0, 1, 2 … assets."""

NOTHING = 1e-18
"""A probability below this is lost in rounding, and not carried on."""
WIDEST_LOG = 640.0
"""Two factors that range less widely than this together, in logarithms, multiply within what a float holds."""


def likely(masses: Masses) -> tuple[int, Masses]:
    """The counts from the first to the last whose chance is above ``NOTHING``: from which on, and their chances."""
    there = np.flatnonzero(masses > NOTHING)
    return int(there[0]), masses[there[0] : there[-1] + 1]


def passing(first: int, chances: Masses, rate: Rate) -> tuple[int, Masses]:
    """From which number on, and with which chances, assets pass where ``first``, ``first`` + 1 … are there with the
    given chances."""
    if rate.lift:
        begins, passed = _at_altered_rate(first, chances, rate)
    else:
        begins, passed = _Factors.of(first + len(chances), rate.beta).passing(first, chances)
    return begins, passed * (chances.sum() / passed.sum())  # none is lost; takes out what rounding has in common


def log_choose(count: int, chosen: npt.NDArray[np.int64]) -> Masses:
    """The logarithms of the numbers of ways to choose so many of a count."""
    from scipy.special import gammaln

    logs = gammaln(count + 1) - gammaln(chosen + 1) - gammaln(count - chosen + 1)
    return np.asarray(logs, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Factors:
    """Logarithms of the factors of m, of s and of m − s whose product is the beta-binomial chance
    C(m, s)·B(a + s, b + m − s)/B(a, b) = m!/(a + b)_m · (a)_s/s! · (b)_(m − s)/(m − s)!, where (x)_n is
    x(x + 1)…(x + n − 1).
    """

    of_all: Masses
    of_passed: Masses
    of_failed: Masses

    @classmethod
    def of(cls, size: int, beta: Beta) -> _Factors:
        """Those of fewer assets than ``size``."""
        return cls(-_rising(size, beta.a + beta.b), _rising(size, beta.a), _rising(size, beta.b))

    def row(self, count: int) -> Masses:
        """The chances of 0, 1, 2 … of so many passing."""
        logs = self.of_all[count] + self.of_passed[: count + 1] + self.of_failed[count::-1]
        return np.asarray(np.exp(logs), dtype=np.float64)

    def passing(self, first: int, chances: Masses) -> tuple[int, Masses]:
        """As the function of this name."""
        most = first + len(chances) - 1
        lowest, row = likely(self.row(first))
        if first == most:
            return lowest, row * chances[0]
        begins, last = likely(self.row(most))  # the more there are, the more pass: nothing likely lies beyond the two
        highest = begins + len(last) - 1
        fewest, greatest = max(0, first - highest), most - lowest
        failed, there = np.arange(fewest, greatest + 1), np.arange(first, most + 1)
        # a factor of e^(tm)·e^(−ts)·e^(−t(m − s)) is 1; it takes the slope out of what must not range too widely
        slope = (self.of_failed[greatest] - self.of_failed[fewest]) / max(1, greatest - fewest)
        of_failed = self.of_failed[failed] - slope * failed
        of_all = self.of_all[there] + slope * there
        if float(np.ptp(of_failed) + np.ptp(of_all)) > WIDEST_LOG:
            half = len(chances) // 2
            return _mixed(self.passing(first, chances[:half]), self.passing(first + half, chances[half:]))
        most_all, most_failed = float(of_all.max()), float(of_failed.max())
        nobody = np.zeros(max(0, highest - first))  # fewer than none cannot fail
        fails = np.concatenate((nobody, np.exp(of_failed - most_failed)))
        sums = np.correlate(fails, chances * np.exp(of_all - most_all), "valid")[::-1]
        passed = np.arange(lowest, highest + 1)
        with np.errstate(divide="ignore"):  # none of these passed: the logarithm of nought
            logs = self.of_passed[passed] - slope * passed + np.log(sums)
        return lowest, np.exp(logs + most_all + most_failed)


def _rising(size: int, start: float) -> Masses:
    """The logarithms of (start)_n/n! for n from 0 on; summed from ratios near 1, which keeps more digits than the
    difference of two logarithms of the gamma function."""
    n = np.arange(size - 1)
    return np.concatenate(([0.0], np.cumsum(np.log((start + n) / (n + 1)))))


def _mixed(one: tuple[int, Masses], other: tuple[int, Masses]) -> tuple[int, Masses]:
    """Both together."""
    first = min(one[0], other[0])
    sums = np.zeros(max(begins + len(masses) for begins, masses in (one, other)) - first)
    for begins, masses in (one, other):
        sums[begins - first : begins - first + len(masses)] += masses
    return first, sums


def _at_altered_rate(first: int, chances: Masses, rate: Rate) -> tuple[int, Masses]:
    most = first + len(chances) - 1
    rule = quadrature.nodes(rate.beta, quadrature.enough(most))
    lowest, few = likely(_row(first, rate, rule))
    if first == most:
        return lowest, few * chances[0]
    many = _row(most, rate, rule)
    begins, there = likely(many)  # the more there are, the more pass: nothing likely lies beyond the two
    row = many[lowest : begins + len(there)]
    passed = np.arange(lowest, lowest + len(row), dtype=np.float64)
    sums = chances[-1] * row
    left_out = np.zeros(len(row) + 1)
    moved = np.empty(len(row))
    for count in range(most, first, -1):
        np.divide(passed, count, out=moved)
        np.multiply(row, moved, out=left_out[:-1])  # chances that the one left out is among those that passed
        np.subtract(left_out[1:], left_out[:-1], out=moved)
        row += moved
        np.multiply(row, chances[count - 1 - first], out=moved)
        sums += moved
    return lowest, sums


def _row(count: int, rate: Rate, rule: tuple[Masses, Masses]) -> Masses:
    """The chances of 0, 1, 2 … of so many passing; ``rule``: points and weights, enough for them."""
    from scipy.special import xlog1py, xlogy

    points, weights = rule
    start, slope = rate.line
    points, weights = start + slope * points[weights > NOTHING], weights[weights > NOTHING]
    # Hoeffding 1963: farther than this from what is expected lies less than nothing
    spread = ceil(sqrt(count * log(2 / NOTHING) / 2))
    near = np.floor(count * points).astype(np.int64)[:, None] + np.arange(-spread, spread + 2)
    passed = np.clip(near, 0, count)
    logs = log_choose(count, np.arange(count + 1))[passed]
    logs += xlogy(passed, points[:, None]) + xlog1py(count - passed, -points[:, None])
    shares = np.where(near == passed, np.exp(logs), 0) * weights[:, None]
    return np.asarray(np.bincount(passed.ravel(), shares.ravel(), count + 1), dtype=np.float64)

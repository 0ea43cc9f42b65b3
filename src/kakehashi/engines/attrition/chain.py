"""Exact distributions of how many assets climb a ladder whose rates are uncertain and shared.

Of m assets with one rate θ ~ Beta(a, b), the number that passes is beta-binomial. θ of a phase bears on nothing but
that phase, so the number of assets that stand before the next phase, with its own entrants added, is all that need be
known of the past: a Markov chain over counts. (Skellam 1948, J R Stat Soc B 10:257 for the beta-binomial.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition.rates import Beta

Masses = npt.NDArray[np.float64]
"""Probabilities of 0, 1, 2 … assets."""

NOTHING = 1e-18
"""A probability below this is lost in rounding, and not carried on."""
WIDEST_LOG = 690.0
"""Two factors that range less widely than this together, in logarithms, multiply within what a float holds."""


@dataclass(frozen=True)
class Rate:
    """A rate, perhaps altered. ``lift`` in −1…1: of those that would have failed this share passes too, or, below 0,
    of those that would have passed this share fails."""

    beta: Beta
    lift: float = 0.0

    def __post_init__(self) -> None:
        if not -1 <= self.lift <= 1:
            raise ValueError(f"lift {self.lift}: it must lie between −1 and 1")

    @property
    def line(self) -> tuple[float, float]:
        """(c, d): the altered rate is c + dθ."""
        return (self.lift, 1 - self.lift) if self.lift > 0 else (0.0, 1 + self.lift)

    @property
    def mean(self) -> float:
        c, d = self.line
        return c + d * self.beta.mean

    @property
    def second_moment(self) -> float:
        c, d = self.line
        return c * c + 2 * c * d * self.beta.mean + d * d * self.beta.second_moment

    def product_moment(self, plain: Beta) -> float:
        """E of the altered rate times the plain one."""
        c, d = self.line
        return c * plain.mean + d * plain.second_moment


def exactly(count: int) -> Masses:
    """All the probability on one count."""
    masses = np.zeros(count + 1)
    masses[count] = 1.0
    return masses


def climb(entrants: Sequence[Masses], rates: Sequence[Rate]) -> Masses:
    """How many reach the top: ``entrants`` by phase (how many assets stand there now), ``rates`` by phase."""
    here = exactly(0)
    for joining, rate in zip(entrants, rates, strict=True):
        first, likely = _likely(passing(np.convolve(here, joining), rate))
        here = np.concatenate((np.zeros(first), likely))
    return here


def passing(masses: Masses, rate: Rate) -> Masses:
    """How many of an uncertain number of assets pass one phase."""
    first, likely = _likely(masses)
    if rate.lift > 0:
        return _passing_lifted(first, likely, rate)
    passed = _passed(first, likely, rate.beta.a, rate.beta.b)
    if rate.lift < 0:
        lowest, there = _likely(passed)
        passed = there @ _thinning(lowest, lowest + len(there) - 1, 1 + rate.lift)
    return np.asarray(passed, dtype=np.float64)


def _passing_lifted(first: int, likely: Masses, rate: Rate) -> Masses:
    """The same where failures are thinned: of m assets, m less the failures that remain pass."""
    table = _beta_binomial(first, likely, rate.beta.b, rate.beta.a)
    fewest, chances = _likely(table.max(axis=0))
    most = fewest + len(chances) - 1
    remaining = table[:, fewest : most + 1] @ _thinning(fewest, most, 1 - rate.lift)
    result = np.zeros(first + len(likely))
    for place, row in enumerate(remaining):
        count = min(first + place, most)  # no more failures than that remain
        result[first + place - count : first + place + 1] += row[count::-1]
    return result


def independent(chances: npt.NDArray[np.float64]) -> Masses:
    """How many of independent assets, each with its own chance, are chosen (Poisson-binomial).

    Assets of the same chance, of which a pipeline that begins each April has many, are taken together.
    """
    from scipy.special import xlog1py, xlogy

    masses = exactly(0)
    for chance, many in zip(*np.unique(chances, return_counts=True), strict=True):
        chosen = np.arange(many + 1)
        logs = _log_choose(int(many), chosen) + xlogy(chosen, chance) + xlog1py(many - chosen, -chance)
        masses = np.convolve(masses, np.exp(logs))
    return masses


def sum_of(parts: Sequence[Masses]) -> Masses:
    """How many of several independent groups together."""
    first, masses = 0, np.ones(1)
    for part in parts:
        begins, likely = _likely(part)
        lost, masses = _likely(np.convolve(masses, likely))
        first += begins + lost
    return np.concatenate((np.zeros(first), masses))


def _likely(masses: Masses) -> tuple[int, Masses]:
    """The counts from the first to the last whose chance is above ``NOTHING``: from which on, and their chances."""
    there = np.flatnonzero(masses > NOTHING)
    return int(there[0]), masses[there[0] : there[-1] + 1]


def moments(masses: Masses) -> tuple[float, float]:
    """Mean and variance."""
    counts = np.arange(len(masses))
    mean = float(masses @ counts)
    return mean, float(masses @ (counts - mean) ** 2)


def interval(masses: Masses, share: float = 0.95) -> tuple[int, int]:
    """From where to where at least this share lies, with at most half the rest on either side."""
    below = np.cumsum(masses)
    tail, last = (1 - share) / 2, len(masses) - 1
    low = min(last, int(np.searchsorted(below, tail, side="right")))
    return low, min(last, int(np.searchsorted(below, 1 - tail, side="left")))


def _passed(first: int, likely: Masses, a: float, b: float) -> Masses:
    """How many of an uncertain number pass (``likely``: the chances of ``first``, ``first`` + 1 … assets): the column
    sums of ``_beta_binomial``, without the table where a float can hold the products of its factors."""
    size = first + len(likely)
    of_all, of_passed, of_failed = _factors(size, a, b)
    of_all = of_all[first:]
    if float(np.ptp(of_all) + np.ptp(of_failed)) > WIDEST_LOG:
        return np.asarray(_beta_binomial(first, likely, a, b).sum(axis=0), dtype=np.float64)
    most, other = float(of_all.max()), float(of_failed.max())
    sums = np.convolve(likely * np.exp(of_all - most), np.exp(of_failed - other)[::-1])[len(likely) - 1 :]
    with np.errstate(divide="ignore"):  # none of these passed: the logarithm of nought
        return np.asarray(np.exp(of_passed + most + other + np.log(sums)), dtype=np.float64)


def _beta_binomial(first: int, likely: Masses, a: float, b: float) -> Masses:
    """[m - first, s]: the chance of m assets of which s pass."""
    size = first + len(likely)
    of_all, of_passed, of_failed = _factors(size, a, b)
    there, whole = np.arange(first, size), np.arange(size)
    failed = there[:, None] - whole[None, :]
    logs = of_all[there][:, None] + of_passed[None, :] + of_failed[np.maximum(failed, 0)]
    chances = np.where(failed >= 0, np.exp(np.where(failed >= 0, logs, 0)), 0)
    return np.asarray(chances * likely[:, None], dtype=np.float64)


def _factors(size: int, a: float, b: float) -> tuple[Masses, Masses, Masses]:
    """Logarithms of the factors of m, of s and of m − s whose product is C(m, s)·B(a + s, b + m − s)/B(a, b)."""
    from scipy.special import gammaln

    whole = np.arange(size)
    factorial = gammaln(whole + 1)
    constant = gammaln(a + b) - gammaln(a) - gammaln(b)
    return (
        np.asarray(factorial - gammaln(a + b + whole) + constant, dtype=np.float64),
        np.asarray(gammaln(a + whole) - factorial, dtype=np.float64),
        np.asarray(gammaln(b + whole) - factorial, dtype=np.float64),
    )


def _thinning(fewest: int, most: int, kept: float) -> Masses:
    """[n - fewest, k]: the chance that of n assets k are kept, each with the same chance."""
    from scipy.special import gammaln, xlog1py, xlogy

    whole = np.arange(most + 1)
    counts = whole[fewest:]
    factorial, lost = gammaln(whole + 1), counts[:, None] - whole[None, :]
    logs = factorial[counts][:, None] - factorial[None, :] - factorial[np.maximum(lost, 0)]
    logs += xlogy(whole, kept)[None, :] + xlog1py(np.maximum(lost, 0), -kept)
    return np.where(lost >= 0, np.exp(np.where(lost >= 0, logs, 0)), 0)


def _log_choose(count: int, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    from scipy.special import gammaln

    logs = gammaln(count + 1) - gammaln(chosen + 1) - gammaln(count - chosen + 1)
    return np.asarray(logs, dtype=np.float64)

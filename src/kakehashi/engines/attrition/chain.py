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

NOTHING = 1e-300
"""A probability below this is not carried on."""


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
        here = passing(np.convolve(here, joining), rate)
    return here


def passing(masses: Masses, rate: Rate) -> Masses:
    """How many of an uncertain number of assets pass one phase."""
    if rate.lift > 0:  # failures are thinned: of m assets, m less the failures that remain pass
        table = _beta_binomial(masses, rate.beta.b, rate.beta.a) @ _thinning(len(masses) - 1, 1 - rate.lift)
        result = np.zeros(len(masses))
        for count in range(len(masses)):
            result[: count + 1] += table[count, count::-1]
        return result
    passed = _beta_binomial(masses, rate.beta.a, rate.beta.b).sum(axis=0)
    if rate.lift < 0:
        passed = passed @ _thinning(len(masses) - 1, 1 + rate.lift)
    return np.asarray(passed, dtype=np.float64)


def independent(chances: npt.NDArray[np.float64]) -> Masses:
    """How many of independent assets, each with its own chance, are chosen (Poisson-binomial)."""
    masses = exactly(0)
    for chance in chances:
        masses = np.convolve(masses, [1 - chance, chance])
    return masses


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


def _beta_binomial(masses: Masses, a: float, b: float) -> Masses:
    """[m, s]: the chance of m assets of which s pass."""
    from scipy.special import betaln

    table = np.zeros((len(masses), len(masses)))
    for count in map(int, np.flatnonzero(masses > NOTHING)):
        passed = np.arange(count + 1)
        logs = _log_choose(count, passed) + betaln(a + passed, b + count - passed) - betaln(a, b)
        table[count, : count + 1] = masses[count] * np.exp(logs)
    return table


def _thinning(most: int, kept: float) -> Masses:
    """[n, k]: the chance that of n assets k are kept, each with the same chance."""
    from scipy.stats import binom

    counts = np.arange(most + 1)
    return np.asarray(binom.pmf(counts[None, :], counts[:, None], kept), dtype=np.float64)


def _log_choose(count: int, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    from scipy.special import gammaln

    logs = gammaln(count + 1) - gammaln(chosen + 1) - gammaln(count - chosen + 1)
    return np.asarray(logs, dtype=np.float64)

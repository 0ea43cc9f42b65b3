"""Exact distributions of how many assets climb a ladder whose rates are uncertain and shared.

Of m assets with one rate θ ~ Beta(a, b), the number that passes is beta-binomial. θ of a phase bears on nothing but
that phase, so the number of assets that stand before the next phase, with its own entrants added, is all that need be
known of the past: a Markov chain over counts. (Skellam 1948, J R Stat Soc B 10:257 for the beta-binomial.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition.passing import Masses, likely, log_choose, passing
from kakehashi.engines.attrition.rates import Rate


def exactly(count: int) -> Masses:
    """All the probability on one count."""
    masses = np.zeros(count + 1)
    masses[count] = 1.0
    return masses


def climb(entrants: Sequence[Masses], rates: Sequence[Rate]) -> Masses:
    """How many reach the top: ``entrants`` by phase (how many assets stand there now), ``rates`` by phase."""
    first, here = 0, np.ones(1)
    for joining, rate in zip(entrants, rates, strict=True):
        begins, chances = likely(joining)
        lost, met = likely(np.convolve(here, chances))
        first, here = passing(first + begins + lost, met, rate)
    lost, here = likely(here)
    return np.concatenate((np.zeros(first + lost), here))


def independent(chances: npt.NDArray[np.float64]) -> Masses:
    """How many of independent assets, each with its own chance, are chosen (Poisson-binomial).

    Assets of the same chance, of which a pipeline that begins each April has many, are taken together.
    """
    from scipy.special import xlog1py, xlogy

    masses = exactly(0)
    for chance, many in zip(*np.unique(chances, return_counts=True), strict=True):
        chosen = np.arange(many + 1)
        logs = log_choose(int(many), chosen) + xlogy(chosen, chance) + xlog1py(many - chosen, -chance)
        masses = np.convolve(masses, np.exp(logs))
    return masses


def sum_of(parts: Sequence[Masses]) -> Masses:
    """How many of several independent groups together, to within rounding (1e-15 a group).

    The transforms of all, multiplied: none is anywhere above 1, so that errors add up and do not grow.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    trimmed = [likely(part) for part in parts]
    first = sum(begins for begins, _chances in trimmed)
    size = 1 + sum(len(chances) - 1 for _begins, chances in trimmed)
    padded = next_fast_len(size, real=True)
    together = np.ones(padded // 2 + 1, dtype=np.complex128)
    for _begins, chances in trimmed:
        together *= rfft(chances, padded)
    masses = np.maximum(irfft(together, padded)[:size], 0)
    return np.concatenate((np.zeros(first), masses))


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

"""Means under a Beta distribution of what binomials say, by Gauss–Jacobi quadrature.

K points and weights give the mean of any polynomial of degree 2K − 1 exactly (Golub and Welsch 1969, Math Comp 23:221).
That s of m independent assets pass is a polynomial of degree m in the rate, so m // 2 + 1 points are exact; far fewer
are ``enough``.
"""

from __future__ import annotations

from math import ceil, log, sqrt

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition.rates import Beta

Floats = npt.NDArray[np.float64]

MISSED = 1e-15
"""All that quadrature misses of a distribution, summed over its counts; less than rounding does."""

HUGE = 1e140
"""Where a polynomial is greater, the weight is nil anyway."""


def enough(assets: int) -> int:
    """So many points that the chances of every number passed of so many assets, summed over the numbers, are off by
    less than ``MISSED``; whatever the Beta, and whether the rate is altered along a line within 0–1 or not.

    Let p = (1 + cos z)/2 with Im z = τ, so that p runs along the ellipse around 0 and 1 on which |p| + |1 − p| is
    cosh τ. There the binomial terms together are at most (|p| + |1 − p|)^m = cosh^m τ ≤ exp(mτ²/2), and their
    Chebyshev coefficients of degree k at most 2 exp(mτ²/2 − kτ); a rate c + dθ lies within the same ellipse. K points
    miss at most twice the coefficients from degree 2K on, which with τ = 2K/m is 4 exp(−2K²/m)/(1 − exp(−2K/m)).
    (Trefethen 2019, Approximation Theory and Approximation Practice, theorems 8.1 and 19.3.)
    """
    root = sqrt(assets)
    return min(assets // 2 + 1, 1 + ceil(root * sqrt(log((4 + root) / MISSED) / 2)))


def nodes(beta: Beta, count: int) -> tuple[Floats, Floats]:
    """Points in 0–1 and weights whose weighted sum is the mean, under the Beta, of any polynomial of degree
    2·count − 1.

    Points from the three-term recurrence of the Jacobi polynomials, without the Beta function, which overflows where
    own records are long; the weight of each is 1 over the sum of squares of the orthonormal polynomials there.
    """
    from scipy.linalg import eigvalsh_tridiagonal

    one, other = beta.b - 1, beta.a - 1
    k = np.arange(1, count, dtype=np.float64)
    twice = 2 * k + one + other
    middle = np.concatenate(([(other - one) / (one + other + 2)], (other**2 - one**2) / (twice * (twice + 2))))
    side = 4 * k * (k + one) * (k + other) / (twice**2 * (twice + 1))
    side[1:] *= (k[1:] + one + other) / (twice[1:] - 1)  # both are the same, and may be nil, at the first
    side = np.sqrt(side)
    points = eigvalsh_tridiagonal(middle, side)
    before, now = np.zeros(count), np.ones(count)
    squares = now.copy()
    for degree in range(count - 1):
        next_one = (points - middle[degree]) * now - (side[degree - 1] * before if degree else 0)
        before, now = now, np.clip(next_one / side[degree], -HUGE, HUGE)
        squares += now * now
    weights = 1 / squares
    return np.clip((points + 1) / 2, 0, 1), weights / weights.sum()

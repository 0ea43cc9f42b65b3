"""Proportions and how sure they are."""

import math

Z95 = 1.959963984540054
"""Of the standard normal distribution, for 95 % on both sides."""


def wilson_interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927, J Am Stat Assoc 22:209), both ends in 0–1; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, square = count / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return (0.0 if count == 0 else middle - half), (1.0 if count == of else middle + half)

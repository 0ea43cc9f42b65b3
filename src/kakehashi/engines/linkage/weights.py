"""The weights of evidence, in bits: log2 of how much likelier it is between records of one person than of two.

Measured by `python -m tests.bench linkage` on a synthetic Japanese population (named there) with typing errors, other
family names and wrong days; rounded. A pattern of agreeing keys is weighed as a whole by its strictest key, since the
keys of one identity are not independent of one another.
"""

from __future__ import annotations

from kakehashi.engines.linkage.keys import Kind

KEY_BITS: dict[Kind, float] = {
    Kind.EXACT: 29.0,
    Kind.NAMES: 22.0,
    Kind.INSURANCE: 28.0,
    Kind.DIGITS: 17.0,
    Kind.MONTH: 19.0,
    Kind.GIVEN: 17.0,
    Kind.FAMILY: 16.0,
}
NO_KEY_BITS = -6.0  # both identities are given and no key agrees
SEX_BITS, OTHER_SEX_BITS = 1.0, -6.0
MONTH_BITS, YEAR_BITS, OTHER_BIRTH_BITS = 8.0, 4.0, -5.0
VARIANT_BITS, MOST_VARIANT_BITS = 11.0, 15.0
"""An identical variant that no third case has; two of them. One that k further cases have is worth log2(k) less."""
FINDINGS_BITS: tuple[tuple[float, float], ...] = ((0.6, 9.0), (0.4, 8.0), (0.15, 3.0), (0.0, -2.0))
"""Least share of all findings of two cases that both have (Jaccard) → bits.

Between two people as measured on three million pairs of published patients (0.07 %, 0.13 % and 1.4 % of them), between
two registrations of one as simulated. What speaks against is held small: two clinics look at two sides of a patient.
"""
DUPLICATE_SHARE = 0.02
"""Of the cases of a network that stand in it a second time; the prior odds follow from it and the number of cases."""
LEAST_BITS = 20.0
"""However few the cases: the relatives among them share names, variants and findings."""
PRECISION = 0.95
"""A pair is suspected where it is at least this likely to be one person."""

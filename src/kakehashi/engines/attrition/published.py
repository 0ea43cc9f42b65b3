"""Published transition rates, each with its source, and how much they weigh as a prior.

Clinical phases: ``BIO_2021`` by disease area (its figure 5b). The rates of an area multiply to its printed likelihood
of approval within 0.1 %, and the transitions of the areas add up to the 12,728 of the report; both are tested. Before
the clinic: ``PAUL_2010`` (its figure 2), an industry benchmark without counts; "discovery" is target-to-hit 80 %,
hit-to-lead 75 % and lead optimization 85 % together.

The rates by area were taken from a transcription of the report's table, borne out by these two checks; the steps before
the clinic, and the durations in timing.py, are those commonly quoted from the papers. Compare them with the originals
before publishing a forecast that rests on them alone.

Rare diseases cut across the areas and are no area of the table: give such an asset its organ's area, or "Other".
"""

from __future__ import annotations

import statistics
from functools import cache

from kakehashi.engines.attrition.phases import DISCOVERY, NONCLINICAL, PHASE_1, PHASE_2, PHASE_3, SUBMISSION

BIO_2021 = (
    "BIO, QLS Advisors, Informa Pharma Intelligence: Clinical Development Success Rates and Contributing Factors "
    "2011–2020. February 2021"
)
PAUL_2010 = (
    "Paul SM et al.: How to improve R&D productivity: the pharmaceutical industry's grand challenge. "
    "Nat Rev Drug Discov 2010; 9:203–214"
)
NOTHING_PUBLISHED = "no published rate by phase is relied upon: any rate is as likely as any other before own results"

CLINICAL = (PHASE_1, PHASE_2, PHASE_3, SUBMISSION)

ALL_AREAS = (0.520, 0.289, 0.578, 0.906)
"""All indications together, by CLINICAL."""

AREAS: dict[str, tuple[float, float, float, float]] = {
    "Hematology": (0.696, 0.481, 0.768, 0.931),
    "Metabolic": (0.618, 0.450, 0.636, 0.875),
    "Infectious disease": (0.578, 0.384, 0.640, 0.929),
    "Other": (0.636, 0.386, 0.600, 0.884),
    "Ophthalmology": (0.716, 0.355, 0.512, 0.911),
    "Autoimmune": (0.552, 0.314, 0.653, 0.941),
    "Allergy": (0.564, 0.283, 0.647, 1.000),
    "Gastroenterology": (0.467, 0.342, 0.571, 0.909),
    "Respiratory": (0.559, 0.219, 0.645, 0.956),
    "Psychiatry": (0.527, 0.268, 0.563, 0.912),
    "Endocrine": (0.433, 0.266, 0.662, 0.863),
    "Neurology": (0.477, 0.268, 0.531, 0.867),
    "Oncology": (0.488, 0.246, 0.477, 0.920),
    "Cardiovascular": (0.500, 0.210, 0.552, 0.825),
    "Urology": (0.409, 0.150, 0.692, 0.846),
}
"""By disease area and CLINICAL."""

TRANSITIONS = {
    "Hematology": 352,
    "Metabolic": 399,
    "Infectious disease": 1170,
    "Other": 541,
    "Ophthalmology": 415,
    "Autoimmune": 1305,
    "Allergy": 201,
    "Gastroenterology": 186,
    "Respiratory": 501,
    "Psychiatry": 442,
    "Endocrine": 887,
    "Neurology": 1411,
    "Oncology": 4179,
    "Cardiovascular": 651,
    "Urology": 88,
}
"""Transitions counted, all four phases together, by disease area."""

BEFORE_THE_CLINIC = {DISCOVERY: 0.80 * 0.75 * 0.85, NONCLINICAL: 0.69}

BENCHMARK_WEIGHT = 10.0
"""Equivalent sample size of the rates of BEFORE_THE_CLINIC: less than half that of any clinical phase, because they are
a benchmark of large companies without counts, and academic discovery may well differ."""
REGENERATIVE_WEIGHT = 4.0
"""Regenerative products: the drugs' rates of all areas are the place to start from, held for so little that four own
results weigh as much; rates by phase of their own rest on a handful of products."""
UNKNOWN_WEIGHT = 2.0
"""Beta(1, 1): Bayes' and Laplace's uniform prior, where nothing is published."""


@cache
def equivalent_sample_size(phase: str) -> float:
    """How many assets a published rate of this clinical phase weighs as much as.

    m = p̄(1−p̄)/s² − 1, where p̄ and s² are mean and variance of the areas' rates: the size of the Beta distribution
    whose spread is that of the areas (method of moments). Chance in the small areas is part of the spread, so m is
    rather too small, which leaves more to the agency's own record.
    """
    place = CLINICAL.index(phase)
    rates = [row[place] for row in AREAS.values()]
    mean = statistics.fmean(rates)
    return mean * (1 - mean) / statistics.variance(rates) - 1


def clinical_rate(area: str, phase: str) -> float:
    """The published rate of a clinical phase: the area's, or that of all areas where it has none.

    A printed 100 % cannot be the centre of a Beta; it takes in one asset at the rate of all areas.
    """
    place = CLINICAL.index(phase)
    overall = ALL_AREAS[place]
    rate = AREAS.get(area, ALL_AREAS)[place]
    if rate < 1:
        return rate
    weight = equivalent_sample_size(phase)
    return (rate * weight + overall) / (weight + 1)

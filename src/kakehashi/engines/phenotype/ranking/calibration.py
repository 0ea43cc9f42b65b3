"""From scores to probabilities, with an explicit share for "none of the known diseases".

Scores are log posteriors up to fit, so the known diseases share by softmax. How much they share is a logistic function
of how much of the findings the best of them explains, how far it leads, and how many findings there are; it was fitted
on patients of whom some have a disease that phenotype.hpoa does not hold (`tests/bench/fit_ranking.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ranking.parameters import CalibrationParameters

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """`known`: softmax over the ranked diseases, adding up to 1; `unknown`: the share of none of them."""

    known: Float64
    unknown: float

    @property
    def probabilities(self) -> Float64:
        """Of each ranked disease; with `unknown` they add up to 1."""
        shared: Float64 = (1 - self.unknown) * self.known
        return shared


def among_known(scores: Float64, parameters: CalibrationParameters) -> Float64:
    """How the known diseases (at least one) share among themselves; adds up to 1."""
    tempered = scores / parameters.temperature
    weights = np.exp(tempered - tempered.max())
    known: Float64 = weights / weights.sum()
    return known


def posterior(scores: Float64, explained: float, findings: int, parameters: CalibrationParameters) -> Posterior:
    """The posterior over diseases and "none of them" of a score vector.

    `explained`: the log ratios of the findings for the best disease, as a share of what an exact match of all would
    bring at most (1: fully explained; below 0: contradicted); `findings`: how many were observed.
    """
    if len(scores) == 0:
        return Posterior(np.zeros(0), 1.0)
    known = among_known(scores, parameters)
    logit = (
        parameters.unknown_bias
        + parameters.unknown_explained * explained
        + parameters.unknown_certainty * math.log(max(float(known.max()), 1e-12))
        + parameters.unknown_findings * math.log1p(findings)
    )
    return Posterior(known, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))))

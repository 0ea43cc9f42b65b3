"""From scores to probabilities, with an explicit share for "none of the known diseases".

Scores are log posteriors up to fit, so the known diseases share by softmax. How much they share is a logistic function
of how well the best explains each finding, how far it leads, and how many findings there are; both were fitted on
patients of whom some have a disease that phenotype.hpoa does not hold (see docs of `tests/bench`).
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


def posterior(scores: Float64, findings: int, parameters: CalibrationParameters) -> Posterior:
    """The posterior over diseases and "none of them" of a score vector; `findings`: how many were observed."""
    if len(scores) == 0:
        return Posterior(np.zeros(0), 1.0)
    tempered = scores / parameters.temperature
    weights = np.exp(tempered - tempered.max())
    known = weights / weights.sum()
    best, certainty, amount = unknown_features(scores, known, findings)
    logit = (
        parameters.unknown_bias
        + parameters.unknown_best * best
        + parameters.unknown_certainty * certainty
        + parameters.unknown_findings * amount
    )
    return Posterior(known, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))))


def unknown_features(scores: Float64, known: Float64, findings: int) -> tuple[float, float, float]:
    """(best score per finding, log of the best disease's share among the known, log of 1 + findings)."""
    return float(scores.max()) / max(findings, 1), math.log(max(float(known.max()), 1e-12)), math.log1p(findings)

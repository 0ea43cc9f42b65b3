"""The fitted numbers of the ranker, read from parameters.json; `tests/bench/fit_ranking.py` writes that file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class ProfileParameters:
    """How disease profiles are made of annotations.

    `count_prior_present`, `count_prior_absent`: a count n of m becomes (n + present) / (m + present + absent).
    `frequency_not_said`: frequency of a finding annotated without one. `kin_floor`: weight of "no kin" against the
    kin found; `kin_most`: kin kept per disease; `kin_name`, `kin_gene`, `kin_both`: weight of a like name, a shared
    gene, and both together.
    """

    count_prior_present: float
    count_prior_absent: float
    frequency_not_said: float
    kin_floor: float
    kin_most: int
    kin_name: float
    kin_gene: float
    kin_both: float

    def digest(self) -> str:
        """A short name of these values: part of the compiled folder's name."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class ScoreParameters:
    """How evidence adds up to a score, on the natural-logarithm scale of the posterior.

    `exact_share`: share of a finding's ratio taken through annotated terms, against common ancestors only.
    `kin_share`: least share of the kin's profile; `kin_rows`: a disease with so many annotations takes half of the
    rest from its kin. `noise`: floor of a ratio. `finding`: weight of the log ratios (below 1: findings are not
    independent). `size`, `size_floor`: weight and softening of the discount for large profiles. `prior_patients`:
    weight of the log number of published patients. `excluded`, `excluded_from`: weight of excluded findings and the
    frequency from which they count. `onset`, `onset_prior`: weight of the onset and pseudo-count of its
    distribution. `sex`, `inheritance`: log ratios of agreement. `gene_found`: probability that a candidate list holds
    the true gene; `gene_universe`: number of genes it was drawn from. `solved`, `solved_share`: weight of the
    nearest solved case's similarity beyond that share of the patient's similarity to herself. `solved_half`: number of
    solved cases from which their findings count as much as the annotations; `solved_absent`: imagined cases without
    the finding.
    """

    exact_share: float
    kin_share: float
    kin_rows: float
    noise: float
    finding: float
    size: float
    size_floor: float
    prior_patients: float
    excluded: float
    excluded_from: float
    onset: float
    onset_prior: float
    sex: float
    inheritance: float
    gene_found: float
    gene_universe: float
    solved: float
    solved_share: float
    solved_half: float
    solved_absent: float


@dataclass(frozen=True, slots=True)
class CalibrationParameters:
    """From scores to probabilities: `temperature` of the softmax; weights of the logistic "none of the known" share."""

    temperature: float
    unknown_bias: float
    unknown_explained: float
    unknown_certainty: float
    unknown_findings: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """All fitted numbers."""

    profile: ProfileParameters
    score: ScoreParameters
    calibration: CalibrationParameters
    calibration_solved: CalibrationParameters


def from_json(text: str) -> Parameters:
    """Parameters out of the text of a parameters file. Errors: ValueError, TypeError, KeyError."""
    values = json.loads(text)
    return Parameters(
        ProfileParameters(**values["profile"]),
        ScoreParameters(**values["score"]),
        CalibrationParameters(**values["calibration"]),
        CalibrationParameters(**values["calibration_solved"]),
    )


@cache
def fitted() -> Parameters:
    """The parameters shipped with the package."""
    return from_json(resources.files(__package__).joinpath("parameters.json").read_text(encoding="utf-8"))

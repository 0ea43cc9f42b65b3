"""What a model's diseases bring along whatever the patient: prior, cost of size, onsets, sexes. Worked out once."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import INHERITANCE
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters
from kakehashi.engines.phenotype.ranking.profiles import ONSET_BINS

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_NEIGHBOUR_BIN = 0.6  # how much of an onset bin's weight its neighbour shares
_OTHER_SEX = 1e-4  # that a disease of one sex is seen in the other: more rarely than one gene speaks for it
_EXCLUDED_MOST = 0.95  # no finding is so frequent that its absence rules a disease out


class Standing:
    """One model, as compiled or with rows left out (`changed`), ready to be scored against."""

    def __init__(
        self, knowledge: Knowledge, likelihood: Likelihood, parameters: ScoreParameters, changed: Patch | None = None
    ) -> None:
        self.likelihood = likelihood
        self.model = likelihood.model
        self.changed = changed
        self._knowledge = knowledge
        self._parameters = parameters
        self._traits = self.model.traits if changed is None else changed.traits
        self._onset_scores: dict[tuple[int, int], Float64 | None] = {}
        self._inheritance_scores: dict[int, Float64] = {}
        self._excluded_costs: dict[int, tuple[Int64, Float64]] = {}

    @property
    def background(self) -> Float64:
        """How often the mean disease shows each term."""
        return self.model.background if self.changed is None else self.changed.left_out.background

    @cached_property
    def size(self) -> Float64:
        """What each observed finding costs a disease for the size of its profile; 0 for the mean size."""
        model, score, changed = self.model, self._parameters, self.changed
        kin_size = model.kin_size if changed is None else changed.kin_size
        reference = model.reference_size if changed is None else changed.left_out.reference_size
        share = self.likelihood.share(self._traits.findings)
        size = (1 - share) * self._traits.size + share * kin_size
        cost: Float64 = score.size * np.log((size + score.size_floor) / (reference + score.size_floor))
        return cost.astype(np.float64)

    @cached_property
    def prior(self) -> Float64:
        """Diseases described in many patients are met more often."""
        prior: Float64 = self._parameters.prior_patients * np.log1p(self._traits.patients.astype(np.float64))
        return prior

    def other_sex(self, sign: int) -> Float64:
        """Log ratio for diseases that affect the other sex alone; 0 for all others. `sign`: 1 male, -1 female."""
        scores: Float64 = math.log(_OTHER_SEX) * (self._traits.one_sex == -sign)
        return scores

    @cached_property
    def sex(self) -> Float64:
        """What being male adds and being female takes: X-linked recessive diseases."""
        scores: Float64 = self._parameters.sex * self._traits.x_recessive.astype(np.float64)
        return scores

    def rows(self, observed: tuple[int, ...]) -> list[Float32]:
        """The findings' log ratios, float32[n] each; do not write into them."""
        return [self.likelihood.row(term, self.changed) for term in observed]

    def explained(self, observed: tuple[int, ...], rows: list[Float32], column: int) -> float:
        """The findings' log ratios (`rows`) for one disease, as a share of what exact matches would bring at most."""
        if not observed:
            return 0.0
        reached = sum(float(row[column]) for row in rows)
        return reached / float(-np.log(self.background[list(observed)]).sum())

    def onset(self, bins: slice) -> Float64 | None:
        """Log ratio of an onset in `bins`, per disease; None where no disease has an onset."""
        key = (bins.start, bins.stop)
        if key not in self._onset_scores:
            self._onset_scores[key] = self._onset(bins)
        return self._onset_scores[key]

    def _onset(self, bins: slice) -> Float64 | None:
        counts = self._traits.onset.astype(np.float64)
        total = counts.sum(axis=1, keepdims=True)
        said = total.ravel() > 0
        if not said.any():
            return None
        usual = (counts[said] / total[said]).mean(axis=0)
        prior = self._parameters.onset_prior
        expected = (counts + prior * usual) / (total + prior)
        nearness = _NEIGHBOUR_BIN ** np.abs(np.subtract.outer(np.arange(ONSET_BINS), np.arange(ONSET_BINS)))
        nearness /= nearness.sum(axis=1, keepdims=True)
        here = (expected @ nearness)[:, bins].sum(axis=1)
        scores: Float64 = self._parameters.onset * np.log(here / (usual @ nearness)[bins].sum())
        return scores

    def inheritance(self, mode: int) -> Float64:
        """For diseases annotated with the mode of inheritance `mode`, against those annotated with others only."""
        if mode not in self._inheritance_scores:
            self._inheritance_scores[mode] = self._inheritance(mode)
        return self._inheritance_scores[mode]

    def _inheritance(self, mode: int) -> Float64:
        diseases, ontology = self._knowledge.diseases, self._knowledge.ontology
        rows = np.flatnonzero((diseases.row_aspect == INHERITANCE) & ~diseases.row_negated)
        if self.changed is not None:
            rows = rows[~np.isin(rows, self.changed.left_out.rows)]
        line = np.union1d(ontology.ancestors(mode), ontology.descendants(mode))
        line = line[np.isin(line, ontology.inheritance_terms[1:])]
        said = np.zeros(diseases.n, dtype=np.bool_)
        fits = np.zeros(diseases.n, dtype=np.bool_)
        said[diseases.row_disease[rows]] = True
        fits[diseases.row_disease[rows][np.isin(diseases.row_term[rows], line)]] = True
        signs = np.where(said, np.where(fits, 1.0, -1.0), 0.0)[self.model.diseases]
        scores: Float64 = self._parameters.inheritance * signs
        return scores

    def excluded(self, term: int) -> tuple[Int64, Float64]:
        """The columns that an excluded finding speaks against, because it is frequent there, and what it costs them."""
        if term not in self._excluded_costs:
            self._excluded_costs[term] = self._excluded(term)
        return self._excluded_costs[term]

    def _excluded(self, term: int) -> tuple[Int64, Float64]:
        score, model, changed = self._parameters, self.model, self.changed
        frequency = np.zeros(model.n)
        start, end = model.own.indptr[term], model.own.indptr[term + 1]
        frequency[model.own.column[start:end]] = model.own.frequency[start:end]
        if changed is not None:
            lost = changed.lost >= 0
            frequency[changed.columns[lost]] = changed.left_out.own[changed.lost[lost], term]
        frequent = np.flatnonzero(frequency > score.excluded_from)
        ratio = (1 - _EXCLUDED_MOST * frequency[frequent]) / (1 - _EXCLUDED_MOST * score.excluded_from)
        return frequent, score.excluded * np.log(ratio)

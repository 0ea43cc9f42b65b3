"""Solved cases: patients whose disease is known, as further evidence for that disease.

They count twice. What they had is what the disease is like: each finding's ratio becomes a mixture of the annotations'
and the solved cases', the more of the latter the more cases there are. And a disease gains by its most similar solved
case (Resnik best-match average over both directions), as far as this is more than what two patients share by the
common findings of any rare disease.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters
from kakehashi.engines.phenotype.ranking.patient import Patient, arrange
from kakehashi.engines.phenotype.ranking.standing import Standing

Float64 = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SolvedCase:
    """One solved case: its name, its disease ("OMIM:…") and the patient; `patient.publications` are kept in mind."""

    id: str
    disease: str
    patient: Patient


CALIBRATED_FROM = 1000  # cases of a library like the one that `calibration_solved` was fitted with


@dataclass(frozen=True, slots=True)
class Compared:
    """One patient beside a library: which cases count for her, how similar each is, and she to herself, in nats."""

    cases: SolvedCases
    usable: npt.NDArray[np.bool_]
    similarity: Float64
    own: float

    def alike(self, disease: int, most: int = 3) -> tuple[str, ...]:
        """The ids of the most similar cases of a disease (index in Diseases), most similar first."""
        places = np.flatnonzero(self.usable & (self.cases.diseases == disease) & (self.similarity > 0))
        order = np.argsort(-self.similarity[places], kind="stable")[:most]
        return tuple(self.cases.ids[place] for place in places[order].tolist())


class SolvedCases:
    """A library of solved cases; cases without findings, or of a disease the release does not know, are left aside
    (`left_aside` holds their ids)."""

    def __init__(self, knowledge: Knowledge, cases: Iterable[SolvedCase]) -> None:
        from scipy import sparse

        self._ontology = knowledge.ontology
        self.left_aside: list[str] = []
        kept: list[tuple[SolvedCase, int, tuple[int, ...]]] = []
        for case in cases:
            disease = knowledge.diseases.index(case.disease)
            observed = arrange(case.patient, self._ontology).observed
            if disease is None or not observed:
                self.left_aside.append(case.id)
            else:
                kept.append((case, disease, observed))
        self.ids = [case.id for case, _, _ in kept]
        self.diseases: Int32 = np.array([disease for _, disease, _ in kept], dtype=np.int32)
        self._of_publication: dict[str, list[int]] = {}
        for place, (case, _, _) in enumerate(kept):
            for publication in case.patient.publications:
                self._of_publication.setdefault(publication, []).append(place)
        rows = np.repeat(np.arange(len(kept)), [len(terms) for _, _, terms in kept])
        terms = np.array([term for _, _, terms in kept for term in terms], dtype=np.int64)
        shape = (len(kept), self._ontology.n)
        self._terms = sparse.csr_matrix((np.ones(len(terms)), (rows, terms)), shape=shape)
        lines = [self._ontology.ancestors(int(term)) for term in terms]
        above = np.concatenate(lines) if lines else np.zeros(0, dtype=np.int32)
        above_rows = np.repeat(rows, [len(line) for line in lines])
        self._above = sparse.csc_matrix((np.ones(len(above), dtype=np.bool_), (above_rows, above)), shape=shape)
        self._counts = np.diff(self._terms.indptr)
        self._distinct, self._place = np.unique(self.diseases, return_inverse=True)

    def __len__(self) -> int:
        return len(self.ids)

    def usable(self, without_publications: Collection[str], without_cases: Collection[str]) -> npt.NDArray[np.bool_]:
        """bool[cases]: which count for a patient of these publications, the cases of these ids left out."""
        usable = ~np.isin(np.array(self.ids, dtype=np.str_), list(without_cases))
        for publication in without_publications:
            usable[self._of_publication.get(publication, [])] = False
        return usable

    def of_publications(self, publications: Iterable[str]) -> list[str]:
        """The ids of the cases that these publications describe."""
        return [self.ids[place] for one in publications for place in self._of_publication.get(one, [])]

    def compared(self, observed: tuple[int, ...], model: Model, usable: npt.NDArray[np.bool_]) -> Compared:
        """A patient with these findings beside the library."""
        similarity, own = self.similarities(observed, model) if observed else (np.zeros(len(self)), 0.0)
        return Compared(self, usable, similarity, own)

    def similarities(self, observed: tuple[int, ...], model: Model) -> tuple[Float64, float]:
        """The patient's similarity to every case, in nats, and to herself."""
        information = -np.log(model.background)
        information[~self._ontology.phenotype_mask] = 0.0
        above = sorted(
            {int(a) for term in observed for a in self._ontology.ancestors(term)}, key=information.__getitem__
        )
        shared = np.zeros(self._ontology.n)
        for ancestor in above:
            shared[self._ontology.descendants(ancestor)] = information[ancestor]
        from_case = (self._terms @ shared) / self._counts
        to_case = np.zeros(len(self))
        for term in observed:
            best = np.zeros(len(self))
            line = self._ontology.ancestors(term)
            for ancestor in line[np.argsort(information[line], kind="stable")]:
                start, end = self._above.indptr[ancestor], self._above.indptr[ancestor + 1]
                best[self._above.indices[start:end]] = information[ancestor]
            to_case += best
        return (from_case + to_case / len(observed)) / 2, float(information[list(observed)].mean())

    def scores(
        self,
        observed: tuple[int, ...],
        rows: Sequence[Float32],
        standing: Standing,
        parameters: ScoreParameters,
        compared: Compared,
    ) -> Float64:
        """What the cases add to the score of each of the standing's diseases.

        `rows`: the observed findings' log ratios; `compared`: the patient beside the cases.
        """
        model, usable = standing.model, compared.usable
        added = np.zeros(model.n)
        if not len(self) or not observed:
            return added
        columns = np.minimum(np.searchsorted(model.diseases, self._distinct), model.n - 1)
        count = np.bincount(self._place[usable], minlength=len(self._distinct))
        informed = np.flatnonzero((model.diseases[columns] == self._distinct) & (count > 0))
        if len(informed) == 0:
            return added
        at = columns[informed]
        share = (count / (count + parameters.solved_half))[informed]
        asked = (count + parameters.solved_absent).astype(np.float64)
        seen = self._seen(observed, standing, usable, asked)
        for term, row in zip(observed, rows, strict=True):
            annotated = np.exp(row[at].astype(np.float64)) - parameters.noise
            mixed = (1 - share) * annotated + share * seen[term][informed]
            added[at] += parameters.finding * (np.log(mixed + parameters.noise) - row[at])
        nearest = self._nearest(compared, parameters.solved_share)
        added[at] += parameters.solved * nearest[informed]
        return added

    def _seen(
        self, observed: tuple[int, ...], standing: Standing, usable: npt.NDArray[np.bool_], asked: Float64
    ) -> dict[int, Float64]:
        """Per finding: the best ratio over its ancestors of how often each disease's cases show it."""
        ratios: dict[int, Float64] = {}
        background = standing.background
        best: dict[int, Float64] = {}
        for term in observed:
            line = standing.likelihood.line(term)
            for ancestor in line.tolist():
                if ancestor not in ratios:
                    start, end = self._above.indptr[ancestor], self._above.indptr[ancestor + 1]
                    cases = self._above.indices[start:end]
                    present = np.bincount(self._place[cases[usable[cases]]], minlength=len(self._distinct))
                    ratios[ancestor] = present / asked / background[ancestor]
            best[term] = np.max([ratios[ancestor] for ancestor in line.tolist()], axis=0)
        return best

    def _nearest(self, compared: Compared, share: float) -> Float64:
        """Per distinct disease: how far its nearest case's similarity exceeds `share` of the patient's own."""
        gain = np.where(compared.usable, np.maximum(compared.similarity - share * compared.own, 0), 0)
        nearest = np.zeros(len(self._distinct))
        np.maximum.at(nearest, self._place, gain)
        return nearest

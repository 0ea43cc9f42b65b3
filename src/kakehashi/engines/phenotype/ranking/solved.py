"""Solved cases: patients whose disease is known, as further evidence for that disease.

A disease gains by its most similar solved case (Resnik best-match average over both directions), as far as this is
more than what two patients share by the common findings of any rare disease.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.patient import Patient, arrange

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SolvedCase:
    """One solved case: its name, its disease ("OMIM:…") and the patient; `patient.publication` is kept in mind."""

    id: str
    disease: str
    patient: Patient


class SolvedCases:
    """A library of solved cases; cases without findings, or of a disease the release does not know, are left aside
    (`left_aside` holds their ids)."""

    def __init__(self, knowledge: Knowledge, cases: Iterable[SolvedCase]) -> None:
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
        self._publications = np.array([case.patient.publication or "" for case, _, _ in kept], dtype=np.str_)
        rows = np.repeat(np.arange(len(kept)), [len(terms) for _, _, terms in kept])
        terms = np.array([term for _, _, terms in kept for term in terms], dtype=np.int64)
        shape = (len(kept), self._ontology.n)
        self._terms = sparse.csr_matrix((np.ones(len(terms)), (rows, terms)), shape=shape)
        lines = [self._ontology.ancestors(int(term)) for term in terms]
        above = np.concatenate(lines) if lines else np.zeros(0, dtype=np.int32)
        above_rows = np.repeat(rows, [len(line) for line in lines])
        self._above = sparse.csc_matrix((np.ones(len(above), dtype=np.bool_), (above_rows, above)), shape=shape)
        self._counts = np.diff(self._terms.indptr)

    def __len__(self) -> int:
        return len(self.ids)

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

    def nearest(
        self, observed: tuple[int, ...], model: Model, share: float, without_publication: str | None
    ) -> tuple[Float64, npt.NDArray[np.int64]]:
        """Per column of `model`: how far its nearest case's similarity exceeds `share` of the patient's similarity to
        herself (0 where none does), and that case's place (-1)."""
        excess = np.zeros(model.n)
        nearest = np.full(model.n, -1, dtype=np.int64)
        if not len(self) or not observed:
            return excess, nearest
        similarity, own = self.similarities(observed, model)
        gain = similarity - share * own
        if without_publication:
            gain[self._publications == without_publication] = 0
        columns = np.searchsorted(model.diseases, self.diseases)
        columns = np.minimum(columns, model.n - 1)
        usable = np.flatnonzero((gain > 0) & (model.diseases[columns] == self.diseases))
        for case in usable[np.argsort(gain[usable], kind="stable")]:
            excess[columns[case]] = gain[case]
            nearest[columns[case]] = case
        return excess, nearest

"""Published similarity scores between patients, to hold the case index against; dense, over all pairs of a library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from scipy import sparse

from kakehashi.engines.phenotype.caseindex.information import term_information
from kakehashi.engines.phenotype.knowledge import Knowledge


@numba.njit(cache=True)
def _best_sums(similarity, indptr, places):  # float32[i, j]: Σ over findings a of i of max over findings b of j
    n = len(indptr) - 1
    sums = np.zeros((n, n), np.float32)
    row = np.zeros(similarity.shape[0], np.float32)
    for j in range(n):
        row[:] = -1e30
        for at in range(indptr[j], indptr[j + 1]):
            other = similarity[places[at]]
            for t in range(len(row)):
                if other[t] > row[t]:
                    row[t] = other[t]
        for i in range(n):
            total = np.float32(0)
            for at in range(indptr[i], indptr[i + 1]):
                total += row[places[at]]
            sums[i, j] = total
    return sums


class Baselines:
    """Scores of every pair of patients given by their findings (term indices, none empty)."""

    def __init__(self, knowledge: Knowledge, findings: Sequence[Any]) -> None:
        ontology = knowledge.ontology
        information = term_information(ontology, knowledge.diseases)
        used = np.unique(np.concatenate(findings))
        self.lengths = np.array([len(one) for one in findings], dtype=np.float32)
        self.indptr = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        self.places = np.searchsorted(used, np.concatenate(findings)).astype(np.int64)
        above = np.zeros((len(used), ontology.n), dtype=bool)
        for i, term in enumerate(used.tolist()):
            above[i, ontology.ancestors(term)] = True
        self.resnik = np.zeros((len(used), len(used)), dtype=np.float32)
        for term in np.argsort(information, kind="stable"):
            if information[term] > 0 and (below := np.flatnonzero(above[:, term])).size:
                self.resnik[np.ix_(below, below)] = information[term]
        self.own = information[used]
        owner = np.repeat(np.arange(len(findings)), self.lengths.astype(int))
        patients = sparse.csr_matrix(
            (np.ones(len(owner), np.float32), (owner, self.places)), (len(findings), len(used))
        )
        self.closure = ((patients @ sparse.csr_matrix(above.astype(np.float32))) > 0).astype(np.float32)
        self.information = information

    def _average(self, similarity: Any) -> Any:
        sums = _best_sums(similarity, self.indptr, self.places)
        return (sums / self.lengths[:, None] + (sums / self.lengths[:, None]).T) / 2

    def resnik_average(self) -> Any:
        """Resnik best-match average, mean of the two directions."""
        return self._average(self.resnik)

    def resnik_pooled(self) -> Any:
        """Resnik best matches of both directions, averaged over all findings of both."""
        sums = _best_sums(self.resnik, self.indptr, self.places)
        return (sums + sums.T) / (self.lengths[:, None] + self.lengths[None])

    def jiang_conrath_pooled(self) -> Any:
        """Jiang-Conrath similarity 1 / (1 + distance), best matches of both directions averaged over all findings."""
        similarity = 1 / (1 + self.own[:, None] + self.own[None] - 2 * self.resnik)
        sums = _best_sums(similarity.astype(np.float32), self.indptr, self.places)
        return (sums + sums.T) / (self.lengths[:, None] + self.lengths[None])

    def sim_gic(self) -> Any:
        """Weighted Jaccard of ancestor sets (Pesquita 2008): what patientMatcher scores phenotypes with."""
        shared = (self.closure.multiply(self.information[None]).tocsr() @ self.closure.T).toarray()
        whole = np.asarray(self.closure @ self.information).ravel()
        return shared / np.maximum(whole[:, None] + whole[None] - shared, 1e-9)

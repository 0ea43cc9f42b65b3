"""The usual similarity scores over the same diseases and left-out rows: one-sided Resnik, Resnik BMA, simGIC."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import LeftOut
from kakehashi.engines.phenotype.ranking.model import ByTerm, Model

NAMES = ("Resnik one-sided", "Resnik BMA", "simGIC")


class SimilarityBaselines:
    """Scores every disease of a model for a patient, by each of NAMES."""

    def __init__(self, knowledge: Knowledge, model: Model) -> None:
        self._ontology = knowledge.ontology
        self._model = model
        self._has = _matrix(model.own, model.n, knowledge.ontology.n)
        self._annotated = _matrix(model.direct, model.n, knowledge.ontology.n)
        share = np.asarray(self._has.sum(axis=0)).ravel() / model.n
        self.information = -np.log(np.maximum(share, 1 / model.n))
        self.information[~knowledge.ontology.phenotype_mask] = 0
        self._counts = np.maximum(np.diff(self._annotated.indptr), 1)
        self._total = self._has @ self.information
        self._rows: dict[int, np.ndarray] = {}

    def scores(self, observed: Sequence[int], left_out: LeftOut | None) -> dict[str, np.ndarray]:
        """One score vector a method; diseases that lose rows are scored on what is left."""
        information, ontology = self.information, self._ontology
        above = np.unique(np.concatenate([ontology.ancestors(term) for term in observed]))
        shared = np.zeros(ontology.n)
        for ancestor in above[np.argsort(information[above], kind="stable")]:
            shared[ontology.descendants(int(ancestor))] = information[ancestor]
        one_sided = sum(self._row(term) for term in observed) / len(observed)
        reverse = (self._annotated @ shared) / self._counts
        mine = np.zeros(ontology.n)
        mine[above] = information[above]
        common = self._has @ mine
        simgic = common / np.maximum(self._total + mine.sum() - common, 1e-9)
        if left_out is not None:
            for place, disease in enumerate(left_out.diseases.tolist()):
                column = self._model.column(disease)
                if column is None:
                    continue
                has = left_out.own[place] > 0
                terms = np.flatnonzero(left_out.direct[place] > 0)
                best = [information[line][has[line]].max(initial=0) for line in map(ontology.ancestors, observed)]
                one_sided[column] = np.mean(best)
                reverse[column] = shared[terms].mean() if len(terms) else 0
                overlap = mine[has].sum()
                simgic[column] = overlap / max(information[has].sum() + mine.sum() - overlap, 1e-9)
        return dict(zip(NAMES, (one_sided, (one_sided + reverse) / 2, simgic), strict=True))

    def _row(self, term: int) -> np.ndarray:
        if term not in self._rows:
            row = np.zeros(self._model.n)
            line = self._ontology.ancestors(term)
            for ancestor in line[np.argsort(self.information[line], kind="stable")].tolist():
                start, end = self._model.own.indptr[ancestor], self._model.own.indptr[ancestor + 1]
                row[self._model.own.column[start:end]] = self.information[ancestor]
            self._rows[term] = row
        return self._rows[term]


def _matrix(by_term: ByTerm, diseases: int, terms: int) -> sparse.csr_matrix:
    pattern = np.ones(len(by_term.column))
    return sparse.csc_matrix((pattern, by_term.column, by_term.indptr), shape=(diseases, terms)).tocsr()

"""Terms to draw patients from, and a scorer written out plainly from the formula, to hold the index against."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import strategies as st

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile
from kakehashi.engines.phenotype.knowledge import Knowledge

GENES = ["ARX", "FBN1", "SCN1A", "TTN"]


@pytest.fixture(scope="session")
def model(knowledge: Knowledge) -> CaseModel:
    return CaseModel.of(knowledge)


@pytest.fixture(scope="session")
def terms(model: CaseModel) -> list[int]:
    """Sixty informative terms, near and far relatives among them."""
    informative = np.flatnonzero(model.information > 0)
    spread = np.random.default_rng(5).choice(informative, 30, replace=False).tolist()
    relatives = [int(t) for term in spread for t in model.ontology.parents(term)[:1] if model.information[t] > 0]
    return sorted({*spread, *relatives})


def profiles(terms: list[int]) -> st.SearchStrategy[Profile]:
    return st.builds(
        lambda observed, genes: Profile(tuple(sorted(observed)), tuple(genes)),
        st.sets(st.sampled_from(terms), max_size=12),
        st.lists(st.sampled_from(GENES), max_size=3, unique=True),
    )


class PlainScorer:
    """Scores one pair after another with sets and loops; slow, and written from the formula alone."""

    def __init__(self, model: CaseModel) -> None:
        self.model = model
        self.above = {}

    def meeting(self, one: int, other: int) -> float:
        if one == other:
            return self.model.weights.exact_match * float(self.model.information[one])
        for term in (one, other):
            if term not in self.above:
                self.above[term] = set(self.model.ontology.ancestors(term).tolist())
        return max((float(self.model.information[t]) for t in self.above[one] & self.above[other]), default=0.0)

    def score(self, query: Profile, case: Profile) -> float:
        weights = self.model.weights
        q, c = set(query.observed), set(case.observed)
        parts = 0.0
        if q and c:
            parts += weights.query_share * self.share(q, c) * min(1, len(q) / len(c)) ** weights.crowding
        mine = dict(zip(*(array.tolist() for array in self.model.query_pull(query)), strict=True))
        rows, levels = self.model.case_pulls([self.model.tidy(case.observed)], [()])
        theirs = zip(rows[0].tolist(), levels[0].tolist(), strict=True)
        parts += weights.disease_bridge * sum(mine.get(row, 0.0) * level / 255 for row, level in theirs)
        total = parts / (weights.query_share + weights.disease_bridge)
        if query.genes:
            total = (total + weights.shared_gene * self.gene(query, case)) / (1 + weights.shared_gene)
        return total

    def share(self, one: Iterable[int], other: Iterable[int]) -> float:
        found = sum(max(self.meeting(a, b) for b in other) for a in one)
        return found / sum(self.meeting(a, a) for a in one)

    def gene(self, query: Profile, case: Profile) -> float:
        pool = self.model.weights.genome_of_candidates
        mine, theirs = self.model.query_genes(query), dict(self.model.case_genes(case))
        met = sum(mine[gene] * theirs[gene.encode()] / 255 for gene in mine if gene.encode() in theirs)
        return min(1.0, np.log1p(pool * met) / np.log1p(pool))

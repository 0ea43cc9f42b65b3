"""Exact search for the most similar cases, phenotype and genes together.

    model = CaseModel.of(knowledge)
    index = CaseIndex.open(folder, model)            # on disk, memory-mapped
    index.add("case-1", Profile.of_terms(knowledge.ontology, ["HP:0001250"], genes=["SCN1A"]))
    matches = index.search(profile, k=10)            # Match(rank, id, score)
    explain(index.snapshot(), profile, "case-1")     # what matched what, what stays unexplained

`Snapshot.of(model, cases)` is the same in memory. `warm(model)` compiles the loops at set-up.
"""

from kakehashi.engines.phenotype.caseindex.explain import Explanation, FindingMatch, explain, explain_many
from kakehashi.engines.phenotype.caseindex.index import CaseIndex
from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.problems import IndexDamaged, IndexOutdated
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.snapshot import CaseMask, Match, Snapshot
from kakehashi.engines.phenotype.caseindex.warm import warm

__all__ = [
    "CaseIndex",
    "CaseMask",
    "CaseModel",
    "Explanation",
    "FindingMatch",
    "IndexDamaged",
    "IndexOutdated",
    "Match",
    "Profile",
    "Snapshot",
    "explain",
    "explain_many",
    "warm",
]

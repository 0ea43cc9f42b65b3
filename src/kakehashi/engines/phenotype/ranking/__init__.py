"""Disease ranking: which known diseases fit a patient, why, how surely, and what to ask next.

knowledge = load()
ranker = Ranker(knowledge)
patient = Patient(observed=(knowledge.ontology.index("HP:0001250"), …))
ranking = ranker.rank(patient)
ranking.diseases[0].label, ranking.diseases[0].probability, ranking.diseases[0].evidence
ranking.unknown_probability, ranking.sufficiency, ranking.questions
"""

from kakehashi.engines.phenotype.ranking.patient import Findings, Patient
from kakehashi.engines.phenotype.ranking.ranker import PooledRows, Ranker
from kakehashi.engines.phenotype.ranking.result import (
    Evidence,
    FindingEvidence,
    OtherEvidence,
    Question,
    RankedDisease,
    Ranking,
    Sufficiency,
)
from kakehashi.engines.phenotype.ranking.solved import SolvedCase, SolvedCases
from kakehashi.engines.phenotype.ranking.warm import warm

__all__ = [
    "Evidence",
    "FindingEvidence",
    "Findings",
    "OtherEvidence",
    "Patient",
    "PooledRows",
    "Question",
    "RankedDisease",
    "Ranker",
    "Ranking",
    "SolvedCase",
    "SolvedCases",
    "Sufficiency",
    "warm",
]

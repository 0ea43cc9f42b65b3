"""Compile the ranking's loops once at set-up, so that no clinician waits for it."""

from __future__ import annotations

from kakehashi.engines.phenotype.ranking.patient import Patient
from kakehashi.engines.phenotype.ranking.ranker import Ranker


def warm(ranker: Ranker) -> None:
    """Rank a patient in every way, and work out the rows of the commonest findings (a twentieth of a second).

    Numba keeps what it compiles: some seconds the first time, then nothing.
    """
    from kakehashi.engines.phenotype.ranking import kernels  # noqa: F401 - from here on the compiled loops are in force

    diseases = ranker.knowledge.diseases
    row = int((diseases.row_reference >= 0).argmax())
    findings = tuple(ranker.knowledge.ontology.children(ranker.knowledge.ontology.phenotype_root)[:3].tolist())
    patient = Patient(findings[:2], findings[2:], publications=tuple(diseases.references(row)))
    for standing in ranker.standings.values():
        standing.likelihood.prepare()
    for leave_publication_out in (False, True):
        ranking = ranker.rank(patient, leave_publication_out=leave_publication_out, pooled_rows="drop")
        for disease in ranking.diseases:
            ranking.evidence(disease.index)
        _ = ranking.questions

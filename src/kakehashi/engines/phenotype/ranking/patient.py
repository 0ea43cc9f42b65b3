"""The patient as the ranker sees her: findings as term indices, and what else is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kakehashi.engines.phenotype.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of one patient; every field but `observed` may be left out.

    `observed`, `excluded`: term indices of the ontology; order and repetition do not matter, terms outside
    "Phenotypic abnormality" are left aside. `genes`: symbols or "NCBIGene:…" of candidate genes. `sex`: "MALE",
    "FEMALE" or anything else for not said. `onset`, `inheritance`: term indices; `onset_days` the age at onset where
    it is known as a number. `publications`: "PMID:…" of the papers that describe
    this patient, if any.
    """

    observed: tuple[int, ...]
    excluded: tuple[int, ...] = ()
    genes: tuple[str, ...] = ()
    sex: str | None = None
    age_days: float | None = None
    onset: int | None = None
    onset_days: float | None = None
    inheritance: int | None = None
    publications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """A patient's findings put in order: sorted, without repetition, phenotypic abnormalities only.

    `contradicted`: excluded terms that are an observed term or above one, so cannot both be true; they are not used.
    `left_aside`: terms outside "Phenotypic abnormality".
    """

    observed: tuple[int, ...]
    excluded: tuple[int, ...]
    contradicted: tuple[int, ...]
    left_aside: tuple[int, ...]


def arrange(patient: Patient, ontology: Ontology) -> Findings:
    """Put a patient's findings in order. Errors: ValueError for an index that is no term."""
    for term in (*patient.observed, *patient.excluded):
        if not 0 <= term < ontology.n:
            raise ValueError(f"{term} is no term index: the ontology has terms 0 to {ontology.n - 1}")
    observed = _phenotypic(patient.observed, ontology)
    implied = {int(above) for term in observed for above in ontology.ancestors(term)}
    excluded = _phenotypic(patient.excluded, ontology)
    left_aside = sorted({*patient.observed, *patient.excluded} - set(observed) - set(excluded))
    return Findings(
        observed=tuple(observed),
        excluded=tuple(term for term in excluded if term not in implied),
        contradicted=tuple(term for term in excluded if term in implied),
        left_aside=tuple(left_aside),
    )


def _phenotypic(terms: Iterable[int], ontology: Ontology) -> list[int]:
    root = ontology.phenotype_root
    return sorted({int(term) for term in terms if term != root and ontology.is_phenotype(term)})

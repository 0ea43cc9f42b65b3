"""What the case index knows of a patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kakehashi.engines.phenotype.ontology import Ontology

FINDINGS_AT_MOST = 255  # of one profile; a patient described by more is cut to the most specific by `CaseModel.tidy`
GENES_AT_MOST = 255


@dataclass(frozen=True)
class Profile:
    """A patient as the index compares it: observed findings (term indices) and candidate genes (symbols).

    There is no room for excluded findings, on purpose: which terms a paper's table *assessed* names the paper, so a
    match on them finds the cohort, not the disease. `without_publications` ("PMID:…") leaves what those papers added to
    the disease annotations out of the comparison by disease (for benchmarks on published patients).
    """

    observed: tuple[int, ...]
    genes: tuple[str, ...] = ()
    without_publications: tuple[str, ...] = ()

    @classmethod
    def of_findings(
        cls, ontology: Ontology, findings: Iterable[tuple[str, bool]], genes: Iterable[str] = ()
    ) -> Profile:
        """From (HPO id, excluded) pairs as a phenopacket has them: excluded findings go no further than here."""
        return cls.of_terms(ontology, (term_id for term_id, excluded in findings if not excluded), genes)

    @classmethod
    def of_terms(cls, ontology: Ontology, term_ids: Iterable[str], genes: Iterable[str] = ()) -> Profile:
        """From HPO ids of any age; ids that lead to no current phenotypic abnormality are left out."""
        found = (ontology.index(term_id) for term_id in term_ids)
        observed = {term for term in found if term is not None and ontology.is_phenotype(term)}
        return cls(tuple(sorted(observed)), tuple(genes))


def tidy_genes(genes: Iterable[str]) -> tuple[str, ...]:
    """Distinct gene symbols in capitals, sorted; at most GENES_AT_MOST."""
    return tuple(sorted({gene.strip().upper() for gene in genes if gene.strip()}))[:GENES_AT_MOST]

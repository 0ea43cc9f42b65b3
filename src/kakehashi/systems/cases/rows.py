"""The rows by which cases are found: by finding, by gene, and by the site's search."""

from __future__ import annotations

from collections.abc import Iterable

from kakehashi.engines.phenotype.ontology import parse_id
from kakehashi.kernel.search.actions import index_many
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene

SEARCH_KIND = "case"


def finding_rows(case: Case, description: Description) -> list[CaseFinding]:
    """One row a finding (HPO terms only)."""
    return [
        CaseFinding(case=case, number=number, excluded=finding.excluded)
        for finding in description.findings
        if (number := parse_id(finding.term)) is not None
    ]


def gene_rows(case: Case, description: Description) -> list[CaseGene]:
    """One row a gene, of candidates and variants."""
    return [CaseGene(case=case, symbol=symbol.upper()) for symbol in description.all_genes]


def write_rows(cases: Iterable[tuple[Case, Description]]) -> None:
    """Write all rows of cases that have none yet, a few statements for all of them."""
    cases = list(cases)
    CaseFinding.objects.bulk_create([row for pair in cases for row in finding_rows(*pair)], batch_size=5000)
    CaseGene.objects.bulk_create([row for pair in cases for row in gene_rows(*pair)], batch_size=5000)
    index_many(SEARCH_KIND, [(case.pk, search_texts(case, said), case.organisation_id) for case, said in cases])


def replace_rows(case: Case, description: Description) -> None:
    """Write a case's rows anew."""
    CaseFinding.objects.filter(case=case).delete()
    CaseGene.objects.filter(case=case).delete()
    write_rows([(case, description)])


def search_texts(case: Case, description: Description) -> list[str]:
    """What the site's search finds a case by: ids, present findings and diagnoses in both languages, genes."""
    known = vocabulary.knowledge()
    ontology, diseases = known.ontology, known.diseases
    texts = [case.public_id, case.local_id, *description.all_genes]
    for finding in description.present:
        index = ontology.index(finding.term)
        names = [finding.label] if index is None else {ontology.label(index), ontology.label(index, "ja")}
        texts += [finding.term, *names]
    for diagnosis in description.diagnoses:
        place = diseases.index(diagnosis.disease)
        known_names = {diseases.label(place), diseases.label(place, "ja")} if place is not None else set()
        texts += [diagnosis.disease, *({diagnosis.label} | known_names)]
    return texts

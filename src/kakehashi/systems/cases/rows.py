"""The rows by which cases are found: by finding, by gene, and by the site's search."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from django.db import transaction
from django.db.models import Case as Choice
from django.db.models import Value, When

from kakehashi.engines.phenotype.ontology import parse_id
from kakehashi.kernel.search.actions import index_many
from kakehashi.kernel.search.models import SearchEntry
from kakehashi.kernel.search.queries import outdated
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene
from kakehashi.systems.cases.outcomes.groups import groups_of

SEARCH_KIND = "case"
TEXTS = "5"
"""Changes with the rules of ``search_texts`` and with how the search reads words; every case is then read anew by the
worker (see ``reindexing``), and until it is, found by its own hospital alone: older rules may have said too much."""
AT_ONCE = 250
READ_AHEAD = 20_000


def finding_rows(case: Case, description: Description) -> list[CaseFinding]:
    """One row a finding (HPO terms only)."""
    return [
        CaseFinding(case=case, number=number, excluded=finding.excluded)
        for finding in description.findings
        if (number := parse_id(finding.term)) is not None
    ]


def gene_rows(case: Case, description: Description) -> list[CaseGene]:
    """One row a gene, of candidates and variants."""
    return [CaseGene(case=case, symbol=symbol) for symbol in _gene_symbols(description)]


def _gene_symbols(description: Description) -> list[str]:
    return list(dict.fromkeys(gene.upper() for gene in genenames.current_genes(description)))


def write_rows(cases: Iterable[tuple[Case, Description]]) -> None:
    """Write all rows of cases that have none yet, a few statements for all of them."""
    cases = list(cases)
    CaseFinding.objects.bulk_create([row for pair in cases for row in finding_rows(*pair)], batch_size=5000)
    CaseGene.objects.bulk_create([row for pair in cases for row in gene_rows(*pair)], batch_size=5000)
    _index(cases)


def _index(cases: Iterable[tuple[Case, Description]]) -> None:
    things = [(case.pk, search_texts(case, said), case.organisation_id) for case, said in cases]
    index_many(SEARCH_KIND, things, version=search_version())


def replace_rows(case: Case, description: Description) -> None:
    """Write a case's rows anew."""
    CaseFinding.objects.filter(case=case).delete()
    CaseGene.objects.filter(case=case).delete()
    write_rows([(case, description)])


def search_version() -> str:
    """What the texts of the site's search hang on: these rules, the release in force, the table of genes."""
    return search_rules() + "-".join(filter(None, (vocabulary.knowledge().fingerprint, genenames.fingerprint())))


def search_rules() -> str:
    """How ``search_version`` begins, whatever release and table are in force."""
    return f"{TEXTS}-"


def search_texts(case: Case, description: Description) -> list[str]:
    """What the site's search finds a case by: its id, genes, present findings and diagnoses, in both languages.

    Not its hospital's own pseudonym: these texts are one for all readers, and by that name others may not find it. Its
    own people do, by ``queries.cases_named`` and ``cases_begun``.
    A finding is found by its label, its synonyms and the other ways clinicians write it. The surest words come first,
    since a text of the search has an end.
    """
    known = vocabulary.knowledge()
    genes = dict.fromkeys([*description.all_genes, *genenames.current_genes(description)])
    texts = [case.public_id, *genes]
    others: list[str] = []
    for finding in description.present:
        index = known.ontology.index(finding.term)
        names, wordings = ((finding.label,), ()) if index is None else _wordings(known.fingerprint, index)
        texts += [finding.term, *names]
        others += wordings
    for diagnosis in description.diagnoses:
        place = known.diseases.index(diagnosis.disease)
        names = () if place is None else (known.diseases.label(place), known.diseases.label(place, "ja"))
        texts += [diagnosis.disease, diagnosis.label, *names]
    return texts + others


@lru_cache(maxsize=20_000)
def _wordings(fingerprint: str, index: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A term's labels, and its synonyms in both languages; of the release in force, which ``fingerprint`` names."""
    ontology = vocabulary.knowledge().ontology
    labels = ontology.label(index), ontology.label(index, "ja")
    return labels, tuple(dict.fromkeys(one.text for one in ontology.synonyms(index)))


def waiting_to_be_read() -> int:
    """How many cases are still found by what was made with other labels, gene names or rules."""
    return outdated(SEARCH_KIND, search_version()).count()


def reindex_outdated(*, everything: bool = False, told: Callable[[int], None] | None = None) -> int:
    """Make anew what cases are found by where it was made with other labels, gene names or rules; how many cases.

    ``told`` hears how many are done, between the transactions; it may raise to stop here. Stopped, it goes on the next
    time. A case whose genes are named otherwise now is put into the case index again. What is in force may change
    on the way: what was read before that is then read once more.
    """
    if everything:
        own = Choice(When(version__startswith=search_rules(), then=Value(search_rules())))  # of other rules: none
        SearchEntry.objects.filter(kind=SEARCH_KIND).update(version=own)
    count = 0
    while ahead := list(outdated(SEARCH_KIND, search_version()).values_list("object_id", flat=True)[:READ_AHEAD]):
        for start in range(0, len(ahead), AT_ONCE):
            ids = ahead[start : start + AT_ONCE]
            _reindex(ids)
            count += len(ids)
            if told is not None:
                told(count)
    return count


def _reindex(ids: list[str]) -> None:
    with transaction.atomic():
        cases = list(Case.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        for case in cases:
            case.phenotype_groups = groups_of(case.described)
        Case.objects.bulk_update(cases, ["phenotype_groups"])
        _index((case, case.described) for case in cases)
        _rename_genes(cases)
        gone = set(ids) - {str(one.pk) for one in cases}
        SearchEntry.objects.filter(kind=SEARCH_KIND, object_id__in=gone).delete()


def _rename_genes(cases: Iterable[Case]) -> None:
    """Write the gene rows anew of those cases whose genes have other names by the gene table in force."""
    cases = list(cases)
    kept: dict[int, set[str]] = {case.pk: set() for case in cases}
    for pk, symbol in CaseGene.objects.filter(case_id__in=kept).values_list("case_id", "symbol"):
        kept[pk].add(symbol)
    renamed = [case for case in cases if set(_gene_symbols(case.described)) != kept[case.pk]]
    CaseGene.objects.filter(case__in=renamed).delete()
    CaseGene.objects.bulk_create([row for case in renamed for row in gene_rows(case, case.described)], batch_size=5000)
    Case.objects.filter(pk__in=[case.pk for case in renamed]).update(indexed_revision=0)

"""What sibling systems may ask of cases: plain functions of ids and values that answer with frozen values.

Everything goes through the same rules as the pages: ``person`` sees what they may see, nothing else exists for them.
What happens to cases is told by events: CaseRegistered, CaseChanged, CaseWithdrawn, CasesImported,
SamePatientsSaid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest

from kakehashi.kernel import audit
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.queries import people_holding
from kakehashi.kernel.rules import Verdict
from kakehashi.kernel.sharing.decision import level_of
from kakehashi.kernel.sharing.models import OptOut
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import context
from kakehashi.systems.cases import genenames, queries, rules, vocabulary
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis, reopen_diagnosis
from kakehashi.systems.cases.course.states import Basis
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.events import CaseChanged, CaseRegistered, CasesImported, CaseWithdrawn, SamePatientsSaid
from kakehashi.systems.cases.forms.hgvs import HgvsField
from kakehashi.systems.cases.forms.listed import ListedForm
from kakehashi.systems.cases.linkage.registrations import of_one_patient
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.agreement import Agreement, compare
from kakehashi.systems.cases.matching.describing import asked_by_describing
from kakehashi.systems.cases.matching.matched import (
    KnownCase,
    Pair,
    Sight,
    may_know,
    pairs_of,
    working_on,
)
from kakehashi.systems.cases.matching.peers import CaseForPeers, SharedMatch, case_for_peers, shared_matches
from kakehashi.systems.cases.matching.shared import ANY_NODE, counts_abroad
from kakehashi.systems.cases.matching.similar import find_similar, profile_key
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages.tabs import CaseTab, register_tab
from kakehashi.systems.cases.reindexing import start_reindexing
from kakehashi.systems.cases.rows import waiting_to_be_read
from kakehashi.systems.cases.states import FINDABLE

__all__ = [
    "Agreement",
    "Basis",
    "CaseChanged",
    "CaseForPeers",
    "CaseRegistered",
    "CaseSummary",
    "CaseTab",
    "CaseWithdrawn",
    "CasesImported",
    "Description",
    "HgvsField",
    "KnownCase",
    "ListedForm",
    "NewDiagnosis",
    "Pair",
    "SamePatientsSaid",
    "SharedMatch",
    "Sight",
    "SimilarSummary",
    "asked_by_describing",
    "case_for_peers",
    "case_keys",
    "case_page",
    "case_summary",
    "come_into_sight",
    "counts_abroad",
    "current_genes",
    "diagnosed_with",
    "disease_said",
    "english_label",
    "ensembl_id",
    "gene_symbol",
    "index_agreement",
    "insist_on_editing",
    "is_case",
    "knowledge_fingerprint",
    "known_abroad",
    "may_know",
    "may_work_on",
    "of_one_patient",
    "organisations_worked_for",
    "pairs_of",
    "people_working_on",
    "profile_key",
    "reads_its_cases",
    "rebuild_index",
    "record_diagnosis",
    "register_tab",
    "registered_count",
    "registered_ids",
    "registrant_of",
    "reopen_diagnosis",
    "shared_matches",
    "similar_to",
    "start_reindexing",
    "term_labels",
    "waiting_to_be_read",
    "warm",
    "working_on",
    "works_on_cases",
]


@dataclass(frozen=True)
class CaseSummary:
    """A case as a sibling sees it. ``id`` is its primary key, ``public_id`` what people write and read."""

    id: int
    public_id: str
    organisation_id: int
    state: str
    synthetic: bool
    revision: int
    description: Description


@dataclass(frozen=True)
class SimilarSummary:
    """A similar case: its summary and how similar it is (0–1)."""

    case: CaseSummary
    score: float


def case_summary(person: Any, public_id: str) -> CaseSummary:
    """One case that ``person`` may use; the read is recorded. Raises NotFound, NotAllowed (seen for care alone)."""
    return _summary(_usable(person, public_id))


def _usable(person: Any, public_id: str) -> Case:
    """A case that is not seen for care alone: what goes on beyond its hospital is no part of that."""
    case = queries.case_for(person, public_id)
    audit.insist(rules.may_use(person, case), by=person, action="case.read", subject=case)
    return case


def similar_to(person: Any, description: Description, *, k: int = 10) -> Sequence[SimilarSummary]:
    """The registered cases that ``person`` may see and that are most similar; the reads are recorded."""
    found = find_similar(person, description, k=k)
    audit.read_of(person, "case", [one.case for one in found], action="case.match")
    return tuple(SimilarSummary(_summary(one.case), one.score) for one in found)


def case_keys(public_ids: Sequence[str]) -> dict[str, int]:
    """Public id → primary key, for rows of siblings that point at cases."""
    return dict(Case.objects.filter(public_id__in=public_ids).values_list("public_id", "pk"))


def term_labels(terms: Sequence[str]) -> list[str]:
    """Labels in the language in force; the id of a term that this node does not know."""
    return [vocabulary.term_label(term) for term in terms]


def gene_symbol(kind: genenames.GeneKind, name: str) -> str | None:
    """The current symbol of a gene that a node named by this kind of id; None where it is not known here."""
    return genenames.gene_of_kind(kind, name)


def ensembl_id(symbol: str) -> str | None:
    """A gene's Ensembl id; None where no gene table says one."""
    return genenames.ensembl_id(symbol)


def current_genes(description: Description) -> tuple[str, ...]:
    """The genes of a description by their current symbols, by which cases are compared."""
    return genenames.current_genes(description)


def disease_said(disease: str, kept: str = "") -> str:
    """A disease's name in the language in force (``kept`` where this node does not know it) and its number."""
    return vocabulary.disease_said(disease, kept)


def diagnosed_with(case_id: int, diagnosis: NewDiagnosis) -> bool:
    """Whether a diagnosis of this disease stands in the case."""
    return diagnosis.standing_in(Case.objects.get(pk=case_id)) is not None


def case_page(request: HttpRequest, public_id: str, tab: str) -> tuple[CaseSummary, dict[str, Any]]:
    """For a page that a sibling adds to a case: the case, and what "cases/case.html" shows around it. NotFound."""
    from kakehashi.systems.cases.pages import panes

    case = _usable(request.user, public_id)
    return _summary(case), panes.case_context(request, case, tab)


def insist_on_editing(person: Any, case_id: int, *, action: str) -> None:
    """Raise NotAllowed, recorded, unless the person works on the case."""
    case = Case.objects.get(pk=case_id)
    audit.insist(rules.may_edit(person, case), by=person, action=action, subject=case)


def people_working_on(organisation_ids: Collection[int]) -> list[Person]:
    """Who works on the cases of some of these institutions."""
    return list(people_holding(rules.WRITERS, list(organisation_ids)))


def reads_its_cases(person: Any, organisation_id: int) -> bool:
    """Whether the person reads an institution's cases for it: works on them, or audits them."""
    return organisation_id in rules.organisations_read_by(person)


def organisations_worked_for(person: Any) -> frozenset[int]:
    """Ids of the institutions whose cases the person works on."""
    return rules.organisations_written_by(person)


def works_on_cases(person: Any) -> bool:
    """Whether the person works on the cases of some institution."""
    return bool(rules.organisations_written_by(person))


def may_work_on(person: Any, case_id: int) -> Verdict:
    """Whether the person works on the case."""
    return rules.may_edit(person, Case.objects.get(pk=case_id))


def known_abroad(public_id: str) -> int | None:
    """The primary key of a registered case that any foreign node may know of; None for every other."""
    case = Case.objects.filter(public_id=public_id.strip().upper(), state__in=FINDABLE).first()
    if case is None or level_of(ANY_NODE, case, Purpose.MATCHING, context()) == Level.NOTHING:
        return None
    return case.pk


def registrant_of(case_id: int) -> Person | None:
    """Who registered a case, if they may still log in: whom messages about it go to."""
    case = Case.objects.select_related("registered_by").get(pk=case_id)
    person = case.registered_by
    return person if person is not None and person.is_active else None


def english_label(term: str) -> str:
    """A term's English label, for nodes abroad; the id of one that this node does not know."""
    ontology = vocabulary.knowledge().ontology
    index = ontology.index(term)
    return ontology.label(index) if index is not None else term


def registered_ids(*, organisation_id: int | None = None, award_id: int | None = None) -> list[int]:
    """The primary keys of all registered cases, or of those that an institution holds, or an award paid for."""
    cases = Case.objects.filter(state__in=FINDABLE)
    if organisation_id is not None:
        cases = cases.filter(organisation_id=organisation_id)
    if award_id is not None:
        cases = cases.filter(award_id=award_id)
    return list(cases.values_list("pk", flat=True))


def come_into_sight(after: date, until: date) -> list[int]:
    """Registered cases that others may see more of by the calendar alone, on a day after ``after``, up to ``until``:
    an embargo ended, a consent or the day after the last of an opt-out came."""
    ended = OptOut.objects.filter(kind=rules.KIND, until__gte=after, until__lt=until).values("record_id")
    came = Q(embargo_until__gt=after, embargo_until__lte=until) | Q(consent_from__gt=after, consent_from__lte=until)
    return list(Case.objects.filter(came | Q(pk__in=ended), state__in=FINDABLE).values_list("pk", flat=True))


def is_case(record_type: int) -> bool:
    """Whether events that name a record by the key of its ContentType speak of cases."""
    return record_type == ContentType.objects.get_for_model(Case).pk


def knowledge_fingerprint() -> str:
    """Which release of ontology and diseases, and which table of genes, this node compares cases by."""
    return "-".join(filter(None, (vocabulary.knowledge().fingerprint, genenames.fingerprint())))


def registered_count(organisation_id: int | None = None) -> int:
    """How many cases are registered, on the node or by one organisation."""
    cases = Case.objects.filter(state__in=FINDABLE)
    return (cases.filter(organisation_id=organisation_id) if organisation_id else cases).count()


def rebuild_index() -> int:
    """Make the case index anew from the database; how many cases it holds then."""
    return similar.rebuild()


def index_agreement() -> Agreement:
    """Whether the case index holds what the database says it must."""
    return compare()


def warm() -> None:
    """Open ranker and case index and compile their loops, so that nobody waits for the first page.

    Called when a node is prepared (compiling takes some seconds, once) and in every process that serves pages.
    """
    from kakehashi.engines.phenotype import caseindex
    from kakehashi.engines.phenotype import ranking as disease_ranking
    from kakehashi.systems.cases import ranking, vocabulary

    known = vocabulary.knowledge()
    disease_ranking.warm(ranking.ranker(known))
    caseindex.warm(caseindex.CaseModel.of(known))
    similar.bring_up_to_date()
    similar.case_index()
    vocabulary.find_terms("seizure", limit=1)


def _summary(case: Case) -> CaseSummary:
    return CaseSummary(
        id=case.pk,
        public_id=case.public_id,
        organisation_id=case.organisation_id,
        state=case.state,
        synthetic=case.synthetic,
        revision=case.revision,
        description=case.described,
    )

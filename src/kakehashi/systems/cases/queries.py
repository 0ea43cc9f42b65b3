"""Every read of cases that is more than a get. What is shown of a patient is recorded in the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, When
from django.db.models.functions import Left, TruncDate
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.engines.phenotype.ontology import parse_id
from kakehashi.kernel import audit
from kakehashi.kernel.audit.naming import Name
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.queries import current_memberships
from kakehashi.kernel.punctuation import labelled, noted
from kakehashi.kernel.shell import Change, Waiting
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.description import Description, Difference, differences
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene, Packet, Revision
from kakehashi.systems.cases.states import CaseState, RevisionKind

CHANGES_SHOWN = 50
SINGLY_AT_MOST = 3
"""So many changes of one kind are still said one by one."""
BEGUN_AT_MOST = 1000

SORTS = {
    "id": "public_id",
    "local_id": "local_id",
    "changed": "changed_at",
    "entered": "created_at",
    "sex": "sex",
    "age": "age_days",
    "findings": "present_count",
    "state": "state",
    "diagnosis": "diagnosis",
}


def visible_cases(person: Any) -> QuerySet[Case]:
    """The cases someone may see, with their organisations."""
    return with_pseudonyms(person, Case.objects.filter(rules.visible_to(person)).select_related("organisation"))


def with_pseudonyms(person: Any, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases, each with the ``pseudonym`` this reader may know it by: outside the holder its public id."""
    member = getattr(person, "is_authenticated", False)  # a visitor, or nobody, is of no institution
    own = current_memberships(person).values("organisation_id") if member else ()
    known = Choice(When(organisation_id__in=own, then=F("local_id")), default=F("public_id"))
    shown = {"pseudonym": known}  # an attribute that the model declares
    return cases.annotate(**shown)


def usable_cases(person: Any) -> QuerySet[Case]:
    """Those of them that may be searched, matched and learnt from; not those seen for care alone."""
    return with_pseudonyms(person, Case.objects.filter(rules.usable_by(person)).select_related("organisation"))


def searchable_cases(person: Any) -> QuerySet[Case]:
    """The cases that the site's search shows someone: a withdrawn case is in no search."""
    return visible_cases(person).exclude(state=CaseState.WITHDRAWN)


def cases_named(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Those of the cases whose id or pseudonym the text is, however it is capitalised."""
    named = Q(public_id=text.upper()) | Q(local_id__in={text, text.upper(), text.lower()})
    # first by name, whoever may see them, then which of these are visible: two short looks, whatever the planner thinks
    known = Q(public_id=text.upper()) | Q(pseudonym__iexact=text)
    return cases.filter(known, pk__in=list(Case.objects.filter(named).values_list("pk", flat=True)))


def cases_begun(person: Any, text: str) -> QuerySet[Case]:
    """The cases of the person's own institutions whose pseudonym begins with the text; nobody else knows it.

    Of more than ``BEGUN_AT_MOST`` the newest. Capitals count, on every database alike: the pseudonym begins with the
    text as typed, or with it all in capitals or in small letters.
    """
    # first by name within these institutions, then which of these are visible: two short looks, as in ``cases_named``
    own = list(current_memberships(person).values_list("organisation_id", flat=True))
    return searchable_cases(person).filter(pk__in=list(keys_begun(own, text)))


def keys_begun(organisation_ids: Collection[int], text: str) -> QuerySet[Case, int]:
    """The keys of the newest ``BEGUN_AT_MOST`` cases of institutions whose pseudonym begins so, visible or not."""
    wordings = sorted({text, text.upper(), text.lower()})
    # no LIKE: that of SQLite takes capitals and small letters for one
    begins = Q(*(Exact(Left("local_id", len(one)), one) for one in wordings), _connector=Q.OR)
    begun = Case.objects.filter(begins, organisation__in=organisation_ids)
    newest = begun.order_by((F("pk") + 0).desc())  # not by the index of the keys, which are of all hospitals
    return newest.values_list("pk", flat=True)[:BEGUN_AT_MOST]


def case_for(person: Any, public_id: str, *, reading: bool = True) -> Case:
    """One case that someone may see; ``reading`` records that they were shown it.

    Raises NotFound alike for what is not there and what they may not know of.
    """
    case = visible_cases(person).select_related("registered_by").filter(public_id=public_id.strip().upper()).first()
    if case is None:
        raise NotFound(_("Case"))
    if reading:
        audit.read_of(person, "case", [case])
    return case


def names_in_trail(reader: Any, organisation: Organisation, ids: Collection[int]) -> dict[int, Name]:
    """The cases among these that a reader of the audit trail may see, by their ids."""
    found = visible_cases(reader).filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: Name(public_id, reverse("cases:show", args=[public_id])) for pk, public_id in found}


def case_written(public_id: str) -> int | None:
    """The id of the case with this public id (K-…), None where there is none."""
    return Case.objects.filter(public_id=public_id.upper()).values_list("pk", flat=True).first()


def diagnosis_of(case: Case) -> str:
    """The name of the disease that a case was diagnosed with, in the language in force; "" without a diagnosis."""
    return vocabulary.disease_label(case.diagnosis, case.diagnosis_kept) if case.diagnosis else ""


def record_shown(person: Any, cases: Sequence[Case]) -> None:
    """Record that someone was shown a list of cases."""
    audit.read_of(person, "case", cases, action="case.list")


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed to; None and "" leave a field open."""

    state: str = ""
    sex: str = ""
    organisation: str = ""
    term: str = ""
    gene: str = ""
    text: str = ""
    diagnosed: bool | None = None
    synthetic: bool | None = None


def narrowed(cases: QuerySet[Case], by: CaseFilter) -> QuerySet[Case]:
    """The cases that fit. A term finds what is beneath it too: HP:0001250 finds every kind of seizure."""
    exact = {"state": by.state, "sex": by.sex, "organisation__code": by.organisation}
    cases = cases.filter(**{field: value for field, value in exact.items() if value})
    if by.synthetic is not None:
        cases = cases.filter(synthetic=by.synthetic)
    if by.diagnosed is not None:
        cases = cases.exclude(diagnosis="") if by.diagnosed else cases.filter(diagnosis="")
    if by.term:
        cases = cases.filter(Exists(_finding_rows(by.term)))
    if by.gene:
        cases = cases.filter(Exists(CaseGene.objects.filter(case=OuterRef("pk"), symbol=by.gene.strip().upper())))
    if by.text:
        written = by.text.strip()
        cases = cases.filter(
            Q(public_id__iexact=written)
            | Q(local_id__icontains=written, pseudonym__icontains=written)  # the first by index, the second as known
            | Q(diagnosis__iexact=written)
        )
    return cases


def _finding_rows(term: str) -> QuerySet[CaseFinding]:
    ontology = vocabulary.knowledge().ontology
    index = ontology.index(term)
    rows = CaseFinding.objects.filter(case=OuterRef("pk"), excluded=False)
    if index is None:
        number = parse_id(term)
        return rows.filter(number=number) if number is not None else rows.none()
    beneath = ontology.numbers[ontology.descendants(index)].tolist()
    if len(beneath) <= 500:
        return rows.filter(number__in=beneath)
    inside = set(beneath)
    present = CaseFinding.objects.filter(excluded=False).values_list("number", flat=True).distinct()
    return rows.filter(number__in=[number for number in present if number in inside])


def organisations_to_register_for(person: Any) -> QuerySet[Organisation]:
    """The organisations for which someone may register cases."""
    return Organisation.objects.filter(pk__in=rules.organisations_written_by(person))


@dataclass(frozen=True)
class Step:
    """One revision with what it changed."""

    revision: Revision
    changes: tuple[Difference, ...]


def history_of(case: Case) -> list[Step]:
    """Every revision of a case, newest first, each with what it changed against the one before."""
    steps, before = [], Description()
    for revision in case.revisions.select_related("by").order_by("number"):
        described = revision.described
        steps.append(Step(revision, tuple(differences(before, described)) if before != described else ()))
        before = described
    return steps[::-1]


def original_packets(cases: Iterable[Case]) -> dict[int, Packet]:
    """The phenopackets that cases were last imported from, by the cases' keys."""
    rows = Packet.objects.filter(case__in=[case.pk for case in cases], sha256=F("case__packet_sha256"))
    return {row.case_id: row for row in rows}


def drafts_waiting(person: Any) -> Iterator[Waiting]:
    """The drafts that this person entered and has not registered yet."""
    drafts = visible_cases(person).filter(state=CaseState.DRAFT, registered_by=person.pk).order_by("created_at")
    for public_id, created_at in drafts.values_list("public_id", "created_at")[:50]:
        link = reverse("cases:show", args=[public_id])
        yield Waiting(created_at, _("Draft %(id)s") % {"id": public_id}, link, _("Look and register"))


def changes_for(person: Any, since: datetime) -> Iterator[Change]:
    """What others changed of the cases this person may see: each case by its latest revision.

    One line a case; but many changes of one kind, by one person on one day, are one line that leads to their list.
    """
    seen = visible_cases(person).select_related(None).filter(pk=OuterRef("case"))  # of the few that changed, not of all
    latest = Revision.objects.filter(Exists(seen), number=F("case__revision"), at__gt=since)
    latest = latest.exclude(by=person.pk).annotate(day=TruncDate("at"))
    alike = latest.values("day", "kind", "state", "by").order_by()
    groups = alike.annotate(number=Count("pk"), first=Min("at"), last=Max("at")).order_by("-last")[:CHANGES_SHOWN]
    people = {person.pk: str(person) for person in Person.objects.filter(pk__in=[group["by"] for group in groups])}
    few = Q()
    for group in groups:
        if group["number"] > SINGLY_AT_MOST:
            yield _said_together(group, people.get(group["by"]))
        else:
            same = {name: group[name] for name in ("kind", "state", "by")}
            few |= Q(**same, at__range=(group["first"], group["last"]))
    if few:
        yield from _said_singly(latest.filter(few))


def _said_singly(revisions: QuerySet[Revision]) -> Iterator[Change]:
    told = revisions.select_related("case").only("at", "kind", "state", "case__public_id")
    for revision in told.order_by("-at"):
        text = labelled(revision.case.public_id, noted(revision.get_kind_display(), revision.get_state_display()))
        yield Change(revision.at, text, reverse("cases:show", args=[revision.case.public_id]))


def _said_together(group: Mapping[str, Any], who: str | None) -> Change:
    """ "41 cases: Imported (Registered), by the node's operator, 09:12–09:14", linked to that day's list."""
    first, last = (f"{timezone.localtime(group[end]):%H:%M}" for end in ("first", "last"))
    facts = {
        "number": f"{group['number']:,}",
        "kind": RevisionKind(group["kind"]).label,
        "state": CaseState(group["state"]).label,
        "who": who or _("the node's operator"),
        "when": first if first == last else f"{first}–{last}",
    }
    text = _("%(number)s cases: %(kind)s (%(state)s), by %(who)s, %(when)s") % facts
    asked = {"state": group["state"], "from": group["day"], "to": group["day"]}
    return Change(group["last"], text, f"{reverse('cases:list')}?{urlencode(asked)}")


def used_by(person: Any) -> bool:
    """Whether the system stands in this person's rail."""
    return bool(rules.reads_somewhere(person))


def enters_cases(person: Any) -> bool:
    """Whether this person begins here with a new case."""
    return organisations_to_register_for(person).exists()

"""Diagnoses: recorded with their evidence, reopened with a reason; nothing is ever deleted.

A case's description names the disease of every diagnosis that stands, changed in the same transaction: whatever reads
descriptions (ranking, matching, phenopackets) needs to know nothing of these rows. A disease that the description names
without a row was handed in with a phenopacket or typed into the form: it is *reported*, not diagnosed here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.kernel.workflow import advance
from kakehashi.protocols.phenopacket.hgvs import parse_hgvs
from kakehashi.protocols.phenopacket.hgvs_reading import hgvs_problem, readable
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.course.listed import on_orphanet
from kakehashi.systems.cases.course.states import AcmgClass, Basis, Catalogue
from kakehashi.systems.cases.description import (
    Description,
    Diagnosis,
    Line,
    Symbol,
    TermId,
    Value,
    Variant,
    Words,
)
from kakehashi.systems.cases.events import CaseChanged
from kakehashi.systems.cases.models import Case, CaseDiagnosis, Review, Revision
from kakehashi.systems.cases.rows import replace_rows
from kakehashi.systems.cases.states import UNSOLVED, CaseState, RevisionKind
from kakehashi.systems.cases.vocabulary import DESIGNATED_PREFIX, NEW_PREFIX

EARLIEST = date(2000, 1, 1)
"""Where neither birth nor age is said, an earlier day is a slip."""
UNSURE_DAYS = 366


class NewDiagnosis(Value):
    """A diagnosis to be recorded. The disease is named by ``disease`` (OMIM, Orphanet, …), ``designated`` (the number
    on the list of designated intractable diseases) or, being new, by its ``label``."""

    disease: TermId | Literal[""] = ""
    label: Line = ""
    orphanet: TermId | Literal[""] = ""
    designated: str = Field(default="", pattern=r"^[0-9A-Za-z-]*$", max_length=20)
    gene: Symbol | Literal[""] = ""
    variant: Variant | None = None
    acmg: AcmgClass | Literal[""] = ""
    basis: Basis = Basis.GENETIC
    evidence: Words = ""
    new_disease: bool = False
    new_link: bool = False
    diagnosed_on: date | None = Field(default=None, description="Without it, today")

    @model_validator(mode="after")
    def _names_a_disease(self) -> Self:
        if not (self.disease or self.orphanet or self.designated or (self.new_disease and self.label)):
            raise ValueError(
                _now("Name the disease by its OMIM, Orphanet or designated-list number; a new disease by its name.")
            )
        if self.new_link and not self.gene:
            raise ValueError(_now("A new link of gene and disease names the gene."))
        return self

    @property
    def catalogue(self) -> Catalogue:
        """Where it is counted: new diseases first, then the designated list, then Orphanet."""
        if self.new_disease:
            return Catalogue.NEW
        if self.designated:
            return Catalogue.DESIGNATED
        orphanet = self.orphanet or on_orphanet(self.disease)
        return Catalogue.ORPHANET if orphanet else Catalogue.OTHER

    @property
    def named(self) -> str:
        """The id of the disease, whatever the case; "" for one without a number, known by its name alone."""
        by_number = f"{DESIGNATED_PREFIX}:{self.designated}" if self.designated else ""
        return self.disease or self.orphanet or by_number

    def term(self, case: Case) -> str:
        """The id by which the description names the disease."""
        return self.named or f"{NEW_PREFIX}:{case.public_id}-{case.diagnosis_rows.count() + 1}"

    def standing_in(self, case: Case) -> CaseDiagnosis | None:
        """The diagnosis of this disease that stands in the case; a disease without a number is known by its name."""
        rows = case.diagnosis_rows.filter(reopened_at=None)
        if self.named:
            return rows.filter(disease=self.named).first()
        return rows.filter(disease__startswith=f"{NEW_PREFIX}:", label__iexact=self.label).first()


def record_diagnosis(
    *,
    by: Any,
    case_id: int,
    diagnosis: NewDiagnosis,
    review: Review | None = None,
    match_number: int | None = None,
) -> CaseDiagnosis:
    """Record a diagnosis of a case: the description names it, the case is diagnosed, awards hear of it.

    ``review``: the committee's, where one decided; ``match_number``: of the match it was agreed on in, as the case's
    own people know it. Raises NotFound, NotAllowed, Conflict (a draft, closed or withdrawn;
    or the same disease stands already), Invalid.
    """
    case = _case(case_id)
    audit.insist(rules.may_diagnose(by, case), by=by, action="case.diagnose", subject=case)
    on = diagnosis.diagnosed_on or timezone.localdate()
    _insist_on_day(case, on)
    variant = _variant_of(case, diagnosis.variant)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in (*UNSOLVED, CaseState.DIAGNOSED):
            raise Conflict(
                _("A diagnosis is recorded of a registered case; this one is: %(state)s.")
                % {"state": locked.get_state_display()}
            )
        term, known = diagnosis.term(locked), diagnosis.standing_in(locked)
        if known is not None:
            named = vocabulary.disease_said(known.disease, known.label)
            raise Conflict(_("%(disease)s is recorded of this case already.") % {"disease": named}, field="disease")
        row = CaseDiagnosis.objects.create(
            case=locked,
            disease=term,
            catalogue=str(diagnosis.catalogue),
            variant=variant.model_dump(mode="json", exclude_defaults=True) if variant else None,
            diagnosed_on=on,
            review=review,
            match_number=match_number,
            recorded_by=by,
            **diagnosis.model_dump(
                include={
                    "label",
                    "orphanet",
                    "designated",
                    "gene",
                    "acmg",
                    "basis",
                    "evidence",
                    "new_disease",
                    "new_link",
                }
            ),
        )
        _redescribe(locked, _with(locked.described, row), RevisionKind.DIAGNOSED, by=by)
        locked.save()
        audit.record(by, "case.diagnosis", locked, detail={"diagnosis": row.pk, "revision": locked.revision})
        events.publish(CaseChanged(locked.pk, locked.revision))
        told = CaseDiagnosed(locked.pk, row.pk, locked.organisation_id, locked.award_id, on, locked.revision)
        events.publish(told)
        if locked.state != CaseState.DIAGNOSED:
            advance(locked, "diagnose", by=by)
    return row


def reopen_diagnosis(*, by: Any, diagnosis_id: int, reason: str) -> CaseDiagnosis:
    """A recorded diagnosis no longer stands; with the last one the case is looked into again.

    Raises NotFound, NotAllowed, Conflict (it does not stand, or the case is withdrawn), Invalid (say why).
    """
    found = CaseDiagnosis.objects.select_related("case").filter(pk=diagnosis_id).first()
    if found is None:
        raise NotFound(_("Diagnosis"))
    audit.insist(rules.may_reopen_diagnosis(by, found.case), by=by, action="case.reopen_diagnosis", subject=found.case)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why the diagnosis is reopened.")]})
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=found.case_id)
        rows = list(standing(locked))
        row = next((one for one in rows if one.pk == found.pk), None)
        if row is None or locked.state != CaseState.DIAGNOSED:
            raise Conflict(_("This diagnosis does not stand now; look at the case again."))
        if len(rows) == 1:
            advance(locked, "reopen_diagnosis", by=by, note=reason)
        else:
            take_back([row], locked, by=by, note=reason)
            locked.save()
            audit.record(by, "case.reopen_diagnosis", locked, detail={"diagnosis": row.pk})
        row.refresh_from_db()
    return row


def standing(case: Case) -> list[CaseDiagnosis]:
    """The diagnoses of a case that stand, oldest first."""
    return list(case.diagnosis_rows.filter(reopened_at=None))


def insist_on_diagnosis(case: Case) -> None:
    """Raise Invalid where no diagnosis of the case stands."""
    if not standing(case):
        raise Invalid({"diagnosis": [_("Record the diagnosis first: its disease, the evidence and the day.")]})


def take_back(rows: list[CaseDiagnosis], case: Case, *, by: Any, note: str) -> None:
    """Reopen these diagnoses of a locked case and take them out of its description; saves the rows, not the case."""
    now = timezone.now()
    for row in rows:
        row.reopened_at, row.reopened_by, row.reopened_because = now, by, note.strip()[:500]
        row.save(update_fields=["reopened_at", "reopened_by", "reopened_because"])
    gone = {row.disease for row in rows}
    said = case.described
    left = tuple(one for one in said.diagnoses if one.disease not in gone)
    _redescribe(case, said.model_copy(update={"diagnoses": left}), RevisionKind.REOPENED, by=by, note=note)
    events.publish(CaseChanged(case.pk, case.revision))
    _tell_reopened(case, rows)


def tell_awards(case: Case, *, stand: bool = True) -> None:
    """Tell awards that the diagnoses of a case count, or (``stand=False``) count no more, as of its revision now.

    Those of a withdrawn case do not count, until it is brought back.
    """
    rows = standing(case)
    if not stand:
        _tell_reopened(case, rows)
        return
    for row in rows:
        told = CaseDiagnosed(case.pk, row.pk, case.organisation_id, case.award_id, row.diagnosed_on, case.revision)
        events.publish(told)


def _tell_reopened(case: Case, rows: list[CaseDiagnosis]) -> None:
    for row in rows:
        day = timezone.localdate()
        told = DiagnosisReopened(case.pk, row.pk, case.organisation_id, case.award_id, day, case.revision)
        events.publish(told)


def with_recorded(case: Case, description: Description) -> Description:
    """A description that also says what only we know: since when undiagnosed, and every diagnosis that stands.

    For what comes in without knowing of them: a phenopacket, an earlier revision.
    """
    since = case.described.undiagnosed_since
    if since and not description.undiagnosed_since:
        description = description.model_copy(update={"undiagnosed_since": since})
    for row in standing(case) if case.pk else ():
        if all(one.disease != row.disease for one in description.diagnoses):
            description = _with(description, row)
    return description


def insist_on_recorded(case: Case, description: Description) -> None:
    """Raise Invalid where a description leaves out a diagnosis that stands: that is reopened, with its reason."""
    said = {one.disease for one in description.diagnoses}
    lost = [vocabulary.disease_said(row.disease, row.label) for row in standing(case) if row.disease not in said]
    if lost:
        text = _("%(disease)s is a recorded diagnosis. Reopen it on the page “Course”, with the reason.")
        raise Invalid({"diagnoses": [text % {"disease": ", ".join(lost)}]})


def earliest_day(case: Case) -> date:
    """The first day on which the patient can have been diagnosed: of birth where it is said, else about it by the age.

    An age is that of the last examination, at the latest when the case was entered; a year is left for its rounding.
    """
    said = case.described
    if said.birth:
        year, _dash, month = said.birth.partition("-")
        return date(int(year), int(month or 1), 1)
    if said.age_days is not None:
        return timezone.localdate(case.created_at) - timedelta(days=said.age_days + UNSURE_DAYS)
    return EARLIEST


def _insist_on_day(case: Case, on: date) -> None:
    if on > timezone.localdate():
        raise Invalid({"diagnosed_on": [_("This day is yet to come.")]})
    if on < (first := earliest_day(case)):
        text = _(
            "By what the case says, the patient cannot have been diagnosed before %(day)s. Correct the day; if it is "
            "right, say in the case when the patient was born."
        )
        raise Invalid({"diagnosed_on": [text % {"day": first.isoformat()}]})


def _variant_of(case: Case, variant: Variant | None) -> Variant | None:
    """The variant of a diagnosis; one that the case does not say already, as HGVS writes it. Raises Invalid.

    What names a gene for a transcript is taken, as in packets: another hospital's proposal cannot be typed again here.
    """
    if variant is None or not variant.hgvs or variant in case.described.variants:
        return variant
    written = readable(variant.hgvs)
    if parse_hgvs(written) is None:
        problem = hgvs_problem(variant.hgvs)
        raise Invalid({"hgvs": [vocabulary.in_words(problem)] if problem else []})
    return variant.model_copy(update={"hgvs": written})


def _with(said: Description, row: CaseDiagnosis) -> Description:
    """The description with a diagnosis named first, and its variant or gene among the others."""
    named = Diagnosis(disease=row.disease, label=row.label)
    others = tuple(one for one in said.diagnoses if one.disease != row.disease)
    update: dict[str, Any] = {"diagnoses": (named, *others)}
    variant = row.described_variant
    if variant is not None and variant not in said.variants:
        update["variants"] = (*said.variants, variant)
    elif row.gene and row.gene not in said.all_genes:
        update["genes"] = (*said.genes, row.gene)
    return Description.model_validate(said.model_copy(update=update).model_dump())


def _redescribe(case: Case, description: Description, kind: RevisionKind, *, by: Any, note: str = "") -> None:
    """Take over the description as a new revision of a locked case; the caller saves it."""
    case.describe(description)
    case.revision += 1
    replace_rows(case, description)
    Revision.objects.create(
        case=case,
        number=case.revision,
        kind=kind,
        by=by,
        note=note.strip()[:500],
        state=case.state,
        description=case.description,
    )


def _case(case_id: int) -> Case:
    found = Case.objects.select_related("organisation").filter(pk=case_id).first()
    if found is None:
        raise NotFound(_("Case"))
    return found

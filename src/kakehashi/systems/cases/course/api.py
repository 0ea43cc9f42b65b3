"""The API of a case's course: consultations, referrals, analyses, the committee, diagnoses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Status
from pydantic import StringConstraints

from kakehashi.kernel import audit
from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.course import (
    analyses,
    committee,
    consultations,
    diagnoses,
    eligibility,
    referrals,
    schemas,
)
from kakehashi.systems.cases.course.states import Catalogue, PhenotypeGroup, ReferralState, Route
from kakehashi.systems.cases.course.timeline import timeline_of
from kakehashi.systems.cases.models import Case, CaseDiagnosis, Consultation, Referral, Review
from kakehashi.systems.cases.schemas import MoveOut
from kakehashi.systems.cases.states import CaseState, Eligibility

of_families = Router(tags=["consultations"])
of_referrals = Router(tags=["referrals"])
of_cases = Router(tags=["course"])

CaseId = Annotated[str, StringConstraints(pattern=r"^K-[0-9A-Z]{12}$")]
ReferralId = Annotated[str, StringConstraints(pattern=r"^R-[0-9A-Z]{8}$")]
Id = Annotated[int, Path(ge=1, le=2**31)]
Page = Annotated[int, Query(ge=1, le=100_000)]
MoveName = Literal["accept", "answer", "decline", "take_back"]
AT_ONCE = 100


@of_families.get("/", response=list[schemas.ConsultationOut], summary="List consultations")
def list_consultations(request: HttpRequest, page: Page = 1) -> list[schemas.ConsultationOut]:
    """Those of the caller's hospitals, latest first, a hundred a page."""
    found = list(consultations.consultations_of(caller(request))[(page - 1) * AT_ONCE : page * AT_ONCE])
    audit.read_of(caller(request), "consultation", found, action="case.list")
    return [_consultation(one) for one in found]


@of_families.post("/", response={201: schemas.ConsultationOut}, summary="Note a consultation")
def enter_consultation(request: HttpRequest, new: schemas.ConsultationIn) -> Status[schemas.ConsultationOut]:
    """For one of the caller's hospitals, under its own pseudonym."""
    possible = queries.organisations_to_register_for(caller(request))
    holder = _named("organisation", new.organisation) if new.organisation else possible.first()
    if holder is None:
        raise Invalid({"organisation": [_("Say for which organisation; you register cases for none or several.")]})
    made = consultations.enter_consultation(
        by=caller(request),
        organisation=holder,
        local_id=new.local_id,
        consulted_on=new.consulted_on,
        route=new.route,
        phenotype_group=new.phenotype_group,
    )
    return Status(201, _consultation(made))


@of_families.post("/{consultation_id}/settle", response=schemas.ConsultationOut, summary="Settle a consultation")
def settle(request: HttpRequest, consultation_id: Id) -> schemas.ConsultationOut:
    """It ended without a visit."""
    found = consultations.consultation_for(caller(request), consultation_id)
    return _consultation(consultations.settle_consultation(by=caller(request), consultation=found))


@of_families.post("/{consultation_id}/refer", response={201: schemas.ReferralOut}, summary="Refer a consultation")
def refer(request: HttpRequest, consultation_id: Id, asked: schemas.ReferIn) -> Status[schemas.ReferralOut]:
    """Ask a hub of the network to take the family on."""
    found = consultations.consultation_for(caller(request), consultation_id)
    hub = _named("hub", asked.hub)
    made = referrals.refer(by=caller(request), consultation=found, hub=hub, note=asked.note)
    return Status(201, _referral(made, caller(request)))


@of_referrals.get("/", response=list[schemas.ReferralOut], summary="List referrals")
def list_referrals(request: HttpRequest, page: Page = 1) -> list[schemas.ReferralOut]:
    """Those the caller's hospitals sent or were sent, latest first, a hundred a page."""
    found = list(referrals.referrals_of(caller(request))[(page - 1) * AT_ONCE : page * AT_ONCE])
    audit.read_of(caller(request), "referral", found, action="case.list")
    return [_referral(one, caller(request)) for one in found]


@of_referrals.get("/{referral_id}", response=schemas.ReferralOut, summary="Read a referral")
def read_referral(request: HttpRequest, referral_id: Path[ReferralId]) -> schemas.ReferralOut:
    """What is asked, what was answered, and the moves the caller may make."""
    return _referral(referrals.referral_for(caller(request), referral_id), caller(request))


@of_referrals.post("/{referral_id}/moves/{move}", response=schemas.ReferralOut, summary="Answer a referral")
def move_referral(
    request: HttpRequest, referral_id: Path[ReferralId], move: Path[MoveName], why: schemas.OpinionIn
) -> schemas.ReferralOut:
    """The hub accepts, answers or declines; the referring hospital takes back. `text` is what the other side reads."""
    found = referrals.referral_for(caller(request), referral_id)
    advance(found, move, by=caller(request), note=why.text)
    return _referral(referrals.referral_for(caller(request), referral_id), caller(request))


@of_cases.get("/{case_id}/course", response=schemas.CourseOut, summary="Read a case's course")
def read_course(request: HttpRequest, case_id: Path[CaseId]) -> schemas.CourseOut:
    """What happened from the consultation on, the criteria, the diagnoses, and what the caller may do next."""
    return _course(_case(request, case_id), caller(request))


@of_cases.post("/{case_id}/refer", response={201: schemas.ReferralOut}, summary="Refer a case")
def refer_case(request: HttpRequest, case_id: Path[CaseId], asked: schemas.ReferIn) -> Status[schemas.ReferralOut]:
    """Ask a hub of the network; it sees the case as far as the case's terms and consent allow."""
    case = _case(request, case_id)
    made = referrals.refer_case(by=caller(request), case=case, hub=_named("hub", asked.hub), note=asked.note)
    return Status(201, _referral(made, caller(request)))


@of_cases.post("/{case_id}/analyses", response=schemas.CourseOut, summary="Send a case for analysis")
def send(request: HttpRequest, case_id: Path[CaseId], asked: schemas.AnalysisIn) -> schemas.CourseOut:
    """To an analysis centre of the network, or to one outside it (``centre`` left empty)."""
    case = _case(request, case_id)
    analyses.send_for_analysis(
        by=caller(request),
        case=case,
        centre=_named("centre", asked.centre) if asked.centre else None,
        kind=asked.kind,
        sent_on=asked.sent_on,
        note=asked.note,
    )
    return _after(case, caller(request))


@of_cases.post("/{case_id}/analyses/received", response=schemas.CourseOut, summary="Record what the centre received")
def received(request: HttpRequest, case_id: Path[CaseId], said: schemas.ReceivedIn) -> schemas.CourseOut:
    """The analysis centre has what it needs."""
    case = _case(request, case_id)
    analyses.record_received(by=caller(request), case=case, on=said.on)
    return _after(case, caller(request))


@of_cases.post("/{case_id}/analyses/done", response=schemas.CourseOut, summary="Record that an analysis is done")
def done(request: HttpRequest, case_id: Path[CaseId], said: schemas.DoneIn) -> schemas.CourseOut:
    """By its hospital or its analysis centre; the case is analysed."""
    case = _case(request, case_id)
    analyses.record_analysis(by=caller(request), case=case, **said.model_dump())
    return _after(case, caller(request))


@of_cases.post("/{case_id}/reviews", response=schemas.CourseOut, summary="Put a case before the committee")
def open_review(request: HttpRequest, case_id: Path[CaseId], asked: schemas.ReviewIn) -> schemas.CourseOut:
    """The diagnosis committee of the hospital itself or of a hub."""
    case = _case(request, case_id)
    committee.open_review(by=caller(request), case=case, committee=_named("committee", asked.committee))
    return _after(case, caller(request))


@of_cases.post("/{case_id}/reviews/opinions", response=schemas.CourseOut, summary="Give an opinion")
def opinion(request: HttpRequest, case_id: Path[CaseId], said: schemas.OpinionIn) -> schemas.CourseOut:
    """As a member of the committee that has the case."""
    case = _case(request, case_id)
    committee.give_opinion(by=caller(request), review=_review(case), text=said.text)
    return _after(case, caller(request))


@of_cases.post("/{case_id}/reviews/decision", response=schemas.CourseOut, summary="Decide as the committee")
def decide(request: HttpRequest, case_id: Path[CaseId], said: schemas.DecisionIn) -> schemas.CourseOut:
    """The decision moves the case."""
    case = _case(request, case_id)
    committee.decide(
        by=caller(request), review=_review(case), decision=said.decision, note=said.note, diagnosis=said.diagnosis
    )
    return _after(case, caller(request))


@of_cases.post("/{case_id}/diagnoses", response=schemas.CourseOut, summary="Record a diagnosis")
def record_diagnosis(request: HttpRequest, case_id: Path[CaseId], found: diagnoses.NewDiagnosis) -> schemas.CourseOut:
    """With its evidence; the case is diagnosed and its award counts it."""
    case = _case(request, case_id)
    diagnoses.record_diagnosis(by=caller(request), case_id=case.pk, diagnosis=found)
    return _after(case, caller(request))


@of_cases.post("/{case_id}/diagnoses/{diagnosis_id}/reopen", response=schemas.CourseOut, summary="Reopen a diagnosis")
def reopen(request: HttpRequest, case_id: Path[CaseId], diagnosis_id: Id, why: schemas.ReopenIn) -> schemas.CourseOut:
    """It no longer stands; it stays in the history."""
    case = _case(request, case_id)
    if not case.diagnosis_rows.filter(pk=diagnosis_id).exists():
        raise NotFound(_("Diagnosis"))
    diagnoses.reopen_diagnosis(by=caller(request), diagnosis_id=diagnosis_id, reason=why.reason)
    return _after(case, caller(request))


def _case(request: HttpRequest, case_id: str) -> Case:
    return queries.case_for(caller(request), case_id)


def _named(field: str, code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise Invalid({field: [_("There is no organisation of this code.")]})
    return found


def _review(case: Case) -> Review:
    found = case.reviews.filter(decision="").first()
    if found is None:
        raise NotFound(_("Review"))
    return found


def _after(case: Case, person: Any) -> schemas.CourseOut:
    """The course as it stands now; told to whoever took the step, though they may not open the case any more."""
    return _course(Case.objects.select_related("organisation").get(pk=case.pk), person)


def _course(case: Case, person: Any) -> schemas.CourseOut:
    verdict = eligibility.judge(case.described)
    return schemas.CourseOut(
        id=case.public_id,
        state=CaseState(case.state),
        eligibility=Eligibility(case.eligibility) if case.eligibility else None,
        criteria_met=verdict.allowed,
        criteria=[schemas.CriterionOut(code=one.code, text=str(one.text)) for one in verdict.reasons],
        timeline=[
            schemas.CourseEventOut(on=one.on, code=one.code, text=one.text, detail=one.detail)
            for one in timeline_of(person, case)
        ],
        diagnoses=[_diagnosis(row) for row in case.diagnosis_rows.all()],
        moves=_moves(moves_available(case, person)),
    )


def _moves(moves: Iterable[Any]) -> list[MoveOut]:
    return [MoveOut(name=one.name, label=str(one.label_staff), needs_note=one.needs_note) for one in moves]


def _diagnosis(row: CaseDiagnosis) -> schemas.DiagnosisOut:
    said = {name: getattr(row, name) for name in diagnoses.NewDiagnosis.model_fields}
    return schemas.DiagnosisOut(
        **said,
        id=row.pk,
        catalogue_class=Catalogue(row.catalogue),
        match_number=row.match_number,
        reopened_at=row.reopened_at,
        reopened_because=row.reopened_because,
    )


def _consultation(one: Consultation) -> schemas.ConsultationOut:
    return schemas.ConsultationOut(
        id=one.pk,
        organisation=one.organisation.code,
        local_id=one.local_id,
        consulted_on=one.consulted_on,
        route=Route(one.route),
        phenotype_group=PhenotypeGroup(one.phenotype_group),
        hub=one.hub.code if one.hub else None,
        case=one.case_shown,
    )


def _referral(one: Referral, person: Any) -> schemas.ReferralOut:
    return schemas.ReferralOut(
        id=one.public_id,
        organisation=one.organisation.code,
        hub=one.hub.code,
        state=ReferralState(one.state),
        note=one.note,
        answer=one.answer,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        moves=_moves(moves_available(one, person)),
    )

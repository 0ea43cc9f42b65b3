"""A case's course as a line of dated steps, for its page, its print and the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.course.states import REVIEW_TAKEN_BACK, ReferralState, ReviewDecision
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from kakehashi.systems.cases.states import CaseState

ON_ONE_DAY = (
    "consulted",
    CaseState.DRAFT,
    CaseState.REGISTERED,
    "referred",
    *(f"referral_{state}" for state in ReferralState.values),
    "sent",
    "received",
    "analysed",
    "called_back",
    "review",
    "opinion",
    "decided",
    "review_taken_back",
    "diagnosed",
    "reopened",
    CaseState.CLOSED,
    CaseState.WITHDRAWN,
    "taken_up",
)
"""The order of what happened on the same day: most of it is known by its day alone."""


@dataclass(frozen=True)
class CourseEvent:
    """One step that was taken: when, what, more of it, and a code for programs."""

    on: date
    code: str
    text: str
    detail: str = ""


def timeline_of(person: Any, case: Case) -> list[CourseEvent]:
    """Everything that happened to a case, oldest first.

    Consultations and referrals are shown to those who read them where they were written.
    """
    found = [*_moves(case), *_analyses(case), *_reviews(case), *_diagnoses(case)]
    if case.organisation_id in rules.organisations_read_by(person):
        found += [*_consultations(case)]
    return sorted(found, key=lambda one: (one.on, ON_ONE_DAY.index(one.code)))


def _name(organisation: Organisation | None) -> str:
    return organisation.label() if organisation is not None else _("not one of the network")


def _consultations(case: Case) -> Iterator[CourseEvent]:
    for one in case.consultations.select_related("organisation"):
        yield CourseEvent(one.consulted_on, "consulted", _("Consulted"), str(one.get_route_display()))
        for sent in one.referrals.select_related("hub").order_by("sent_at"):
            facts = {"hub": sent.hub.label(), "id": sent.public_id}
            yield CourseEvent(_day(sent.sent_at), "referred", _("Referred to %(hub)s (%(id)s)") % facts, sent.note)
            if sent.answered_at is not None:
                state = str(sent.get_state_display())
                yield CourseEvent(_day(sent.answered_at), f"referral_{sent.state}", state, sent.answer)


def _moves(case: Case) -> Iterator[CourseEvent]:
    """Registration, closing, reopening, withdrawal: the moves that no row of its own tells."""
    told = {CaseState.DRAFT, CaseState.REGISTERED, CaseState.CLOSED, CaseState.WITHDRAWN}
    before = ""
    for revision in case.revisions.order_by("number"):
        if revision.state != before and revision.state in told:
            yield CourseEvent(_day(revision.at), revision.state, str(revision.get_state_display()), revision.note)
        elif revision.state != before and before in (CaseState.CLOSED, CaseState.WITHDRAWN):
            text = _("Taken up again: %(state)s") % {"state": revision.get_state_display()}
            yield CourseEvent(_day(revision.at), "taken_up", text, revision.note)
        before = revision.state


def _analyses(case: Case) -> Iterator[CourseEvent]:
    for one in case.analyses.select_related("centre"):
        if not one.yet_to_be_sent:
            facts = {"kind": one.get_kind_display(), "centre": _name(one.centre)}
            yield CourseEvent(one.sent_on, "sent", _("Sent for analysis: %(kind)s, %(centre)s") % facts, one.note)
        if one.received_on:
            yield CourseEvent(one.received_on, "received", _("Received by the analysis centre"))
        if one.done_on:
            why_none = _("No result: %(reason)s") % {"reason": one.no_result_because}
            yield CourseEvent(
                one.done_on, "analysed", _("Analysis done"), why_none if one.no_result_because else one.result
            )
        if one.called_back_on:
            yield CourseEvent(one.called_back_on, "called_back", _("Analysis called back"))


def _reviews(case: Case) -> Iterator[CourseEvent]:
    for one in case.reviews.select_related("organisation", "decided_by").prefetch_related("opinions__by"):
        text = _("Put before the diagnosis committee of %(place)s") % {"place": one.organisation.label()}
        yield CourseEvent(_day(one.opened_at), "review", text)
        for opinion in one.opinions.all():
            text = _("Opinion of %(who)s") % {"who": opinion.by}
            yield CourseEvent(_day(opinion.at), "opinion", text, opinion.text)
        if one.decision == REVIEW_TAKEN_BACK:
            yield CourseEvent(_day(one.decided_at), "review_taken_back", _("Taken back from the diagnosis committee"))
        elif one.decided_at is not None:
            text = _("The committee decided: %(decision)s") % {"decision": ReviewDecision(one.decision).label}
            yield CourseEvent(_day(one.decided_at), "decided", text, one.note)


def _diagnoses(case: Case) -> Iterator[CourseEvent]:
    for row in case.diagnosis_rows.all():
        named = {"disease": vocabulary.disease_said(row.disease, row.label)}
        yield CourseEvent(row.diagnosed_on, "diagnosed", _("Diagnosis: %(disease)s") % named, evidence_said(row))
        if row.reopened_at is not None:
            text = _("Diagnosis reopened: %(disease)s") % named
            yield CourseEvent(_day(row.reopened_at), "reopened", text, row.reopened_because)


def disease_name(row: CaseDiagnosis) -> str:
    """What a diagnosed disease is called."""
    return vocabulary.disease_label(row.disease, row.label)


def evidence_said(row: CaseDiagnosis) -> str:
    """The evidence of a diagnosis, with the match it was agreed on in, by its number, disease and gene."""
    if row.match_number is None:
        return row.evidence
    disease = vocabulary.disease_said(row.disease, row.label)
    named = {"number": row.match_number, "disease": disease, "gene": row.gene}
    text = (
        _("Agreed in match %(number)s: %(disease)s, %(gene)s.")
        if row.gene
        else _("Agreed in match %(number)s: %(disease)s.")
    )
    return f"{text % named} {row.evidence}".strip()


def _day(moment: Any) -> date:
    return timezone.localdate(moment)

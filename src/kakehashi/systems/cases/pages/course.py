"""The page "Course" of a case: what happened from the consultation on, and what can be done next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.shell import Text
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.cases import queries, rules, vocabulary
from kakehashi.systems.cases.course import analyses, committee, diagnoses, referrals
from kakehashi.systems.cases.course.states import AnalysisKind, ReviewDecision
from kakehashi.systems.cases.course.timeline import disease_name, evidence_said, timeline_of
from kakehashi.systems.cases.forms import course as forms
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import panes
from kakehashi.systems.cases.pages.moves import said_criteria
from kakehashi.systems.cases.states import UNSOLVED, CaseState


@dataclass(frozen=True)
class CourseStep:
    """Something that can be done next: its page is a form, ``does(by, form)`` the action.

    ``offered(person, case)``: whether its button stands on the page; the action decides for itself.
    """

    name: str
    label: Text
    form: type[forms.CourseForm]
    does: Callable[[Any, Any], Any]
    offered: Callable[[Any, Case], bool]


def _move(name: str) -> Callable[[Any, Case], bool]:
    """Whether the table offers a move."""
    return lambda person, case: name in {one.name for one in moves_available(case, person)}


def _go(name: str) -> Callable[[Any, forms.CourseForm], Any]:
    """A move that needs nothing but its reason."""
    return lambda by, form: advance(form.case, name, by=by, note=form.cleaned_data["note"])


def _send(by: Any, form: forms.SendForm) -> None:
    said = form.cleaned_data
    analyses.send_for_analysis(
        by=by,
        case=form.case,
        centre=form.organisation("centre"),
        kind=AnalysisKind(said["kind"]),
        sent_on=said["sent_on"],
        note=said["note"],
    )


def _refer(by: Any, form: forms.ReferForm) -> None:
    hub = form.organisation("hub")
    assert hub is not None  # one of the choices
    referrals.refer_case(by=by, case=form.case, hub=hub, note=form.cleaned_data["note"])


def _open_review(by: Any, form: forms.CommitteeForm) -> None:
    chosen = form.organisation("committee")
    assert chosen is not None  # one of the choices
    committee.open_review(by=by, case=form.case, committee=chosen)


def _review(case: Case) -> Any:
    found = case.reviews.filter(decision="").first()
    if found is None:
        raise NotFound(_("Review"))
    return found


def _decide(by: Any, form: forms.DecisionForm) -> None:
    committee.decide(
        by=by,
        review=_review(form.case),
        decision=ReviewDecision(form.cleaned_data["decision"]),
        note=form.cleaned_data["note"],
        diagnosis=form.diagnosis,
    )


def _diagnose(by: Any, form: forms.DiagnosisForm) -> None:
    assert form.diagnosis is not None  # a valid form has one
    diagnoses.record_diagnosis(by=by, case_id=form.case.pk, diagnosis=form.diagnosis)


def _reviewed(person: Any, case: Case) -> bool:
    return case.reviews.filter(decision="").exists() and bool(rules.of_its_committee(person, case))


def _may_send(person: Any, case: Case) -> bool:
    wanted = analyses.asked_for(case) is not None and bool(rules.may_send(person, case))
    return wanted or _move("send_for_analysis")(person, case)


def _may_record_received(person: Any, case: Case) -> bool:
    under_way = analyses.open_analysis(case)
    waits = under_way is not None and under_way.received_on is None and not under_way.yet_to_be_sent
    return waits and bool(rules.may_record_analysis(person, case))


STEPS: tuple[CourseStep, ...] = (
    CourseStep("decide", _lazy("Decide as the committee"), forms.DecisionForm, _decide, _reviewed),
    CourseStep(
        "opinion",
        _lazy("Give an opinion"),
        forms.OpinionForm,
        lambda by, form: committee.give_opinion(by=by, review=_review(form.case), text=form.cleaned_data["text"]),
        _reviewed,
    ),
    CourseStep("send_for_analysis", _lazy("Send for analysis"), forms.SendForm, _send, _may_send),
    CourseStep(
        "received",
        _lazy("Received by the analysis centre"),
        forms.ReceivedForm,
        lambda by, form: analyses.record_received(by=by, case=form.case, on=form.cleaned_data["on"]),
        _may_record_received,
    ),
    CourseStep(
        "record_analysis",
        _lazy("Record that the analysis is done"),
        forms.DoneForm,
        lambda by, form: analyses.record_analysis(by=by, case=form.case, **form.cleaned_data),
        _move("record_analysis"),
    ),
    CourseStep(
        "committee",
        _lazy("Put before the diagnosis committee"),
        forms.CommitteeForm,
        _open_review,
        lambda person, case: (
            case.state == CaseState.ANALYSED
            and not case.reviews.filter(decision="").exists()
            and bool(rules.may_send(person, case))
        ),
    ),
    CourseStep(
        "diagnose",
        _lazy("Record a diagnosis"),
        forms.DiagnosisForm,
        _diagnose,
        lambda person, case: case.state in (*UNSOLVED, CaseState.DIAGNOSED) and bool(rules.may_diagnose(person, case)),
    ),
    CourseStep("analyse_again", _lazy("Analyse again"), forms.SendForm, _send, _move("analyse_again")),
    CourseStep(
        "refer",
        _lazy("Refer to a hub"),
        forms.ReferForm,
        _refer,
        lambda person, case: (
            case.state != CaseState.WITHDRAWN
            and bool(rules.may_edit(person, case))
            and bool(referrals.hubs_to_ask(case))
        ),
    ),
    CourseStep("call_back", _lazy("Call the analysis back"), forms.ReasonForm, _go("call_back"), _move("call_back")),
    CourseStep("close", _lazy("Close without a diagnosis"), forms.ReasonForm, _go("close"), _move("close")),
    CourseStep(
        "reopen_closed",
        _lazy("Look for a diagnosis again"),
        forms.ReasonForm,
        _go("reopen_closed"),
        _move("reopen_closed"),
    ),
)
BY_NAME = {step.name: step for step in STEPS}
AT_THE_CENTRE = ("received", "record_analysis")


@login_required
@require_GET
def course(request: HttpRequest, case_id: str) -> HttpResponse:
    """What happened to the case, oldest first, and what can be done next."""
    case = queries.case_for(request.user, case_id)
    steps = [step for step in STEPS if step.offered(request.user, case)]
    may_reopen = bool(rules.may_reopen_diagnosis(request.user, case)) and case.state == CaseState.DIAGNOSED
    context = panes.case_context(request, case, "course") | {
        "timeline": timeline_of(request.user, case),
        "steps": steps,
        "under_way": analyses.open_analysis(case),
        "recorded": [
            (row, disease_name(row), vocabulary.disease_code(row.disease), evidence_said(row))
            for row in diagnoses.standing(case)
        ],
        "may_reopen": may_reopen,
    }
    context |= said_criteria(case)
    return render(request, "cases/course.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def course_step(request: HttpRequest, case_id: str, step: str) -> HttpResponse:
    """One step: its form, then its action."""
    case = queries.case_for(request.user, case_id)
    if step not in BY_NAME:
        raise NotFound(_("The step"))
    taken = BY_NAME[step]
    if request.method == "GET" and not taken.offered(request.user, case):
        raise NotAllowed(_("“%(step)s” is not for you to do, or not as the case stands now.") % {"step": taken.label})
    form = taken.form.of(case, request.POST if request.method == "POST" else None, by=request.user)
    shown = {"under_way": analyses.open_analysis(case)} if step in AT_THE_CENTRE else {}
    return _answered(request, case, taken.label, form, lambda: taken.does(request.user, form), shown)


@login_required
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, case_id: str, diagnosis_id: int) -> HttpResponse:
    """Reopen one diagnosis, with the reason."""
    case = queries.case_for(request.user, case_id)
    if not case.diagnosis_rows.filter(pk=diagnosis_id).exists():
        raise NotFound(_("Diagnosis"))
    if request.method == "GET":
        verdict = rules.may_reopen_diagnosis(request.user, case)
        audit.insist(verdict, by=request.user, action="case.reopen_diagnosis", subject=case)
    form = forms.ReasonForm.of(case, request.POST if request.method == "POST" else None)

    def does() -> None:
        diagnoses.reopen_diagnosis(by=request.user, diagnosis_id=diagnosis_id, reason=form.cleaned_data["note"])

    return _answered(request, case, _("Reopen the diagnosis"), form, does)


def _answered(
    request: HttpRequest,
    case: Case,
    label: Text,
    form: forms.CourseForm,
    does: Callable[[], Any],
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                does()
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
        if not form.errors:
            messages.success(request, _("“%(step)s” is done.") % {"step": label})
            seen = queries.visible_cases(request.user).filter(pk=case.pk).exists()
            return redirect("cases:course", case.public_id) if seen else redirect("web:home")
    context = {"case": case, "label": label, "form": form} | (shown or {})
    return render(request, "cases/course_step.html", context, status=status)

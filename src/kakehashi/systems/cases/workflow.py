"""The table of every move of a case; ``kernel.workflow.advance`` is the only way to make one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.cases import events, rules
from kakehashi.systems.cases.course import analyses, committee, diagnoses, eligibility
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.states import FINDABLE, UNSOLVED, CaseState, Eligibility, RevisionKind


def _revise(case: Case, *, by: Any, note: str) -> None:
    """Every move is a revision of its own, with its reason."""
    case.revision += 1
    Revision.objects.create(
        case=case,
        number=case.revision,
        kind=RevisionKind.MOVED,
        by=by,
        note=note.strip()[:500],
        state=case.state,
        description=case.description,
    )


def _register(case: Case, *, by: Any, note: str) -> None:
    if not case.described.says_something:
        raise Invalid({"findings": [_("Give at least one finding, candidate gene or variant before registering.")]})
    if case.registered_on is None:
        _judge(case, by=by, note=note)
        case.registered_on = timezone.localdate()
    _revise(case, by=by, note=note)


def _judge(case: Case, *, by: Any, note: str) -> None:
    """The criteria of the Exchange, once, when a case is first registered; the note overrides them."""
    verdict = eligibility.judge(case.described)
    case.eligibility = eligibility.standing_of(verdict)
    if not verdict:
        if not note.strip():
            raise Invalid(
                {"criteria": [*(one.text for one in verdict.reasons), _("To register all the same, say why.")]}
            )
        case.eligibility = Eligibility.OVERRIDDEN
        audit.record(by, "case.register_against_criteria", case, detail={"reasons": list(verdict.codes)})


def _conclude(case: Case, *, by: Any, note: str) -> None:
    """The case goes on without what is under way: centre and committee see it no longer, and nobody waits for them."""
    analyses.call_back(case, by=by)
    committee.take_back(case, by=by)
    _revise(case, by=by, note=note)


def _withdraw(case: Case, *, by: Any, note: str) -> None:
    _conclude(case, by=by, note=note)
    diagnoses.tell_awards(case, stand=False)


def _restore(case: Case, *, by: Any, note: str) -> None:
    _register(case, by=by, note=note)
    diagnoses.tell_awards(case)


def _send(case: Case, *, by: Any, note: str) -> None:
    committee.take_back(case, by=by)
    analyses.insist_on_sent(case, by=by)
    _revise(case, by=by, note=note)


def _call_back(case: Case, *, by: Any, note: str) -> None:
    analyses.call_back(case, by=by)
    _revise(case, by=by, note=note)


def _done(case: Case, *, by: Any, note: str) -> None:
    analyses.insist_on_done(case, by=by)
    _revise(case, by=by, note=note)


def _diagnose(case: Case, *, by: Any, note: str) -> None:
    diagnoses.insist_on_diagnosis(case)
    _conclude(case, by=by, note=note)


def _reopen_diagnosis(case: Case, *, by: Any, note: str) -> None:
    diagnoses.take_back(diagnoses.standing(case), case, by=by, note=note)  # which is the revision


CASE_FLOW = Workflow(
    Case,
    states=CaseState,
    moves=[
        Move(
            "register",
            sources=[CaseState.DRAFT],
            target=CaseState.REGISTERED,
            rule=rules.may_register,
            label_staff=_("Register"),
            label_applicant=_("Register"),
            act=_register,
            event=events.registered,
        ),
        Move(
            "send_for_analysis",
            sources=[CaseState.REGISTERED],
            target=CaseState.IN_ANALYSIS,
            rule=rules.may_send,
            label_staff=_("Send for analysis"),
            label_applicant=_("Send for analysis"),
            act=_send,
            event=events.moved,
        ),
        Move(
            "call_back",
            sources=[CaseState.IN_ANALYSIS],
            target=CaseState.REGISTERED,
            rule=rules.may_send,
            label_staff=_("Call the analysis back"),
            label_applicant=_("Call the analysis back"),
            needs_note=True,
            act=_call_back,
            event=events.moved,
        ),
        Move(
            "record_analysis",
            sources=[CaseState.IN_ANALYSIS],
            target=CaseState.ANALYSED,
            rule=rules.may_record_analysis,
            label_staff=_("Record that the analysis is done"),
            label_applicant=_("Record that the analysis is done"),
            needs_note=True,  # the result or why there is none: which it is, ``analyses.record_analysis`` says
            act=_done,
            event=events.moved,
        ),
        Move(
            "analyse_again",
            sources=[CaseState.ANALYSED],
            target=CaseState.IN_ANALYSIS,
            rule=rules.may_analyse_again,
            label_staff=_("Analyse again"),
            label_applicant=_("Analyse again"),
            needs_note=True,
            act=_send,
            event=events.moved,
        ),
        Move(
            "diagnose",
            sources=[*UNSOLVED],
            target=CaseState.DIAGNOSED,
            rule=rules.may_diagnose,
            label_staff=_("Record a diagnosis"),
            label_applicant=_("Record a diagnosis"),
            act=_diagnose,
            event=events.moved,
        ),
        Move(
            "close",
            sources=[*UNSOLVED],
            target=CaseState.CLOSED,
            rule=rules.may_close,
            label_staff=_("Close without a diagnosis"),
            label_applicant=_("Close without a diagnosis"),
            needs_note=True,
            act=_conclude,
            event=events.moved,
        ),
        Move(
            "reopen_diagnosis",
            sources=[CaseState.DIAGNOSED],
            target=CaseState.ANALYSED,
            rule=rules.may_reopen_diagnosis,
            label_staff=_("Reopen the diagnosis"),
            label_applicant=_("Reopen the diagnosis"),
            needs_note=True,
            act=_reopen_diagnosis,
            event=events.moved,
            back=rules.unsolved_before,
            among=UNSOLVED,
        ),
        Move(
            "reopen_closed",
            sources=[CaseState.CLOSED],
            target=CaseState.ANALYSED,
            rule=rules.may_diagnose,
            label_staff=_("Look for a diagnosis again"),
            label_applicant=_("Look for a diagnosis again"),
            needs_note=True,
            act=_revise,
            event=events.moved,
            back=rules.unsolved_before,
            among=UNSOLVED,
        ),
        Move(
            "withdraw",
            sources=[CaseState.DRAFT, *UNSOLVED, CaseState.DIAGNOSED, CaseState.CLOSED],
            target=CaseState.WITHDRAWN,
            rule=rules.may_withdraw,
            label_staff=_("Withdraw"),
            label_applicant=_("Withdraw"),
            needs_note=True,
            act=_withdraw,
            event=events.withdrawn,
        ),
        Move(
            "restore",
            sources=[CaseState.WITHDRAWN],
            target=CaseState.REGISTERED,
            rule=rules.may_restore,
            label_staff=_("Bring back"),
            label_applicant=_("Bring back"),
            needs_note=True,
            act=_restore,
            event=events.registered,
            back=rules.state_before,
            among=sorted(FINDABLE),
        ),
        Move(
            "reopen",
            sources=[CaseState.WITHDRAWN],
            target=CaseState.DRAFT,
            rule=rules.may_reopen,
            label_staff=_("Bring back as a draft"),
            label_applicant=_("Bring back as a draft"),
            needs_note=True,
            act=_revise,
        ),
    ],
)

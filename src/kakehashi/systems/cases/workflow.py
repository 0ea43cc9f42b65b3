"""The table of every move of a case; ``kernel.workflow.advance`` is the only way to make one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.cases import events, rules
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.states import CaseState, RevisionKind


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
    _revise(case, by=by, note=note)


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
            "withdraw",
            sources=[CaseState.DRAFT, CaseState.REGISTERED],
            target=CaseState.WITHDRAWN,
            rule=rules.may_withdraw,
            label_staff=_("Withdraw"),
            label_applicant=_("Withdraw"),
            needs_note=True,
            act=_revise,
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
            act=_register,
            event=events.registered,
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

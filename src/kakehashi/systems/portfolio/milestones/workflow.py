"""The table of every move at a stage gate."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.queries import current_memberships
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.portfolio.milestones.states import OPEN, GateState

DECIDES = (Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule("not_supervisor_or_director", _("Programme supervisors and directors of the agency decide at stage gates."))
def decides_at_gates(person: Any) -> bool:
    """The person is a programme supervisor or director of a funding agency."""
    return current_memberships(person).filter(role__in=DECIDES, organisation__kind=Kind.AGENCY).exists()


may_decide = logged_in & decides_at_gates


def _keep(milestone: Any, *, by: Any, note: str) -> None:
    """A decision is kept with its reason; Go needs evidence."""
    if milestone.state == GateState.GO and not milestone.evidence.strip():
        raise Conflict(_now("Go needs evidence: nothing shows yet that the criteria are met."))
    milestone.decisions.create(decision=milestone.state, reason=note.strip(), decided_by=by)


GATE_FLOW = Workflow(
    "portfolio.Milestone",
    states=GateState,
    moves=[
        Move("go", OPEN, GateState.GO, may_decide, _("Go"), _("Go"), needs_note=True, act=_keep),
        Move("no_go", OPEN, GateState.NO_GO, may_decide, _("No-go"), _("No-go"), needs_note=True, act=_keep),
        Move(
            "hold",
            [GateState.PLANNED],
            GateState.HELD,
            may_decide,
            _("Hold"),
            _("Hold"),
            needs_note=True,
            act=_keep,
        ),
    ],
)

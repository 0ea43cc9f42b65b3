"""The table of every move at a stage gate."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.portfolio.lineage.rules import may_link as may_plan
from kakehashi.systems.portfolio.milestones.rules import may_decide
from kakehashi.systems.portfolio.milestones.states import OPEN, GateState


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
        Move(
            "withdraw",
            OPEN,
            GateState.WITHDRAWN,
            may_plan,
            _("Withdraw the milestone"),
            _("Withdraw the milestone"),
            needs_note=True,
            act=_keep,
        ),
    ],
)

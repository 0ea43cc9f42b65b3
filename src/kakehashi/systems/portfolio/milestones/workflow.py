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
from kakehashi.systems.portfolio.offices.queries import appointed_for, held_by

DECIDES = (Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule("not_supervisor_or_director", _("Programme supervisors and directors of the agency decide at stage gates."))
def decides_at_gates(person: Any) -> bool:
    """The person is a programme supervisor or director of a funding agency."""
    return current_memberships(person).filter(role__in=DECIDES, organisation__kind=Kind.AGENCY).exists()


@rule(
    "not_appointed_for_it",
    _("Somebody else is appointed for this award, or you are appointed for others: they decide at its gates."),
)
def appointed_for_it(person: Any, milestone: Any) -> bool:
    """Where supervisors of the award's programme or directors of its projects are appointed, they alone decide; where
    nobody is, those decide who are appointed for nothing else. Without a milestone: not known yet."""
    if milestone is None:
        return True
    appointed = set(appointed_for(milestone.award, *DECIDES).values_list("person_id", flat=True))
    return person.pk in appointed if appointed else not held_by(person, *DECIDES).exists()


may_decide = logged_in & decides_at_gates & appointed_for_it


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

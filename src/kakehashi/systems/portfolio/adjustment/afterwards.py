"""What came of funded requests later: of each one's award since the decision, to stand beside what it promised.

All of it is the award's: whether the money brought it about is for a review to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from kakehashi.systems.portfolio.adjustment.states import RequestState
from kakehashi.systems.portfolio.milestones.states import OPEN, GateState
from kakehashi.systems.portfolio.models import AdjustmentRequest, GateDecision, Goal, Milestone, Output
from kakehashi.systems.portfolio.outputs.counting import credits_in_force
from kakehashi.systems.portfolio.outputs.goals import counting_towards

GIVEN = (RequestState.CHOSEN, RequestState.FUNDED)


@dataclass
class Came:
    """What came of an award since a day: its outputs, decisions at its gates, milestones still to be decided, and the
    goals towards which those outputs count."""

    since: date
    outputs: list[Output] = field(default_factory=list)
    gates: list[GateDecision] = field(default_factory=list)
    waiting: list[Milestone] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    @property
    def met(self) -> list[GateDecision]:
        """The decisions that let the award go on."""
        return [one for one in self.gates if one.decision == GateState.GO]

    @property
    def stopped(self) -> list[GateDecision]:
        """The decisions that did not."""
        return [one for one in self.gates if one.decision == GateState.NO_GO]


def what_came(requests: Iterable[AdjustmentRequest], today: date | None = None) -> dict[int, Came]:
    """By request what came of its award since the decision; those that were not given money are left out."""
    day = today or timezone.localdate()
    given = [one for one in requests if one.state in GIVEN and one.round.decided_at is not None]
    told = {one.pk: Came(timezone.localdate(one.round.decided_at)) for one in given}
    if not told:
        return {}
    awards = {one.award_id for one in given}
    credits = credits_in_force(day).filter(award__in=awards, output__on__gte=min(one.since for one in told.values()))
    rows = list(credits.select_related("output").order_by("output__on", "output_id"))
    goals = Goal.objects.exclude(results="").select_related("term", "project__term")
    counting = counting_towards(goals, day, {row.output_id for row in rows}) if rows else []
    decisions = GateDecision.objects.filter(milestone__award__in=awards).select_related("milestone")
    gates = list(decisions.order_by("decided_at", "pk"))
    waiting = list(Milestone.objects.filter(award__in=awards, state__in=OPEN))
    for one in given:
        came, decided = told[one.pk], one.round.decided_at
        outputs = {row.output_id: row.output for row in rows if row.award_id == one.award_id}
        came.outputs = [output for output in outputs.values() if output.on >= came.since]
        came.gates = [
            gate
            for gate in gates
            if gate.milestone.award_id == one.award_id and decided is not None and gate.decided_at > decided
        ]
        came.waiting = [milestone for milestone in waiting if milestone.award_id == one.award_id]
        ours = {output.pk for output in came.outputs}
        came.goals = [goal for goal, counted in counting if ours & counted]
    return told

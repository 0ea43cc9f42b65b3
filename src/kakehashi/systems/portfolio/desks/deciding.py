"""What waits for the president: rounds of adjustment funds to decide, gates on hold, goals that are behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.goals import goals_behind
from kakehashi.systems.portfolio.milestones.actions import overdue
from kakehashi.systems.portfolio.milestones.states import GateState
from kakehashi.systems.portfolio.models import AdjustmentRound, Goal, GoalActual, Milestone


@dataclass(frozen=True)
class Deciding:
    """``rounds``: those being scored, each with how many of its requests are scored, and how many it has."""

    rounds: tuple[tuple[AdjustmentRound, int, int], ...]
    held: int
    overdue: int
    behind: int

    @property
    def nothing(self) -> bool:
        """Whether nothing waits at all."""
        return not (self.rounds or self.held or self.overdue or self.behind)


def waiting_for_president(goals: Iterable[tuple[Goal, GoalActual | None]]) -> Deciding:
    """What waits today; ``goals``: those of the term that is looked at, with what was reached of each."""
    today = timezone.localdate()
    handed_in = Count("requests", filter=~Q(requests__state=RequestState.DRAFT))
    scored = Count("requests", filter=Q(requests__state=RequestState.SCORED))
    rounds = AdjustmentRound.objects.filter(state=RoundState.SCORING).annotate(scored=scored, handed_in=handed_in)
    return Deciding(
        tuple((one, one.scored, one.handed_in) for one in rounds.order_by("fiscal_year", "number")),
        Milestone.objects.filter(state=GateState.HELD).count(),
        overdue(today).count(),
        len(goals_behind(goals, today)),
    )

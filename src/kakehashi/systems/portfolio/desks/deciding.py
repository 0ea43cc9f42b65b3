"""What waits for the president: rounds of adjustment funds to decide, gates on hold, goals behind or untold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.goals import goals_behind, goals_reached, goals_untold
from kakehashi.systems.portfolio.milestones.actions import overdue
from kakehashi.systems.portfolio.milestones.states import GateState
from kakehashi.systems.portfolio.models import AdjustmentRound, Goal, Milestone


@dataclass(frozen=True)
class Deciding:
    """``rounds``: those being scored, each with how many of its requests are scored, and how many it has; ``behind``
    and ``untold``: goals of any term, short of their target and never told of."""

    rounds: tuple[tuple[AdjustmentRound, int, int], ...]
    held: int
    overdue: int
    behind: int
    untold: int

    @property
    def nothing(self) -> bool:
        """Whether nothing waits at all."""
        return not (self.rounds or self.held or self.overdue or self.behind or self.untold)


def waiting_for_president() -> Deciding:
    """What waits today, whichever year is looked at."""
    today = timezone.localdate()
    goals = goals_reached(Goal.objects.select_related("term"), on=today)
    handed_in = Count("requests", filter=~Q(requests__state=RequestState.DRAFT))
    scored = Count("requests", filter=Q(requests__state=RequestState.SCORED))
    rounds = AdjustmentRound.objects.filter(state=RoundState.SCORING).annotate(scored=scored, handed_in=handed_in)
    return Deciding(
        tuple((one, one.scored, one.handed_in) for one in rounds.order_by("fiscal_year", "number")),
        Milestone.objects.filter(state=GateState.HELD).count(),
        overdue(today).count(),
        len(goals_behind(goals, today)),
        len(goals_untold(goals, today)),
    )

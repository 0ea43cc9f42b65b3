"""Goals beside what was reached of them."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from kakehashi.systems.portfolio.models import Goal, GoalActual


def goals_reached(goals: QuerySet[Goal], *, on: date) -> list[tuple[Goal, GoalActual | None]]:
    """Each goal with the latest that was told of it up to a day: of a yearly goal within a year, of others in all."""
    latest: dict[tuple[int, bool], GoalActual] = {}
    told = GoalActual.objects.filter(goal__in=goals.order_by(), as_of__lte=on, replaced_by=None)
    for actual in told.order_by("as_of", "pk"):
        latest[(actual.goal_id, actual.cumulative)] = actual
    return [(goal, latest.get((goal.pk, not goal.yearly))) for goal in goals]


HALF_A_YEAR = timedelta(days=183)


def goals_behind(
    reached: Iterable[tuple[Goal, GoalActual | None]], today: date
) -> list[tuple[Goal, GoalActual | None]]:
    """Of these those whose target is not reached though their day (the term's last one where they have none) has
    passed, or comes within half a year."""
    late = []
    for goal, actual in reached:
        due = goal.due or goal.term.ends
        missed = goal.target is not None and (actual is None or actual.value < goal.target)
        if missed and due is not None and due <= today + HALF_A_YEAR:
            late.append((goal, actual))
    return late

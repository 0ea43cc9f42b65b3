"""Goals beside what was reached of them."""

from datetime import date

from django.db.models import QuerySet

from kakehashi.systems.portfolio.models import Goal, GoalActual


def goals_reached(goals: QuerySet[Goal], *, on: date) -> list[tuple[Goal, GoalActual | None]]:
    """Each goal with the latest that was told of it up to a day: of a yearly goal within a year, of others in all."""
    latest: dict[tuple[int, bool], GoalActual] = {}
    told = GoalActual.objects.filter(goal__in=goals.order_by(), as_of__lte=on)
    for actual in told.order_by("as_of", "pk"):
        latest[(actual.goal_id, actual.cumulative)] = actual
    return [(goal, latest.get((goal.pk, not goal.yearly))) for goal in goals]

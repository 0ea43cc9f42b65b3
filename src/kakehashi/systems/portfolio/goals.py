"""Goals beside what was reached of them."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from kakehashi.systems.portfolio.models import Goal, GoalActual, Standing

SURER = (Standing.EXPECTED, Standing.UNSAID, Standing.PROVISIONAL, Standing.FINAL)
"""How sure a report is, the surest last."""


def goals_reached(goals: QuerySet[Goal], *, on: date) -> list[tuple[Goal, GoalActual | None]]:
    """Each goal with the latest that was told of it up to a day, of one day the surest: of a yearly goal within a year,
    of others in all."""
    latest: dict[tuple[int, bool], GoalActual] = {}
    told = GoalActual.objects.filter(goal__in=goals.order_by(), as_of__lte=on, replaced_by=None)
    for actual in sorted(told, key=lambda one: (one.as_of, SURER.index(one.standing), one.pk)):
        latest[(actual.goal_id, actual.cumulative)] = actual
    return [(goal, latest.get((goal.pk, not goal.yearly))) for goal in goals]


def goals_met(reached: Iterable[tuple[Goal, GoalActual | None]]) -> tuple[int, int]:
    """How many are met, of how many that have a target and of which something was told."""
    judged = [actual.value >= goal.target for goal, actual in reached if goal.target is not None and actual is not None]
    return sum(judged), len(judged)


HALF_A_YEAR = timedelta(days=183)


def goals_behind(
    reached: Iterable[tuple[Goal, GoalActual | None]], today: date
) -> list[tuple[Goal, GoalActual | None]]:
    """Of these those of which less than the target was told though their day (the term's last one where they have none)
    has passed, or comes within half a year."""
    return [
        (goal, actual)
        for goal, actual in reached
        if goal.target is not None and actual is not None and actual.value < goal.target and is_due(goal, today)
    ]


def goals_untold(
    reached: Iterable[tuple[Goal, GoalActual | None]], today: date
) -> list[tuple[Goal, GoalActual | None]]:
    """Of these those with a target of which nothing was told, though their day has passed or comes within half a year:
    whether they are behind nobody can say."""
    return [
        (goal, None) for goal, actual in reached if goal.target is not None and actual is None and is_due(goal, today)
    ]


def is_due(goal: Goal, today: date) -> bool:
    """Whether a goal's day has passed or comes within half a year."""
    due = goal.due or goal.term.ends
    return due is not None and due <= today + HALF_A_YEAR

"""What a change by hand costs: bounds for all requests at once, and the exact price of one change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from kakehashi.engines.allocation.bounding import upper_bounds
from kakehashi.engines.allocation.choosing import Choice, Impossible, best
from kakehashi.engines.allocation.conditions import Budget, Condition, Fund, Leave, Problem
from kakehashi.engines.allocation.model import Model


@dataclass(frozen=True)
class Bound:
    """Of one request: is it ``granted`` now, and if it were the other way round, the sum of scores would be at most
    ``most_value``, so that at least ``least_lost`` would be lost. 0 means that the bound cannot tell."""

    id: str
    granted: bool
    most_value: Decimal
    least_lost: Decimal


@dataclass(frozen=True)
class Price:
    """What one change costs: ``lost`` of the sum of scores (below 0: gained), and what is chosen then.

    Where the change leaves nothing possible, ``lost`` and ``choice`` are None and ``clash`` names the conditions.
    """

    change: Fund | Leave | Budget
    lost: Decimal | None
    choice: Choice | None
    clash: tuple[Condition, ...] = ()


def bounds(problem: Problem, choice: Choice) -> tuple[Bound, ...]:
    """For every request, by id, what forcing it in or out costs at least. One linear programme for all."""
    model = Model.of(problem)
    limits = upper_bounds(model, model.values, model.rows(problem.all_conditions), range(len(model.values)))
    if limits is None:
        raise ValueError("the choice is not one of this problem, whose conditions cannot be met")
    found = []
    for name, group, without in zip(model.ids, model.groups, limits.without, strict=True):
        granted = name in choice.ids
        most = model.value_of(without if granted else max(limits.with_level[one] for one in group))
        most = min(most, choice.value)
        found.append(Bound(name, granted, most, choice.value - most))
    return tuple(found)


def price(problem: Problem, choice: Choice, change: Fund | Leave | Budget, *, seconds: float | None = None) -> Price:
    """The exact price of granting a request, leaving it out, or another budget: solved again, all else free to move.

    ``choice`` is the best one of ``problem``. Raises NotProved.
    """
    if isinstance(change, Budget):
        changed = replace(problem, budget_yen=change.yen)
    else:
        changed = replace(problem, conditions=(*problem.conditions, change))
        if _is_met(choice, change):
            return Price(change, Decimal(0), choice)
    try:
        then = best(changed, seconds=seconds)
    except Impossible as error:
        return Price(change, None, None, error.conditions)
    return Price(change, choice.value - then.value, then)


def _is_met(choice: Choice, change: Fund | Leave) -> bool:
    """Whether the best choice is as the change wants it anyway; it is the best one with the change too."""
    if isinstance(change, Leave):
        return change.id not in choice.ids
    return any(one.id == change.id and change.level in (None, one.level) for one in choice.granted)

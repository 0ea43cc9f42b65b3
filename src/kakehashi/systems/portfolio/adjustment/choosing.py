"""The exact best choice among a round's requests, what a change by hand costs, and what clashes where there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from kakehashi.engines.allocation import (
    Budget,
    Choice,
    Condition,
    Fund,
    Impossible,
    Leave,
    Limit,
    NotProved,
    Price,
    Problem,
    Request,
    best,
    bounds,
    price,
)
from kakehashi.kernel.errors import Conflict
from kakehashi.systems.portfolio.adjustment import conditions
from kakehashi.systems.portfolio.adjustment.states import RequestState
from kakehashi.systems.portfolio.figures import term_of
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, IntegratedProject
from kakehashi.systems.portfolio.placements import places

SECONDS = 20.0
"""No call of the solver may take longer: a page waits for it. 500 requests hardly ever take more than one."""


@dataclass(frozen=True)
class Standing:
    """What is best as requests and points stand now: the choice, and for each request what changing it costs at least
    (points); or the conditions that clash."""

    choice: Choice | None
    least_lost: Mapping[str, Decimal]
    clash: tuple[Condition, ...] = ()


def id_of(request: AdjustmentRequest) -> str:
    """What a request is called in the problem; of equally good choices the earlier is taken."""
    return f"{request.number:05d}"


def problem_of(of_round: AdjustmentRound) -> Problem:
    """The scored requests of a round with its budget and its side conditions."""
    scored = of_round.requests.exclude(state__in=(RequestState.DRAFT, RequestState.SUBMITTED)).exclude(points=None)
    rows = list(scored.select_related("award__programme", "award__area").order_by("number"))
    tags = _tags(of_round.fiscal_year, rows)
    asked = tuple(Request.of(id_of(one), one.amount_yen, one.points or Decimal(0), tags[one.pk]) for one in rows)
    limits = tuple(one.limit for one in conditions.read(of_round.conditions))
    return Problem(asked, of_round.budget_yen, limits)


@lru_cache(maxsize=64)
def standing(problem: Problem) -> Standing:
    """The best choice of a problem. Raises Conflict where it could not be proved in time."""
    try:
        choice = best(problem, seconds=SECONDS)
    except Impossible as error:
        return Standing(None, {}, error.conditions)
    except NotProved as error:
        raise Conflict(_unproved()) from error
    return Standing(choice, {one.id: one.least_lost for one in bounds(problem, choice)})


@lru_cache(maxsize=256)
def price_of(problem: Problem, id: str) -> Price:
    """What it costs, exactly, to have one request otherwise than in the best choice. Raises Conflict without one."""
    choice = standing(problem).choice
    if choice is None:
        raise Conflict(_("No choice meets all conditions: change one of them first."))
    try:
        return price(problem, choice, Leave(id) if id in choice.ids else Fund(id), seconds=SECONDS)
    except NotProved as error:
        raise Conflict(_unproved()) from error


def points_by_hand(problem: Problem, chosen: Collection[str]) -> Decimal:
    """The points of a choice made by hand. Raises Conflict naming the conditions that it breaks, and by how much."""
    granted = [one for one in problem.requests if one.id in chosen]
    checked = [one for one in problem.all_conditions if isinstance(one, Budget | Limit)]
    broken = [(one, total) for one in checked if (total := _total(granted, one)) is not None]
    if broken:
        told = " ".join(conditions.broken_in_words(one, total) for one, total in broken)
        raise Conflict(_("This choice breaks a condition of the round: %(conditions)s") % {"conditions": told})
    return sum((Decimal(one.levels[0].score) for one in granted), Decimal(0))


def _total(granted: Sequence[Request], condition: Budget | Limit) -> int | None:
    """What the chosen come to by a condition that they break; None where they keep it."""
    if isinstance(condition, Budget):
        yen = sum(one.levels[0].amount_yen for one in granted)
        return yen if yen > condition.yen else None
    bound = [one for one in granted if condition.tag is None or condition.tag in one.tags]
    total = len(bound) if condition.unit == "count" else sum(one.levels[0].amount_yen for one in bound)
    least, most = condition.at_least, condition.at_most
    return total if (least is not None and total < least) or (most is not None and total > most) else None


def _tags(fiscal_year: int, rows: list[AdjustmentRequest]) -> dict[int, set[str]]:
    term = term_of(fiscal_year)
    of_programme, of_award = places(term, fiscal_year) if term else ({}, {})
    codes = dict(IntegratedProject.objects.values_list("pk", "code"))
    tags: dict[int, set[str]] = {}
    for one in rows:
        award, programme = one.award, one.award.programme
        project = of_award.get(award.pk) or (of_programme.get(programme.pk) if programme else None)
        tags[one.pk] = {
            f"{axis}:{code}"
            for axis, code in (
                ("ministry", programme.ministry if programme else ""),
                ("programme", programme.code if programme else ""),
                ("project", codes[project] if project else ""),
                ("area", award.area.code if award.area else ""),
            )
            if code
        }
    return tags


def _unproved() -> str:
    return _("The best choice could not be proved in time. Try again, or with fewer side conditions.")

"""Goals counted from outputs, to stand beside what was reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year, fiscal_year_days
from kakehashi.systems.portfolio.behind import placed_in
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import Column
from kakehashi.systems.portfolio.columns.credited import Counting, Credits, credits
from kakehashi.systems.portfolio.columns.placing import Placing
from kakehashi.systems.portfolio.models import Goal, GoalActual, Output, OutputKind, PlanTerm
from kakehashi.systems.portfolio.outputs.counting import credits_in_force, outputs_counting

TOP_PAPER = "top_paper"
"""Beside the kinds of outputs: papers in top journals alone."""
COUNTED_FROM = {
    "term2-approvals": OutputKind.APPROVAL,
    "term2-licences": OutputKind.LICENCE,
    "term2-non-clinical-poc": OutputKind.NON_CLINICAL_POC,
    "term2-top-journals": TOP_PAPER,
    "drug-licences": OutputKind.LICENCE,
    "regenerative-approvals": OutputKind.APPROVAL,
    "rare-approvals": OutputKind.APPROVAL,
    "rare-cancer-approvals": OutputKind.APPROVAL,
}
"""What the published goals are counted from, by code; several kinds would stand with commas between them."""


@dataclass(frozen=True)
class Counted:
    """What outputs come to as of a day, and since which day; ``reported`` of the same day, where there is one."""

    goal: Goal
    as_of: date
    since: date
    number: int
    reported: GoalActual | None

    @property
    def differs(self) -> bool:
        """Whether what was reported is not what the rows come to."""
        return self.reported is not None and self.reported.value != self.number


def name_what_is_counted() -> None:
    """Say of each published goal what it is counted from, where nothing is said yet."""
    for code, results in COUNTED_FROM.items():
        Goal.objects.filter(code=code, results="").update(results=results)


def counted(reached: Iterable[tuple[Goal, GoalActual | None]]) -> dict[int, Counted]:
    """By goal what its outputs come to on the day of its report, today where there is none; goals that name no kind of
    outputs are left out."""
    told: dict[int, Counted] = {}
    projects: dict[tuple[PlanTerm, int], Column] = {}
    found: Credits | None = None
    for goal, actual in reached:
        if goal.results:
            found = found or credits(held.awards())
            day = actual.as_of if actual else timezone.localdate()
            since, _until = span_of(goal, day)
            told[goal.pk] = Counted(goal, day, since, _number(goal, day, found, projects), actual)
    return told


def counting_towards(goals: Iterable[Goal], on: date, outputs: Collection[int]) -> list[tuple[Goal, set[int]]]:
    """The goals that some of these outputs count towards as of a day, each with those that do (primary keys)."""
    found, projects = credits(held.awards()), dict[tuple[PlanTerm, int], Column]()
    asked = found.rows.output.among(outputs)
    told = [
        (goal, {key for part in _counting(goal, on, found, projects) for key in part.outputs(asked)})
        for goal in goals
        if goal.results
    ]
    return [(goal, keys) for goal, keys in told if keys]


def _number(goal: Goal, on: date, found: Credits, projects: dict[tuple[PlanTerm, int], Column]) -> int:
    return sum(part.number() for part in _counting(goal, on, found, projects))


def _counting(goal: Goal, on: date, found: Credits, projects: dict[tuple[PlanTerm, int], Column]) -> Iterator[Counting]:
    """The outputs that ``outputs_of`` lists, those of a project's goal year by year (an output comes in one).
    ``projects``: of each award by term and year, filled as they are asked."""
    first, last = span_of(goal, on)
    kinds = kinds_of(goal)
    top_papers = OutputKind.PAPER if TOP_PAPER in kinds else ""
    came = found.between(first, last, on).of_kinds(kinds, top_papers=top_papers)
    if goal.project is None:
        yield came
        return
    for year, those in came.by_year():
        scheme = (goal.project.term, year)
        if scheme not in projects:
            projects[scheme] = Placing(found.awards, *scheme).of_awards()
        yield those.of(projects[scheme].is_(goal.project.pk))


def kinds_of(goal: Goal) -> list[str]:
    """The kinds of outputs that a goal counts, TOP_PAPER among them."""
    return [key for one in goal.results.split(",") if (key := one.strip())]


def span_of(goal: Goal, on: date) -> tuple[date, date]:
    """From when until when a goal counts: its fiscal year where it is yearly, else its term up to the day."""
    if goal.yearly:
        return fiscal_year_days(fiscal_year(on))
    return goal.term.begins, min(goal.term.ends or on, on)


def outputs_of(goal: Goal, on: date) -> QuerySet[Output]:
    """The outputs that a goal counts as of a day, each once; of a project's goal those of awards placed in it."""
    first, last = span_of(goal, on)
    keys = kinds_of(goal)
    kinds = Q(kind__in=[key for key in keys if key != TOP_PAPER])
    if TOP_PAPER in keys:
        kinds |= Q(kind=OutputKind.PAPER, top_journal=True)
    rows = outputs_counting(on).filter(kinds, on__gte=first, on__lte=last)
    if goal.project is None:
        return rows
    there = Q(pk__in=[])
    for year in sorted({fiscal_year(day) for day in rows.order_by().values_list("on", flat=True).distinct()}):
        begins, ends = fiscal_year_days(year)
        inside = credits_in_force(on).filter(placed_in(goal.project, year, "award__programme_id", "award_id"))
        there |= Q(on__gte=begins, on__lte=ends, pk__in=inside.order_by().values("output_id"))
    return rows.filter(there)

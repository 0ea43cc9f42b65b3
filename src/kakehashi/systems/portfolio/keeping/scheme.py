"""A term's scheme as of a fiscal year: each project with what counts in it, and what is placed nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.models import IntegratedProject, Placement, PlanTerm, Programme, SharedBudget
from kakehashi.systems.portfolio.placements import counting_in


@dataclass
class Placed:
    """A project of a term: programmes and awards that count in it, and budgets that it shows again."""

    project: IntegratedProject
    programmes: list[Placement] = field(default_factory=list)
    awards: list[Placement] = field(default_factory=list)
    again: list[SharedBudget] = field(default_factory=list)


def scheme_of(term: PlanTerm, fiscal_year: int) -> list[Placed]:
    """The projects of a term in their order, each with what counts in it on the last day of the year."""
    rows = {one.pk: Placed(one) for one in term.projects.select_related("term").order_by("order", "code")}
    for one in _latest(term, fiscal_year):
        (rows[one.project_id].programmes if one.award_id is None else rows[one.project_id].awards).append(one)
    for share in SharedBudget.objects.filter(project__term=term, fiscal_year=fiscal_year).select_related("programme"):
        rows[share.project_id].again.append(share)
    return list(rows.values())


def not_placed(term: PlanTerm, fiscal_year: int) -> list[Programme]:
    """The programmes of a year that count in no project of the term."""
    placed = {one.programme_id for one in _latest(term, fiscal_year)}
    return [one for one in programmes_of(fiscal_year) if one.pk not in placed]


def under_every_term(terms: Sequence[PlanTerm], fiscal_year: int) -> list[tuple[Programme, list[list[str]]]]:
    """Each programme of a year with the projects that it counts in under each term, in the terms' order."""
    where: defaultdict[tuple[int | None, int], list[str]] = defaultdict(list)
    for term in terms:
        for one in _latest(term, fiscal_year):
            if one.award_id is None:
                where[(one.programme_id, term.pk)].append(one.project.label())
    return [(one, [where[(one.pk, term.pk)] for term in terms]) for one in programmes_of(fiscal_year)]


def programmes_of(fiscal_year: int) -> list[Programme]:
    """The programmes that are there on some day of a fiscal year, as far as their days are said."""
    first, last = fiscal_year_days(fiscal_year)
    begun, lasts = Q(begins=None) | Q(begins__lte=last), Q(ends=None) | Q(ends__gte=first)
    return list(Programme.objects.filter(begun, lasts).order_by("ministry", "name"))


def _latest(term: PlanTerm, fiscal_year: int) -> list[Placement]:
    """The placements that hold: of several of one thing the latest."""
    rows = Placement.objects.filter(counting_in(fiscal_year), project__term=term).order_by("pk")
    rows = rows.select_related("project", "programme", "award")
    latest = {(one.programme_id, one.award_id): one for one in rows}
    return sorted(latest.values(), key=_order)


def _order(one: Placement) -> tuple[str, str]:
    """Programmes by ministry, then by name; awards by number."""
    return (one.programme.ministry, one.programme.label()) if one.programme else ("", str(one.award))

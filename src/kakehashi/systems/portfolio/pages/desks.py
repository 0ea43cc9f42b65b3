"""The desks of an agency's people: officers' and supervisors' awards, a director's project, a coordinator's area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import Column, Listing, address
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import drawing
from kakehashi.systems.portfolio.databook.dimensions import NOTHING
from kakehashi.systems.portfolio.desks import rules
from kakehashi.systems.portfolio.desks.areas import AreaOfYear, total_of
from kakehashi.systems.portfolio.desks.needs import Need, counts_of, most_urgent, rows_of, with_related
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.models import Award, DiseaseArea, IntegratedProject
from kakehashi.systems.portfolio.offices.queries import awards_under, held_by
from kakehashi.systems.portfolio.pages.agency import goals_of, headlines, line_of, programme_lines
from kakehashi.systems.portfolio.pages.asking import Asked, asked
from kakehashi.systems.portfolio.pages.awards import AWARDS
from kakehashi.systems.portfolio.pages.milestones import OVERDUE
from kakehashi.systems.portfolio.pages.outputs import OUTPUTS
from kakehashi.systems.portfolio.pages.pairing import ENDING
from kakehashi.systems.portfolio.placements import places

REQUESTS = Listing(
    "adjustment_requests_waiting",
    columns=(
        Column("code", gettext_lazy("Number"), lambda one: one.code, short=True),
        Column("award", gettext_lazy("Award"), lambda one: one.award.number, sort="award__number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.award.label(), wide=True),
        Column("amount", gettext_lazy("Amount (yen)"), lambda one: one.amount_yen, sort="amount_yen", number=True),
        Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), sort="state"),
    ),
    order="requested_at",
    row_link=lambda one: reverse("portfolio:adjustment_request", args=[one.round.code, one.number]),
)
TABLES = {
    Need.OVERDUE: OVERDUE,
    Need.GATES: OVERDUE,
    Need.OUTPUTS: OUTPUTS,
    Need.ENDING: ENDING,
    Need.REQUESTS: REQUESTS,
}


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Where one begins in the portfolio, by role; the agency's page for those who have no desk."""
    for rule, view in rules.DESKS:
        if rule(request.user):
            return redirect(view)
    return redirect("portfolio:agency")


@login_required
@require_GET
def my_awards(request: HttpRequest) -> HttpResponse:
    """An officer's or a supervisor's awards: what needs them today, and the programmes they hold."""
    audit.insist(rules.may_use_officers(request.user), by=request.user, action="portfolio.read")
    wanted = asked(request)
    held = list(held_by(request.user, *rules.OF_PROGRAMMES))
    desk = desk_of(request, Award.objects.filter(awards_under(held)))
    if isinstance(desk, HttpResponse):
        return desk
    programmes = {one.programme_id for one in held if one.programme_id}
    context = wanted.choices() | desk | {"held": held, "vacant": not held}
    if programmes and not desk["show"]:
        told = book(wanted.year, wanted.term.number if wanted.term else None)
        context["programmes"] = programme_lines(wanted, told, programmes)
    return render(request, "portfolio/my_awards.html", context)


@login_required
@require_GET
def my_project(request: HttpRequest) -> HttpResponse:
    """A director's integrated project: its figures, what needs somebody today, its programmes and goals."""
    audit.insist(rules.may_use_directors(request.user), by=request.user, action="portfolio.read")
    wanted, held = asked(request), list(held_by(request.user, Role.PROGRAMME_DIRECTOR))
    chosen = _chosen(request, "project", [one.project for one in held if one.project])
    if not isinstance(chosen, IntegratedProject):
        return render(request, "portfolio/my_project.html", wanted.choices() | {"vacant": True})
    wanted = replace(wanted, term=chosen.term)
    desk = desk_of(request, Award.objects.filter(awards_under(one for one in held if one.project == chosen)))
    if isinstance(desk, HttpResponse):
        return desk
    context = wanted.choices() | desk | {"project": chosen, "kept": [("project", chosen.code)]}
    context["subjects"] = _subjects("project", chosen, [one.project for one in held if one.project])
    if not desk["show"]:
        context |= _of_project(wanted, chosen)
    return render(request, "portfolio/my_project.html", context)


def _of_project(wanted: Asked, project: IntegratedProject) -> dict[str, Any]:
    now, before = (book(year, project.term.number) for year in (wanted.year, wanted.year - 1))
    of_programme, _of_award = places(project.term, wanted.year)
    here = {programme for programme, where in of_programme.items() if where == project.pk and programme}
    goals = goals_of(wanted, project)
    told = [(goal, actual) for goal, actual in goals if actual is not None]
    figures = now.projects[project.pk], before.projects[project.pk]
    return {
        "as_of": now.as_of,
        "headlines": headlines(wanted, *figures, goals, f"project={project.code}"),
        "programmes": programme_lines(wanted, now, here),
        "goals": mark_safe(drawing.goals_plot(told)) if told else "",  # noqa: S308  its texts are escaped
        "untold": len(goals) - len(told),
    }


@login_required
@require_GET
def my_area(request: HttpRequest) -> HttpResponse:
    """A coordinator's disease area across the integrated projects."""
    audit.insist(rules.may_use_coordinators(request.user), by=request.user, action="portfolio.read")
    wanted, held = asked(request), list(held_by(request.user, Role.DISEASE_COORDINATOR))
    chosen = _chosen(request, "area", [one.area for one in held if one.area])
    if not isinstance(chosen, DiseaseArea):
        return render(request, "portfolio/my_area.html", wanted.choices() | {"vacant": True})
    desk = desk_of(request, Award.objects.filter(area=chosen))
    if isinstance(desk, HttpResponse):
        return desk
    context = wanted.choices() | desk | {"area": chosen, "kept": [("area", chosen.code)]}
    context["subjects"] = _subjects("area", chosen, [one.area for one in held if one.area])
    if not desk["show"]:
        context |= _of_area(wanted, chosen, str(context["year_name"]))
    return render(request, "portfolio/my_area.html", context)


def _of_area(wanted: Asked, area: DiseaseArea, year_name: str) -> dict[str, Any]:
    told = AreaOfYear(area, wanted.year)
    lines = told.lines(wanted.term)
    projects = IntegratedProject.objects.in_bulk([key for key in lines if key])
    part = f"area={area.code}"
    rows = [
        _area_line(wanted, projects[key].label(), lines[key], f"{part}&project={projects[key].code}")
        if key
        else _area_line(wanted, _("Not placed in this term"), lines[key], f"{part}&project={NOTHING}")
        for key in sorted(lines, key=lambda one: projects[one].order if one else 10**6)
    ]
    flow, paid = told.phases()
    return {
        "lines": [*rows, _area_line(wanted, _("The whole disease area"), total_of(lines), part)],
        "flow": mark_safe(drawing.flow_plot(flow, paid, year_name)),  # noqa: S308  its texts are escaped
    }


def _area_line(wanted: Asked, name: str, figures: Any, part: str) -> dict[str, Any]:
    """A line without what an area has none of: a budget, and parts of others' budgets."""
    line = line_of(wanted, name, "", figures, part)
    return line | {"cells": [cell for place, cell in enumerate(line["cells"]) if place in (1, 2, 4, 5)]}


def desk_of(request: HttpRequest, awards: QuerySet[Award]) -> dict[str, Any] | HttpResponse:
    """What needs somebody among these awards: the most urgent of all sorts, or one sort's list (``show``); its CSV."""
    today, show = timezone.localdate(), request.GET.get("show", "")
    said: dict[str, Any] = {"today": today, "show": show}
    rows: QuerySet[Any] | None = None
    table = AWARDS
    if show in Need.values:
        kind = Need(show)
        table, rows = TABLES[kind], with_related(kind, rows_of(kind, awards.order_by(), today))
        said["caption"] = kind.label
    elif show == "awards":
        rows = awards.select_related("programme", "organisation", "area")
        said["caption"] = _("All of these awards")
    elif show:
        raise NotFound(_("This list"))
    if rows is not None and request.GET.get("format") == "csv":
        return table.csv(request, rows)
    if rows is not None:
        said |= {"table": table.show(request, rows), "items": []}
        counts = counts_of(awards.order_by(), today)
    else:
        items, counts = most_urgent(awards.order_by(), today)
        late = [(item, item.days_late(today)) for item in items]
        said["items"] = [(item, max(days, 0), max(-days, 0)) for item, days in late]
    said["needing"] = sum(counts.values())
    tabs: list[tuple[str, Any, int]] = [("", _("Today"), said["needing"])]
    tabs += [(str(kind), kind.label, number) for kind, number in counts.items()]
    tabs += [("awards", _("All awards"), awards.count())]
    said["tabs"] = [
        {"label": label, "count": f"{number:,}", "current": key == show, "url": _tab(request, key)}
        for key, label, number in tabs
    ]
    return said


def _tab(request: HttpRequest, key: str) -> str:
    """The address of a list; what belongs to another list's table is left behind."""
    kept = {"year", "term", "project", "area"}
    return address(request, **{one: None for one in request.GET if one not in kept} | {"show": key or None})


def _chosen(request: HttpRequest, name: str, subjects: Sequence[Any]) -> Any:
    """The project or area of the address, else the latest given; None without any. Raises NotFound for another's."""
    code = request.GET.get(name, "")
    if not code:
        return subjects[-1] if subjects else None
    found = next((one for one in subjects if one.code == code), None)
    if found is None:
        raise NotFound(_("This page"))
    return found


def _subjects(name: str, chosen: Any, subjects: Sequence[Any]) -> list[dict[str, Any]]:
    """Tabs between several projects or areas of one person; none for one."""
    if len(subjects) < 2:
        return []
    return [{"label": one.label(), "url": f"?{name}={one.code}", "current": one == chosen} for one in subjects]

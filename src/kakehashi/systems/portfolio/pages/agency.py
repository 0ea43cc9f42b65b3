"""The agency on one page: six figures, awards from basic to practical use, goals, projects and programmes of a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio import drawing, rules
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import tally
from kakehashi.systems.portfolio.comparing.published import made_up_outputs, recorded_outputs
from kakehashi.systems.portfolio.databook.dimensions import NOTHING
from kakehashi.systems.portfolio.desks.deciding import waiting_for_president
from kakehashi.systems.portfolio.desks.rules import is_president
from kakehashi.systems.portfolio.figures import Book, Figures, book, totals, years_of
from kakehashi.systems.portfolio.goals import goals_behind, goals_met, goals_reached, goals_untold
from kakehashi.systems.portfolio.involving.telling import lines_of
from kakehashi.systems.portfolio.milestones.actions import overdue
from kakehashi.systems.portfolio.models import Goal, GoalActual, IntegratedProject, Ministry, Output, Programme
from kakehashi.systems.portfolio.money import exact, said
from kakehashi.systems.portfolio.offices.queries import holders_of
from kakehashi.systems.portfolio.outputs.goals import counted
from kakehashi.systems.portfolio.pages.asking import Asked, asked
from kakehashi.systems.portfolio.placements import places


@dataclass(frozen=True)
class Headline:
    """One of the six figures: what, how much, how it changed since the year before, and where its rows are."""

    label: str
    value: str
    exact: str
    change: str
    url: str


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The whole agency in one fiscal year."""
    wanted = asked(request)
    now = book(wanted.year, wanted.term.number if wanted.term else None)
    before = totals([wanted.year - 1])[wanted.year - 1]
    goals = goals_of(wanted)
    told_goals = [(goal, actual) for goal, actual in goals if actual is not None]
    flow, paid = by_phase(wanted.year)
    choices = wanted.choices()
    context: dict[str, Any] = (
        choices
        | {
            "as_of": now.as_of,
            "overdue": overdue(timezone.localdate()).count(),
            "deciding": waiting_for_president() if is_president(request.user) else None,
            "headlines": headlines(wanted, now.total, before, goals),
            "flow": mark_safe(drawing.flow_plot(flow, paid, choices["year_name"])),  # noqa: S308  its texts are escaped
            "goals": mark_safe(drawing.goals_plot(told_goals)),  # noqa: S308
            "untold": len(goals) - len(told_goals),
            "no_results": no_results_in(wanted.year) if not any(now.total.results.values()) else "",
            "projects": project_lines(wanted, now),
            "programmes": programme_lines(wanted, now),
            "ministries": ministry_lines(wanted, now),
            "empty": not wanted.years[1:] and not now.programmes,
        }
    )
    return render(request, "portfolio/agency.html", context)


def no_results_in(year: int) -> str:
    """Why no result counts in a year: when those came that are recorded here, so that nobody takes nought for a result.

    "" where none is recorded at all, or some of them came in that year.
    """
    days = Output.objects.order_by("on").values_list("on", flat=True)
    first, last = days.first(), days.last()
    if first is None or last is None:
        return ""
    begins, ends = fiscal_year_days(year)
    if first <= ends and last >= begins:
        return ""
    text = _("No output recorded on this node came in this year: those that are came between %(first)s and %(last)s.")
    return text % {"first": first, "last": last}


def headlines(
    wanted: Asked, now: Figures, before: Figures, goals: list[tuple[Goal, GoalActual | None]], part: str = ""
) -> list[Headline]:
    """The six figures of the first row; ``part``: of which part of the book, as the addresses of rows name it."""
    query = f"{wanted.query}&{part}" if part else wanted.query
    told = [
        _money(query, what, label, sum(getattr(now, what).values()), sum(getattr(before, what).values()))
        for what, label in (("budgeted", _("Budgeted")), ("committed", _("Committed")), ("spent", _("Spent")))
    ]
    awards = reverse("portfolio:awards")
    told.append(_count(_("Awards"), now.awards, before.awards, f"{awards}?{query}"))
    told.append(_count(_("New awards"), now.new, before.new, f"{awards}?{query}&began=new"))
    untold = sum(1 for goal, actual in goals if goal.target is not None and actual is None)
    note = ngettext("%(number)s not told yet", "%(number)s not told yet", untold) % {"number": untold} if untold else ""
    told.append(Headline(_("Goals met"), "{} / {}".format(*goals_met(goals)), "", note, "#goals"))
    return told


def _money(query: str, what: str, label: str, now: int, before: int) -> Headline:
    url = f"{reverse('portfolio:rows', args=[what])}?{query}"
    return Headline(label, said(now), exact(now), _change(now - before, said(abs(now - before)), before), url)


def _count(label: str, now: int, before: int, url: str) -> Headline:
    return Headline(label, f"{now:,}", "", _change(now - before, f"{abs(now - before):,}", before), url)


def _change(difference: int, words: str, before: int) -> str:
    if not before:
        return _("nothing to compare with")
    if not difference:
        return _("as the year before")
    return (_("%(much)s more than the year before") if difference > 0 else _("%(much)s less than the year before")) % {
        "much": words
    }


def goals_of(wanted: Asked, project: IntegratedProject | None = None) -> list[tuple[Goal, GoalActual | None]]:
    """The goals of the term (of one of its projects), each with the latest that was told of it."""
    if wanted.term is None:
        return []
    rows = Goal.objects.filter(term=wanted.term).select_related("term").order_by("project__order", "code")
    if project is not None:
        rows = rows.filter(project=project)
    return goals_reached(rows, on=timezone.localdate())


def by_phase(year: int) -> tuple[dict[str, int], dict[str, int]]:
    """Awards of a year by phase, and the yen committed to them."""
    accounts = held.accounts([year])[year]
    phase = accounts.awards.phase
    awarded = accounts.awarded
    return (
        dict(tally([phase.at(accounts.awards.running_in(year))])),
        dict(tally([phase.at(accounts.award[awarded])], accounts.yen[awarded])),
    )


def project_lines(wanted: Asked, told: Book) -> list[dict[str, Any]]:
    """The integrated projects of the term, and what has no place among them."""
    projects = IntegratedProject.objects.in_bulk([one for one in told.projects if one])
    order = sorted(told.projects, key=lambda one: projects[one].order if one else 10**6)
    lines = []
    for key in order:
        line = told.projects[key]
        if key is None and not (line.awards or any(line.budgeted.values())):
            continue
        name = projects[key].label() if key else _("Not placed in this term")
        url = f"{reverse('portfolio:project', args=[projects[key].code])}?{wanted.query}" if key else ""
        narrowed = f"project={projects[key].code if key else NOTHING}"
        lines.append(line_of(wanted, name, url, line, narrowed))
    return lines


def programme_lines(wanted: Asked, told: Book, only: set[int] | None = None) -> list[dict[str, Any]]:
    """The programmes with money or awards in the year, most money first."""
    programmes = Programme.objects.in_bulk([one for one in told.programmes if one])
    lines = []
    for key, line in sorted(told.programmes.items(), key=lambda one: -sum(one[1].budgeted.values())):
        if only is not None and key not in only:
            continue
        name = programmes[key].label() if key else _("No programme")
        url = f"{reverse('portfolio:programme', args=[programmes[key].code])}?{wanted.query}" if key else ""
        lines.append(line_of(wanted, name, url, line, f"programme={programmes[key].code if key else NOTHING}"))
    return lines


def ministry_lines(wanted: Asked, told: Book) -> list[dict[str, Any]]:
    """The ministries whose money it is."""
    return [
        line_of(wanted, str(Ministry(code).label), "", line, f"ministry={code}")
        for code, line in told.ministries.items()
    ]


def line_of(wanted: Asked, name: str, url: str, line: Figures, narrowed: str) -> dict[str, Any]:
    """A row of a table: each figure with the address of its rows."""

    def rows(what: str) -> str:
        return f"{reverse('portfolio:rows', args=[what])}?{wanted.query}&{narrowed}"

    awards = f"{reverse('portfolio:awards')}?{wanted.query}&{narrowed}"
    cells = [
        {"label": label, "text": said(yen), "title": exact(yen), "url": rows(what) if yen else ""}
        for what, label, yen in (
            ("budgeted", _("Budgeted"), sum(line.budgeted.values())),
            ("committed", _("Committed"), sum(line.committed.values())),
            ("spent", _("Spent"), sum(line.spent.values())),
        )
    ]
    cells += [
        {
            "label": _("Shown again"),
            "text": said(line.shown_again) if line.shown_again else "",
            "title": exact(line.shown_again) if line.shown_again else "",
            "url": f"{url}#again-heading" if line.shown_again else "",
        },
        {"label": _("Awards"), "text": f"{line.awards:,}", "title": "", "url": awards if line.awards else ""},
        {
            "label": _("of these new"),
            "text": f"{line.new:,}",
            "title": "",
            "url": f"{awards}&began=new" if line.new else "",
        },
        {
            "label": _("Results"),
            "text": f"{sum(line.results.values()):,}",
            "title": "",
            "url": f"{reverse('portfolio:outputs')}?{wanted.query}&{narrowed}" if line.results else "",
        },
    ]
    return {"name": name, "url": url, "cells": cells}


@login_required
@require_GET
def project(request: HttpRequest, code: str) -> HttpResponse:
    """One integrated project: its figures, programmes and goals. Raises NotFound where there is none."""
    wanted = asked(request)
    one = IntegratedProject.objects.filter(term=wanted.term, code=code).select_related("term").first()
    if one is None:
        raise NotFound(_("This integrated project"))
    told = book(wanted.year, one.term.number)
    of_programme, _of_award = places(one.term, wanted.year)
    here = {programme for programme, where in of_programme.items() if where == one.pk and programme}
    goals = goals_of(wanted, one)
    context = wanted.choices() | {
        "as_of": told.as_of,
        "project": one,
        "may_keep": bool(rules.may_keep_structure(request.user)),
        "holders": holders_of(one),
        "line": line_of(wanted, one.label(), "", told.projects[one.pk], f"project={one.code}"),
        "programmes": programme_lines(wanted, told, here),
        "again": [
            (shared, exact(shared.amount_yen))
            for shared in one.shared_budgets.filter(fiscal_year=wanted.year).select_related("programme")
        ],
        "again_sum": exact(told.projects[one.pk].shown_again),
        "goals": mark_safe(drawing.goals_plot(goals)),  # noqa: S308  its texts are escaped
        "goal_rows": goals,
    }
    return render(request, "portfolio/project.html", context)


@login_required
@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """Every goal of a term with all that was told of it, by integrated project, each with its source; or those of any
    term that are ``behind``, or of which nothing was told (``untold``)."""
    wanted, today = asked(request), timezone.localdate()
    only = next((one for one in ("behind", "untold") if one in request.GET), "")
    rows = Goal.objects.select_related("project", "term").prefetch_related("actuals__replaced_by")
    rows = (rows if only else rows.filter(term=wanted.term)).order_by("term__number", "project__order", "code")
    reached = goals_reached(rows, on=today)
    if only:
        reached = (goals_behind if only == "behind" else goals_untold)(reached, today)
    from_outputs = counted(reached)
    context = wanted.choices() | {
        "goals": [(goal, from_outputs.get(goal.pk), actual) for goal, actual in reached],
        "only": only,
        "kept": [(only, "1")] if only else [],
        "may_keep": bool(rules.may_keep_structure(request.user)),
        "may_report": bool(rules.may_report_goals(request.user)),
        "made_up": made_up_outputs(recorded_outputs()) if any(one.differs for one in from_outputs.values()) else "",
    }
    return render(request, "portfolio/goals.html", context)


@login_required
@require_GET
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: its figures year by year, where it stands under each term, its calls."""
    wanted = asked(request)
    one = Programme.objects.filter(code=code).first()
    if one is None:
        raise NotFound(_("This programme"))
    years = [
        line_of(Asked(year, wanted.term, wanted.years), str(year), "", line, f"programme={one.code}")
        for year, line in years_of(one.pk, wanted.years).items()
    ]
    context = wanted.choices() | {
        "programme": one,
        "may_keep": bool(rules.may_keep_structure(request.user)),
        "holders": holders_of(one),
        "lines": years,
        "placements": one.placements.select_related("project__term").order_by("project__term__number", "pk"),
        "again": one.shared_budgets.select_related("project__term"),
        "calls": one.calls.all(),
        "involvement": lines_of(one),
    }
    return render(request, "portfolio/programme.html", context)

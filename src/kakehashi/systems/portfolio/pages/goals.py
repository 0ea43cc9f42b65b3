"""One goal with the trail of its reports; goals are added and corrected, what was reached is reported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.listing import csv_file
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.csv_tables import insist_unchanged, seal_of
from kakehashi.systems.portfolio.forms.goals import ActualForm, GoalFileForm, GoalForm
from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.keeping.goal_files import (
    CHOICES,
    EXPORTS,
    LARGEST_MB,
    WRITES,
    Fate,
    Row,
    codes_of,
    look_at,
    write_rows,
)
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.models import Goal, GoalActual, OutputKind
from kakehashi.systems.portfolio.outputs.goals import TOP_PAPER, counted
from kakehashi.systems.portfolio.pages.asking import key_said
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page

SHOWN = 500


@login_required
@require_GET
def goal(request: HttpRequest, code: str) -> HttpResponse:
    """One goal: what it says, every report of what was reached, what its outputs come to, earlier wordings."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    one = _goal(code)
    reached = goals_reached(Goal.objects.filter(pk=one.pk).select_related("term", "project"), on=timezone.localdate())
    reports = one.actuals.select_related("reported_by", "replaces", "replaced_by").order_by("-as_of", "-pk")
    kinds = dict(OutputKind.choices) | {TOP_PAPER: _("Papers in top journals")}
    context = {
        "goal": one,
        "address": _list_of(one),
        "reports": reports,
        "current": reached[0][1],
        "from_outputs": counted(reached).get(one.pk),
        "counted_from": [kinds.get(key.strip(), key) for key in one.results.split(",") if key.strip()],
        "texts": [(code, text) for code, text in (("ja", one.definition), ("en", one.definition_en)) if text],
        "changes": changes_of(one),
        "may_keep": bool(rules.may_keep_structure(request.user)),
        "may_report": bool(rules.may_report_goals(request.user)),
    }
    return render(request, "portfolio/goal.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A goal is added."""
    audit.insist(rules.may_keep_structure(request.user), by=request.user, action="goal.add")
    back = reverse("portfolio:goals")
    asked = Asked(_("Add a goal"), _("Goals"), back, _("Add the goal"), _("The goal is added."), back)
    given = {name: request.GET.get(name, "") for name in ("term", "project")}
    return form_page(
        request,
        GoalForm(request.POST or None, initial=given),
        lambda said: _address(add_goal(by=request.user, **said)),  # type: ignore[arg-type]
        asked,
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A goal's words are corrected."""
    audit.insist(rules.may_keep_structure(request.user), by=request.user, action="goal.change")
    one = _goal(code)
    form = GoalForm(request.POST or None, initial=GoalForm.said_of(one))
    form.for_change()
    asked = Asked(
        _("Correct the goal “%(goal)s”") % {"goal": one.label()},
        _("Goals"),
        _list_of(one),
        _("Keep the changes"),
        _("The goal is corrected. What it said before stays on its page."),
        _address(one),
        _("What it says now stays to be seen with the day until which it was said."),
    )
    return form_page(request, form, lambda said: _address(change_goal(by=request.user, goal=one, **said)), asked)  # type: ignore[arg-type]


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """What was reached is reported; ``?replaces=`` names a report that was wrong."""
    audit.insist(rules.may_report_goals(request.user), by=request.user, action="goal.report")
    one = _goal(code)
    wrong = _report(one, request.GET.get("replaces", ""))
    given: dict[str, Any] = {"as_of": timezone.localdate(), "cumulative": "0" if one.yearly else "1"}
    if wrong is not None:
        given = {name: getattr(wrong, name) for name in ActualForm.base_fields}
        given["cumulative"] = "1" if wrong.cumulative else "0"
    asked = Asked(
        _("Supersede a report") if wrong else _("Report what was reached"),
        one.label(),
        _address(one),
        _("Report it"),
        _("It is reported."),
        _address(one),
        _supersedes(wrong) if wrong else _("A report is never changed: a wrong one is superseded by another."),
    )

    def write(said: dict[str, Any]) -> str:
        return _address(report_actual(by=request.user, goal=one, replaces=wrong, **said).goal)  # type: ignore[arg-type]

    return form_page(request, ActualForm(request.POST or None, initial=given), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A file of goals or reports is looked at; it is written when the preview is confirmed, all of it or nothing."""
    audit.insist(rules.may_report_goals(request.user), by=request.user, action="goal.import")
    form = GoalFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": EXPORTS, "choices": CHOICES}
    if request.method == "POST" and form.is_valid():
        try:
            read = form.read(largest_mb=LARGEST_MB)
            rows = look_at(read.text.encode(), by=request.user)
            if "write" in request.POST:
                if any(row.fate in WRITES for row in rows):
                    insist_unchanged(form.cleaned_data["seal"], (row.seen for row in rows))
                return _written(request, rows)
            context |= _told(rows) | {
                "content": read.text,
                "note": read.note,
                "seal": seal_of(row.seen for row in rows),
            }
        except (Invalid, Conflict) as error:
            add_problems(form, error)
    return render(request, "portfolio/goal_import.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def export(request: HttpRequest, what: str) -> HttpResponse:
    """All goals, or all reports, as the CSV that the import reads. Raises NotFound for anything else."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    if what not in EXPORTS:
        raise NotFound(_("This file"))
    return csv_file(f"{what}-{timezone.localdate():%Y%m%d}", EXPORTS[what].columns, EXPORTS[what].rows())


def _written(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    number = write_rows(rows, by=request.user)  # type: ignore[arg-type]
    if number:
        text = ngettext("%(number)s row is written.", "%(number)s rows are written.", number)
        messages.success(request, text % {"number": f"{number:,}"})
    else:
        messages.info(request, _("Nothing was new: every row of the file stood here already. Nothing was written."))
    goals = Goal.objects.filter(code__in=codes_of(rows))
    terms = sorted(set(goals.values_list("term__number", flat=True)))
    where = f"?term={terms[-1]}" if terms else ""
    return redirect(f"{reverse('portfolio:goals')}{where}")


def _told(rows: list[Row]) -> dict[str, Any]:
    """What the preview shows: first what is wrong, else the first rows, and how many of each fate."""
    faulty = [row for row in rows if row.faults]
    shown = faulty or rows
    counts = [(fate.label, sum(row.fate == fate for row in rows if not row.faults)) for fate in Fate]
    return {
        "rows": shown[:SHOWN],
        "more": max(len(shown) - SHOWN, 0),
        "faulty": len(faulty),
        "number": len(rows),
        "counts": [(label, number) for label, number in counts if number],
        "writes": not faulty and any(row.fate in WRITES for row in rows),
    }


def _supersedes(wrong: GoalActual) -> str:
    text = _("Instead of the report as of %(day)s: %(value)s. It stays to be seen as superseded.")
    return text % {"day": wrong.as_of.isoformat(), "value": f"{wrong.value.normalize():f}"}


def _goal(code: str) -> Goal:
    found = Goal.objects.select_related("term", "project").filter(code=code).first()
    if found is None:
        raise NotFound(_("This goal"))
    return found


def _report(one: Goal, key: str) -> GoalActual | None:
    """The report that an address names; None where it names none. Raises NotFound for one that is not of the goal."""
    if not key:
        return None
    found = one.actuals.filter(pk=key_said(key)).first()
    if found is None:
        raise NotFound(_("This report"))
    return found


def _address(one: Goal) -> str:
    return reverse("portfolio:goal", args=[one.code])


def _list_of(one: Goal) -> str:
    return f"{reverse('portfolio:goals')}?term={one.term.number}"

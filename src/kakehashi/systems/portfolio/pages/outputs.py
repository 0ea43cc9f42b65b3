"""The outputs: listed by kind, year, programme, project or goal; one of them with its credits and its evidence."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import day_said, fiscal_year
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.behind import awards_behind, results_behind
from kakehashi.systems.portfolio.forms.outputs import AwardForm, DayForm, ReasonForm
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.models import Award, Credit, Goal, Output, OutputKind, OutputState
from kakehashi.systems.portfolio.outputs.actions import MAY_BEGIN_AS
from kakehashi.systems.portfolio.outputs.goals import outputs_of
from kakehashi.systems.portfolio.outputs.published import public_from
from kakehashi.systems.portfolio.outputs.references import address_of
from kakehashi.systems.portfolio.outputs.workflow import TOLD_BY_CASES
from kakehashi.systems.portfolio.pages.asking import Asked, asked
from kakehashi.systems.portfolio.pages.trail import slice_of

OUTPUTS = Listing(
    "outputs",
    columns=(
        Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display(), sort="kind"),
        Column("reference", gettext_lazy("Identifier"), lambda one: one.reference, sort="reference"),
        Column("title", gettext_lazy("Title of the output"), lambda one: one.label(), wide=True),
        Column("where", gettext_lazy("Journal, register or company"), lambda one: one.where),
        Column("on", gettext_lazy("Day"), lambda one: one.on, sort="on"),
        Column("year", gettext_lazy("Fiscal year"), lambda one: str(fiscal_year(one.on)), shown=False),
        Column(
            "awards",
            gettext_lazy("Credited to"),
            lambda one: ", ".join(credit.award.number for credit in one.credits.all() if credit.until is None),
        ),
        Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), shown=False),
    ),
    filters=(
        Filter("kind", gettext_lazy("Kind"), OutputKind.choices, lambda rows, kind: rows.filter(kind=kind)),
        Filter(
            "top",
            gettext_lazy("Top journals"),
            [("1", gettext_lazy("only these"))],
            lambda rows, _one: rows.filter(top_journal=True),
        ),
    ),
    order="-on",
    row_link=lambda one: reverse("portfolio:output", args=[one.pk]),
)


@login_required
@require_GET
def outputs(request: HttpRequest) -> HttpResponse:
    """The outputs that count in a year, of every year, of one award, or towards a goal."""
    wanted = asked(request)
    found, words = _narrowed(request, wanted)
    found = found.prefetch_related("credits__award")
    if request.GET.get("format") == "csv":
        return OUTPUTS.csv(request, found)
    context = wanted.choices() | {
        "table": OUTPUTS.show(request, found),
        "of": words,
        "every": "every" in request.GET,
        "whole": bool({"goal", "award"} & set(request.GET)),
        "kept": [(key, value) for key, value in request.GET.items() if key != "page"],
        "may_record": bool(rules.may_record_outputs(request.user)),
    }
    return render(request, "portfolio/outputs.html", context)


def _narrowed(request: HttpRequest, wanted: Asked) -> tuple[QuerySet[Output], str]:
    """The rows that the address asks for, and what they are in words. Raises NotFound for what is not there."""
    if code := request.GET.get("goal", ""):
        goal = Goal.objects.select_related("term", "project").filter(code=code).exclude(results="").first()
        day = day_said(request.GET.get("on"))
        if goal is None or day is None:
            raise NotFound(_("This goal"))
        return outputs_of(goal, day), _("Counted for the goal “%(goal)s” as of %(day)s.") % {
            "goal": goal.label(),
            "day": day.isoformat(),
        }
    if number := request.GET.get("award", ""):
        award = Award.objects.filter(number=number).first()
        if award is None:
            raise NotFound(_("This award"))
        return Output.objects.filter(credits__award=award).distinct(), award.number
    part, words = slice_of(request, wanted)
    if "every" not in request.GET:
        return results_behind(part), words
    credited = Credit.objects.filter(award__in=awards_behind(part, every=True).order_by(), output=OuterRef("pk"))
    return Output.objects.all() if part.is_all else Output.objects.filter(Exists(credited)), words


@login_required
@require_GET
def output(request: HttpRequest, pk: int) -> HttpResponse:
    """One output: what it is, what shows it, which awards it is credited to since when."""
    wanted = asked(request)
    return render(request, "portfolio/output.html", wanted.choices() | shown(request, output_of(pk)))


def output_of(pk: int) -> Output:
    """The output of a page's address. Raises NotFound."""
    found = Output.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("This output"))
    return found


def shown(request: HttpRequest, one: Output, **forms: Any) -> dict[str, Any]:
    """What an output's page shows; ``forms`` that came back with something to correct."""
    stands = one.kind not in TOLD_BY_CASES and one.state in MAY_BEGIN_AS
    may = bool(rules.may_record_outputs(request.user)) and stands
    return {
        "output": one,
        "credits": one.credits.select_related("award__organisation").order_by("since", "pk"),
        "address": address_of(one),
        "public_from": public_from(one),
        "may_change": may,
        "expected": one.state == OutputState.EXPECTED,
        "award_form": AwardForm(),
        "day_form": DayForm(),
        "reason_form": ReasonForm(),
        "changes": changes_of(one),
    } | forms

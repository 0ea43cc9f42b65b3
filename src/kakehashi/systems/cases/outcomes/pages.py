"""The page of the outcomes, its files, and the rows behind a figure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import paging
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases import queries as cases_queries
from kakehashi.systems.cases import rules as cases_rules
from kakehashi.systems.cases.course.states import PhenotypeGroup
from kakehashi.systems.cases.models import Publication
from kakehashi.systems.cases.outcomes import drawing, figures, rules, tallies
from kakehashi.systems.cases.outcomes.counting import Funnel
from kakehashi.systems.cases.outcomes.queries import Asked, hub_of_each, outcomes, region_names
from kakehashi.systems.cases.outcomes.reading import (
    FORMATS,
    SYNTHETIC_ONLY,
    Wanted,
    asked_for,
    beneath,
    faults_of,
    read_address,
)
from kakehashi.systems.cases.outcomes.schemas import answer
from kakehashi.systems.cases.outcomes.words import By, Lists, Step, Unit

SHOWN = 50
HEADS = (figures.CONSULTED[0], *figures.STEPS, *figures.RATE[:2])
"""The figures that a row of the page's table has room for; files have them all."""


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The funnel and one cut of it, as page, CSV or JSON; what it shows stands in the address.

    What the address asks wrongly a page names and leaves out; for a file it raises UnusableParameter.
    """
    wanted, asked = _asked(request)
    shape, faults = request.GET.get("format", ""), faults_of(request.GET)
    if faults is not None and shape in FORMATS:
        raise faults
    funnel = outcomes(asked)
    if shape == "csv":
        return _csv(funnel)
    if shape == "json":
        return JsonResponse(answer(funnel).model_dump(mode="json"), json_dumps_params={"ensure_ascii": False})
    scope = rules.scope_of(request.user)
    context: dict[str, Any] = {
        "funnel": funnel,
        "faults": faults.detail.splitlines() if faults else [],
        "told": drawing.funnel_told(funnel.total),
        "funnel_plot": mark_safe(drawing.funnel_plot(funnel)),  # noqa: S308  its texts are escaped
        "rows_plot": mark_safe(drawing.rows_plot(funnel)),  # noqa: S308
        "heads": HEADS,
        "table": _table(wanted, funnel, opens=bool(cases_rules.reads_somewhere(request.user))),
        "interval_head": _("95 % interval"),
        "lists": _lists(funnel),
        "said": figures.said_beneath(funnel),
        "tabs": _tabs(wanted),
        "filters": _filters(wanted, whole=scope.whole),
        "only_synthetic": funnel.synthetic and not wanted.synthetic,
        "wanted": wanted,
        "whole": scope.whole,
        "published": Publication.objects.exists(),
        "publishes": bool(rules.may_publish(request.user)),
        "csv_url": f"?{wanted.query()}&format=csv",
        "json_url": f"?{wanted.query()}&format=json",
    }
    return render(request, "cases/outcomes/show.html", context)


@login_required
@require_GET
def behind(request: HttpRequest, step: str) -> HttpResponse:
    """The rows behind a figure, as far as this person may open them; that they were shown is recorded."""
    if step not in Step.values:
        raise NotFound(_("This figure"))
    wanted, key = read_address(request.GET), request.GET.get("row", "")
    try:
        asked = asked_for(beneath(wanted, key), _scope(request))
    except ValueError as error:
        raise NotFound(_("This figure")) from error
    if step == Step.CONSULTED:
        reads = cases_rules.organisations_read_by(request.user)
        found: Any = tallies.consultations(asked.slice).filter(asked.slice.within("consulted_on"))
        all_of_it = found.count()
        mine = found.filter(organisation_id__in=reads).select_related("organisation", "case").order_by("-consulted_on")
    else:
        found = tallies.counted_in(Step(step), asked.slice)
        all_of_it = found.count()
        mine = cases_queries.with_pseudonyms(request.user, found.filter(cases_rules.usable_by(request.user)))
        mine = mine.select_related("organisation").order_by("public_id")
    page = Paginator(mine, SHOWN).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    if step == Step.CONSULTED:
        audit.read_of(request.user, "consultation", rows, action="consultation.list")
    else:
        cases_queries.record_shown(request.user, rows)
    back = f"{reverse('outcomes:show')}?{wanted.query()}"
    context = {
        "step": Step(step),
        "links": paging(request, page),
        "rows": rows,
        "all": all_of_it,
        "back": back,
        "key": key,
    }
    return render(request, "cases/outcomes/behind.html", context)


def _scope(request: HttpRequest) -> rules.Scope:
    audit.insist(rules.may_see(request.user), by=request.user, action="outcomes.show")
    return rules.scope_of(request.user)


def _asked(request: HttpRequest) -> tuple[Wanted, Asked]:
    wanted = read_address(request.GET)
    return wanted, asked_for(wanted, _scope(request))


def _csv(funnel: Funnel) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"outcomes-{'synthetic-' * funnel.synthetic}{funnel.by}-{funnel.as_of:%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    figures.write_csv(response, funnel)
    return response


def _table(wanted: Wanted, funnel: Funnel, *, opens: bool) -> list[dict[str, Any]]:
    """The rows of the table. What is the same in all of their cells is worked out once: a country has 418 hospitals."""
    labels = {head.key: conditional_escape(str(head.label)) for head in HEADS}
    behind_it = {head.key: reverse("outcomes:behind", args=[head.key]) for head in HEADS if head.key in Step.values}
    own, of_a_hub = wanted.query(), wanted.query(by=str(By.CENTRE))  # what is within a hub is one institution
    lines = []
    for row, within in figures.rows_of(funnel):
        asked = f"{of_a_hub if within else own}&{urlencode({'row': row.key})}"
        cells = []
        for head in HEADS:
            value = head.of(row.counts)
            text = ("–" if value is None else f"{value:.1%}") if head.key == "rate" else f"{value:,}"
            if opens and value and head.key in behind_it:
                text = format_html('<a href="{}?{}">{}</a>', behind_it[head.key], asked, text)
            cells.append({"label": labels[head.key], "shown": text})
        interval = row.counts.rate.interval
        told = f"{interval[0]:.1%}–{interval[1]:.1%}" if interval else ""
        lines.append(
            {"label": row.label, "within": within, "cells": cells, "interval": told, "total": row.key == "total"}
        )
    return lines


def _lists(funnel: Funnel) -> list[dict[str, Any]]:
    """The diagnosed by the lists that name their disease, known and new."""
    total = funnel.total
    lines = [
        {
            "label": one.label,
            "known": total.listed(one, new=False),
            "new": total.listed(one, new=True),
            "all": total.listed(one),
        }
        for one in Lists
    ]
    known = total.diagnosed - total.new
    return [*lines, {"label": _("Total"), "known": known, "new": total.new, "all": total.diagnosed, "total": True}]


def _tabs(wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {"label": by.label, "url": f"?{wanted.query(by=str(by))}", "current": by == wanted.by, "count": ""} for by in By
    ]


def _filters(wanted: Wanted, *, whole: bool) -> list[dict[str, Any]]:
    """The fields of the filter form: their choices, and what is chosen."""
    choices: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "unit": (_("Length of a period"), [(unit.value, str(unit.label)) for unit in Unit]),
        "group": (_("Kind of signs"), [(group.value, str(group.label)) for group in PhenotypeGroup]),
    }
    if whole:
        hubs = Organisation.objects.filter(pk__in=set(hub_of_each().values())).order_by("code")
        choices["region"] = (_("Region"), list(region_names().items()))
        choices["hub"] = (_("Hub with its hospitals"), [(one.code, one.label()) for one in hubs])
    if tallies.holds(synthetic=True):
        choices["synthetic"] = (_("Patients"), [("", _("real")), (SYNTHETIC_ONLY, _("synthetic only"))])
    return [
        {
            "key": key,
            "label": label,
            "choices": offered,
            "chosen": str(getattr(wanted, key)),
            "must": key in ("unit", "synthetic"),
        }
        for key, (label, offered) in choices.items()
    ]

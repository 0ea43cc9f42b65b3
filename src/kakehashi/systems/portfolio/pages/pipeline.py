"""The pipeline: assets by phase, approvals to expect with their interval, what a change would make of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.engines.attrition import TABLES, Asset, Cell, Rates
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.kernel.listing import Column, Listing, paging
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio.behind import Slice
from kakehashi.systems.portfolio.forms.pipeline import WhatIfForm
from kakehashi.systems.portfolio.models import DiseaseArea, IntegratedProject
from kakehashi.systems.portfolio.money import exact, said
from kakehashi.systems.portfolio.pages.asking import Asked, asked
from kakehashi.systems.portfolio.pages.trail import slice_of
from kakehashi.systems.portfolio.pipeline import assets, history, telling
from kakehashi.systems.portfolio.pipeline.changing import OKU, Side, Wish, changed
from kakehashi.systems.portfolio.pipeline.ladders import NO_AREA, PHASE_NAMES, TABLE_NAMES, Clinical
from kakehashi.systems.portfolio.pipeline.reckoning import Told, rates_of, tell, years_ahead

ROWS = Listing(
    "pipeline",
    columns=(
        Column("number", gettext_lazy("Number"), lambda one: one.number, sort="number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.label(), wide=True),
        Column("programme", gettext_lazy("Programme"), lambda one: one.programme.label() if one.programme else ""),
        Column("phase", gettext_lazy("Phase"), lambda one: one.get_phase_display(), sort="phase"),
        Column(
            "modality", gettext_lazy("Modality"), lambda one: one.get_modality_display(), sort="modality", shown=False
        ),
        Column("area", gettext_lazy("Disease area"), lambda one: one.area.label() if one.area else "", shown=False),
        Column("begins", gettext_lazy("Begins"), lambda one: one.begins, sort="begins"),
        Column("yen", gettext_lazy("Committed (yen)"), lambda one: one.yen or 0, sort="yen", number=True),
    ),
    order="number",
    row_link=lambda one: reverse("portfolio:award", args=[one.number]),
)
SHOWN = 50
"""So many phases left stand on a page of the agency's own record."""


@dataclass(frozen=True)
class Pipeline:
    """What the address asks for, and the rows and rates that answer it."""

    wanted: Asked
    part: Slice
    words: str
    clinical: Clinical
    taken: history.Taken
    assets: assets.Assets
    day: date

    @property
    def query(self) -> QueryDict:
        """The part of an address that keeps it."""
        query = QueryDict(self.wanted.query, mutable=True)
        if self.part.project is not None:
            query["project"] = self.part.project.code
        if self.part.programme is not None:
            query["programme"] = self.part.programme.code
        query["clinical"], query["history"] = self.clinical.value, self.taken.value
        return query

    @cached_property
    def kept(self) -> str:
        """The same as text."""
        return self.query.urlencode()

    def address(self, page: str, **more: str) -> str:
        """Another page of the same pipeline."""
        return "?".join([reverse(page), "&".join([self.kept, *(f"{key}={value}" for key, value in more.items())])])

    def standing(self) -> list[tuple[Asset, int]]:
        """Where its assets stand."""
        return self.assets.standing(self.clinical)

    def steps(self) -> list[history.Step]:
        """The agency's own record up to its day."""
        return [] if self.taken is history.Taken.NONE else history.steps(self.day, self.clinical)


def pipeline_of(request: HttpRequest) -> Pipeline:
    """The pipeline of the address; refused to strangers."""
    wanted = asked(request)
    part, words = slice_of(request, wanted, by_awards=False)  # a pipeline's areas are narrowed with its phases
    clinical, taken = request.GET.get("clinical", ""), request.GET.get("history", "")
    _first, last = fiscal_year_days(wanted.year)
    return Pipeline(
        wanted,
        part,
        words,
        Clinical(clinical) if clinical in Clinical.values else Clinical.FIRST,
        history.Taken(taken) if taken in history.Taken.values else history.Taken.GATED,
        assets.assets_in(part),
        min(last, timezone.localdate()),
    )


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The pipeline of a year, and what is asked to be changed of it; what is asked stands in the address."""
    pipeline = pipeline_of(request)
    standing, steps = pipeline.standing(), pipeline.steps()
    counts = assets.counts_of(standing)
    records = history.records(steps, pipeline.taken)
    learned = rates_of(counts, records)
    told = tell(counts, learned)
    areas = area_names()
    if request.GET.get("format") == "csv":
        return telling.as_csv(told, areas, f"pipeline-{pipeline.wanted.year}")
    yen = pipeline.assets.committed_yen()
    form, change = _what_if(request, pipeline, told, areas, counts, learned, yen)
    context = pipeline.wanted.choices() | {
        "of": pipeline.words,
        "day": pipeline.day,
        "clinical_choices": [(one.value, one.label, one is pipeline.clinical) for one in Clinical],
        "history_choices": [(one.value, one.label, one is pipeline.taken) for one in history.Taken],
        "project_choices": _projects(pipeline.wanted, pipeline.part.project),
        "headlines": telling.headlines(told, sum(counts.values()), yen, pipeline.address),
        "flows": telling.flows(told),
        "ladders": telling.ladders(told, areas, pipeline.address),
        "uncounted": sum(not one.counts(pipeline.taken) for one in steps),
        "counted": sum(one.counts(pipeline.taken) for one in steps),
        "rates_url": pipeline.address("portfolio:pipeline_rates"),
        "history_url": pipeline.address("portfolio:pipeline_history"),
        "years_plot": telling.years(years_ahead(standing, learned, records, pipeline.day)) if counts else "",
        "form": form,
        "change": change,
        "kept": list(pipeline.query.items()),
        "csv_url": pipeline.address("portfolio:pipeline", format="csv"),
    }
    return render(request, "portfolio/pipeline.html", context)


@login_required
@require_GET
def rates(request: HttpRequest) -> HttpResponse:
    """Every rate that the pipeline rests on: published, the agency's own record, both together."""
    pipeline = pipeline_of(request)
    counts = assets.counts_of(pipeline.standing())
    told = tell(counts, rates_of(counts, history.records(pipeline.steps(), pipeline.taken)))
    context = pipeline.wanted.choices() | {
        "of": pipeline.words,
        "taken": pipeline.taken.label,
        "rates": telling.rates(told, area_names(), pipeline.address),
        "sources": telling.sources(told),
        "back": pipeline.address("portfolio:pipeline"),
        "history_url": pipeline.address("portfolio:pipeline_history"),
        "csv_url": pipeline.address("portfolio:pipeline", format="csv"),
    }
    return render(request, "portfolio/pipeline_rates.html", context)


def area_names() -> dict[str, str]:
    """The disease areas by code, in the language in force."""
    return {one.code: one.label() for one in DiseaseArea.objects.all()} | {NO_AREA: _("No area given")}


def _projects(wanted: Asked, chosen: IntegratedProject | None) -> list[tuple[str, str, bool]]:
    projects = IntegratedProject.objects.filter(term=wanted.term)
    return [(one.code, one.label(), one == chosen) for one in projects]


def _what_if(
    request: HttpRequest,
    pipeline: Pipeline,
    told: Told,
    areas: dict[str, str],
    counts: dict[Cell, int],
    learned: Rates,
    yen: int,
) -> tuple[WhatIfForm, dict[str, Any] | None]:
    """The form as the address fills it, and the difference that the change makes."""
    cells = [("/".join(rung.cell), telling.cell_name(rung.cell, areas)) for rung in told.rungs]
    projects = [(code, name) for code, name, _chosen in _projects(pipeline.wanted, None)]
    form = WhatIfForm(request.GET, cells=cells, projects=projects)
    if not form.asks:
        return WhatIfForm(cells=cells, projects=projects), None
    if not form.is_valid():
        return form, None
    try:
        change, scenario = changed(counts, told, learned, yen, _wish(pipeline, form.cleaned_data))
    except Invalid as error:
        for name, texts in error.problems.items():
            form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        return form, None
    return form, telling.change(change, scenario, yen, areas)


def _wish(pipeline: Pipeline, given: dict[str, Any]) -> Wish:
    def cell(name: str) -> Cell | None:
        return Cell(*given[name].split("/")) if given.get(name) else None

    return Wish(
        cell("rate_of"),
        (given.get("rate") or 0) / 100,
        cell("where"),
        given.get("more") or 0,
        _side(pipeline, given.get("giver")),
        _side(pipeline, given.get("taker")),
        round((given.get("yen") or 0) * OKU),
    )


def _side(pipeline: Pipeline, code: str | None) -> Side | None:
    if not code:
        return None
    project = IntegratedProject.objects.select_related("term").get(term=pipeline.wanted.term, code=code)
    inside = pipeline.assets.of(Slice(pipeline.wanted.year, project=project))
    return Side(project, assets.counts_of(inside.standing(pipeline.clinical)), inside.committed_yen())


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The awards behind a number of assets, with the yen committed to each in the year; as CSV on demand.

    Raises NotFound for a ladder, phase or disease area that there is not.
    """
    pipeline = pipeline_of(request)
    given = {key: request.GET.get(key, "") for key in ("table", "at", "area")}
    tables = [TABLES[one] for one in TABLES if given["table"] in ("", one)]
    if not tables or (given["at"] and all(given["at"] not in one.phases for one in tables)):
        raise NotFound(_("This phase"))
    found = pipeline.assets.narrowed(given["table"], given["at"], given["area"])
    rows, keys = assets.with_yen(pipeline.wanted.year), found.keys(ROWS.asked_order(request))
    rows = rows.select_related("programme", "area")
    if request.GET.get("format") == "csv":
        return ROWS.csv(request, rows, keys=keys)
    words = [pipeline.words] if pipeline.words else []
    words += [str(TABLE_NAMES[given["table"]])] if given["table"] else []
    words += [str(PHASE_NAMES[given["at"]])] if given["at"] in PHASE_NAMES else []
    if given["area"]:
        area = DiseaseArea.objects.filter(code=given["area"]).first()
        if area is None and given["area"] != NO_AREA:
            raise NotFound(_("This disease area"))
        words.append(area.label() if area else _("No area given"))
    yen = found.committed_yen()
    context = pipeline.wanted.choices() | {
        "of": " · ".join(words),
        "yen": labelled(_("Committed in the year"), exact(yen)),
        "yen_short": said(yen),
        "table": ROWS.show(request, rows, keys=keys),
        "back": pipeline.address("portfolio:pipeline"),
    }
    return render(request, "portfolio/pipeline_rows.html", context)


@login_required
@require_GET
def past(request: HttpRequest) -> HttpResponse:
    """The agency's own record: each phase left, by which award, as which row tells; counted in the rates or not."""
    pipeline = pipeline_of(request)
    asked_cell = tuple(request.GET.get(key, "") for key in ("table", "area", "at"))
    areas = area_names()

    def line(one: history.Step) -> dict[str, Any]:
        return {
            "award": one.award,
            "cell": telling.cell_name(one.cell, areas),
            "advanced": one.advanced,
            "told": one.told.label,
            "counts": one.counts(pipeline.taken),
        }

    every = history.steps(pipeline.day, pipeline.clinical)
    found = [one for one in every if not any(asked_cell) or tuple(one.cell) == asked_cell]
    if request.GET.get("format") == "csv":
        return telling.history_csv([line(one) for one in found])
    page = Paginator(found, SHOWN).get_page(request.GET.get("page"))
    context = pipeline.wanted.choices() | {
        "lines": [line(one) for one in page],
        "page": paging(request, page),
        "taken": pipeline.taken.label,
        "back": pipeline.address("portfolio:pipeline"),
        "csv_url": f"?{request.GET.urlencode()}&format=csv",
    }
    return render(request, "portfolio/pipeline_history.html", context)

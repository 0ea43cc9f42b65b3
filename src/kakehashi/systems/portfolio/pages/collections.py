"""Awards of other funders, and what imports found: figures, claims against rows, and every row at fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.engines.pictures.plots import Bar, Bars, FunnelPlot, Stage, draw_bars, draw_funnel
from kakehashi.engines.proportions import wilson_interval
from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.importing.report import AmountReport, ClaimReport, Report, read_report
from kakehashi.systems.portfolio.importing.telling import claim_lines, file_line, grouped
from kakehashi.systems.portfolio.models import Collection, FaultKind, ImportRun

RUNS = Listing(
    "imports",
    columns=(
        Column("at", gettext_lazy("Imported"), lambda one: one.imported_at, sort="imported_at", short=True),
        Column("into", gettext_lazy("Into"), lambda one: one.collection or one.get_target_display(), wide=True),
        Column("file", gettext_lazy("File"), lambda one: one.file),
        Column("map", gettext_lazy("Map"), lambda one: one.map),
        Column("faults", gettext_lazy("Rows at fault"), lambda one: read_report(one.report).faulty, number=True),
    ),
    order="-pk",
    row_link=lambda one: reverse("portfolio:import", args=[one.pk]),
)

FAULTS = Listing(
    "rows-at-fault",
    columns=(
        Column("kind", gettext_lazy("What is wrong"), lambda one: one.get_kind_display(), sort="kind", wide=True),
        Column("file", gettext_lazy("File"), lambda one: one.file),
        Column("line", gettext_lazy("Line"), lambda one: one.line, sort="line", number=True),
        Column("number", gettext_lazy("Award number"), lambda one: one.number, sort="number", short=True),
        Column("about", gettext_lazy("About"), lambda one: one.about),
        Column("said", gettext_lazy("The row says"), lambda one: one.said),
        Column("found", gettext_lazy("Counted"), lambda one: one.found),
    ),
    order="pk",
)


@login_required
@require_GET
def collections(request: HttpRequest) -> HttpResponse:
    """The collections with their figures, and every import."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    found = [(one, report) for one in Collection.objects.all() if (report := _latest(one)) is not None]
    runs = ImportRun.objects.select_related("collection")
    context = {
        "collections": [(one, _headline(report)) for one, report in found],
        "table": RUNS.show(request, runs),
    }
    if request.GET.get("format") == "csv":
        return RUNS.csv(request, runs)
    return render(request, "portfolio/collections.html", context)


@login_required
@require_GET
def collection(request: HttpRequest, pk: int) -> HttpResponse:
    """One collection, as its latest import left it. Raises NotFound."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    run = ImportRun.objects.filter(collection=pk).select_related("collection").first()
    if run is None:
        raise NotFound(_("This collection"))
    return _shown(request, run)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import with its report. Raises NotFound."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    found = ImportRun.objects.filter(pk=pk).select_related("collection").first()
    if found is None:
        raise NotFound(_("This import"))
    return _shown(request, found)


def _latest(one: Collection) -> Report | None:
    found = one.runs.first()
    return read_report(found.report) if found else None


def _headline(report: Report) -> dict[str, str]:
    amounts = report.amounts
    return {
        "awards": f"{report.files[0].written:,}",
        "total": f"{grouped(amounts.total)} {amounts.currency}" if amounts else "",
        "faults": f"{report.faulty:,}",
    }


def _shown(request: HttpRequest, found: ImportRun) -> HttpResponse:
    report = read_report(found.report)
    faults = found.faults.all()
    kinds = list(dict.fromkeys(one["kind"] for one in report.faults))
    files = list(dict.fromkeys(one["file"] for one in report.faults))
    listing = replace(
        FAULTS,
        filters=(
            Filter(
                "kind",
                gettext_lazy("What is wrong"),
                [(kind, FaultKind(kind).label) for kind in kinds],
                lambda rows, kind: rows.filter(kind=kind),
            ),
            Filter(
                "file",
                gettext_lazy("File"),
                [(file, file) for file in files],
                lambda rows, file: rows.filter(file=file),
            ),
        ),
    )
    if request.GET.get("format") == "csv":
        return listing.csv(request, faults)
    compared = [claim for claim in report.claims if claim.compared]
    context: dict[str, Any] = {
        "run": found,
        "collection": found.collection,
        "report": report,
        "files": [file_line(file) for file in report.files],
        "claims": [" ".join(claim_lines(claim)) for claim in report.claims],
        "compared": [(claim.name, _cells(claim)) for claim in compared],
        "headline": _headline(report),
        "quartiles": [grouped(one) for one in report.amounts.quartiles] if report.amounts else [],
        "claims_plot": mark_safe(_claims_plot(compared)) if compared else "",  # noqa: S308  its texts are escaped
        "amounts_plot": mark_safe(_amounts_plot(report.amounts)) if report.amounts and report.amounts.classes else "",  # noqa: S308
        "table": listing.show(request, faults, known=report.faulty),
    }
    return render(request, "portfolio/collection.html", context)


def _cells(claim: ClaimReport) -> list[tuple[str, str, str]]:
    """A claim's figures: label, figure, and where its rows are."""
    return [
        (_("Awards"), f"{claim.awards:,}", ""),
        (_("agree"), f"{claim.agree:,}", ""),
        (_("claim more"), f"{claim.more:,}", f"?kind={FaultKind.CLAIMS_MORE}" if claim.more else ""),
        (_("claim less"), f"{claim.less:,}", f"?kind={FaultKind.CLAIMS_LESS}" if claim.less else ""),
        (_("claim some and have none"), f"{claim.without:,}", ""),
    ]


def _claims_plot(claims: list[ClaimReport]) -> str:
    """Of the awards that claim, those whose rows agree."""
    rows = [
        Bar(one.name, one.awards, one.agree, one.agree / one.awards, wilson_interval(one.agree, one.awards))
        for one in claims
        if one.awards
    ]
    told = " ".join(line for one in claims for line in claim_lines(one))
    return draw_bars(
        Bars(
            _("What awards claim against the rows there are"),
            told,
            _("claim"),
            _("agree"),
            _("Share that agrees"),
            rows,
            "claims",
        )
    )


def _amounts_plot(amounts: AmountReport) -> str:
    """How many awards there are of each size."""
    stages = [
        Stage(_("from %(low)s") % {"low": f"{low:,}"} if low else _("less than 1,000"), count)
        for low, count in amounts.classes
    ]
    values = {"awards": f"{amounts.awards:,}", "currency": amounts.currency, "middle": grouped(amounts.quartiles[1])}
    told = _("%(awards)s awards by their amount in %(currency)s; half of them have at most %(middle)s.") % values
    return draw_funnel(FunnelPlot(_("Awards by amount"), told, stages, "amounts"))

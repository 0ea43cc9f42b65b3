"""The public page of the outcomes, its files, and the page on which they are published."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_name
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.course.states import PhenotypeGroup, Route
from kakehashi.systems.cases.models import Publication
from kakehashi.systems.cases.outcomes import publishing, recounting, rules, tallies
from kakehashi.systems.cases.outcomes.periods import quarter_end_before
from kakehashi.systems.cases.outcomes.queries import region_names
from kakehashi.systems.cases.outcomes.words import Lists, Step

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CACHED_SECONDS = 3600


@require_GET
@cache_control(max_age=CACHED_SECONDS)
def public(request: HttpRequest) -> HttpResponse:
    """What was published last, for everybody, as page, CSV or JSON. Raises NotFound before anything is published."""
    latest = Publication.objects.first()
    if latest is None:
        raise NotFound(_("Published outcomes"))
    shape = request.GET.get("format", "")
    if shape == "json":
        return JsonResponse(_document(latest), json_dumps_params={"ensure_ascii": False})
    if shape == "csv":
        return _csv(latest)
    return render(request, "cases/outcomes/public.html", _context(latest) | {"dataset": _document(latest)})


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Look at what would be published as of the end of the last quarter; a POST publishes it."""
    audit.insist(rules.may_publish(request.user), by=request.user, action="outcomes.publish")
    if request.method == "POST":
        publishing.publish(by=request.user)
        return redirect("outcomes:public")
    as_of = quarter_end_before(timezone.localdate())
    synthetic = tallies.only_synthetic()
    done = Publication.objects.filter(as_of__gte=as_of, synthetic=synthetic).first()
    made = done or publishing.prepared(as_of, synthetic=synthetic)
    context = _context(made) | {"done": done, "waiting": recounting.waiting()}
    context["nothing"] = done is None and not publishing.counts_anything(as_of, synthetic=synthetic)
    return render(request, "cases/outcomes/publish.html", context)


def _names() -> dict[str, tuple[str, Mapping[str, str]]]:
    """The tables in their order: heading, and the names of their rows that are not years."""
    return {
        "total": (_("The whole"), {"total": _("Total")}),
        "route": (_("Consultations by route"), {str(one): str(one.label) for one in Route}),
        "cyear": (_("Consultations by fiscal year"), {}),
        "cregion": (_("Consultations by region"), region_names()),
        "year": (_("Cases by the fiscal year of their registration"), {}),
        "region": (_("Cases by region"), region_names()),
        "group": (_("Cases by kind of signs"), {str(one): str(one.label) for one in PhenotypeGroup}),
        "list": (_("Diagnosed, by the lists that name the disease"), {str(one): str(one.label) for one in Lists}),
    }


def _context(publication: Publication) -> dict[str, Any]:
    tables = []
    for table, (heading, names) in _names().items():
        found = [name.split("/") for name in publication.shown if name.startswith(f"{table}/")]
        order = list(names) or sorted({key for _table, key, _step in found})
        steps = [step for step in Step if any(said == step for _table, _key, said in found)]
        rows = [
            {
                "label": names.get(key) or fiscal_year_name(int(key), vocabulary.language()),
                "cells": [publication.shown.get(f"{table}/{key}/{step}") for step in steps],
            }
            for key in order
            if any(said == key for _table, said, _step in found)
        ]
        tables.append({"heading": heading, "steps": steps, "rows": rows})
    return {"publication": publication, "tables": tables, "day": publication.as_of.isoformat(), "licence": LICENCE}


def _document(publication: Publication) -> dict[str, Any]:
    """The publication as JSON, in the words of schema.org's Dataset, with its figures."""
    figures = [
        dict(zip(("table", "key", "step"), name.split("/"), strict=True)) | one
        for name, one in publication.shown.items()
    ]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": ("Synthetic patients, nobody real: " if publication.synthetic else "")
        + "Outcomes of the programme: consulted, registered, analysed, diagnosed",
        "description": (
            f"Counts as of {publication.as_of.isoformat()}. A figure from which a count below {publication.smallest} "
            "would follow is withheld (null) or given as it was last published (as_of). Years are those of "
            "registration (table year) and of consultation (cyear); a case may show several kinds of signs (group)."
        ),
        "license": LICENCE,
        "licence": LICENCE,
        "dateModified": publication.as_of.isoformat(),
        "as_of": publication.as_of.isoformat(),
        "smallest": publication.smallest,
        "synthetic": publication.synthetic,
        "figures": figures,
    }


def _csv(publication: Publication) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    kind = "synthetic" if publication.synthetic else "public"
    response["Content-Disposition"] = f'attachment; filename="outcomes-{kind}-{publication.as_of:%Y%m%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(["table", "key", "step", "count", "as_of"])
    for name, one in publication.shown.items():
        writer.writerow([*name.split("/"), "" if one["value"] is None else one["value"], one["as_of"] or ""])
    writer.writerow([f"licence {LICENCE}"])
    if publication.synthetic:
        writer.writerow(["synthetic patients only: nobody real is counted"])
    return response

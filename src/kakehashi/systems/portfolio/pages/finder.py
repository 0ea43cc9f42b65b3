"""The public award finder: search, facets, one page an award, open data. No log-in, nothing that is not published."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel.caching import kept_for
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import year_said
from kakehashi.kernel.listing import Echo, address, paging, plain_cell
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.acknowledging import acknowledgements_of
from kakehashi.systems.portfolio.exporting.awards import with_money
from kakehashi.systems.portfolio.exporting.grants import PREFIX, only_agency, package
from kakehashi.systems.portfolio.lineage.picture import drawn, gap_words, when
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.numbers import acknowledgement_number
from kakehashi.systems.portfolio.outputs.published import where_in_public
from kakehashi.systems.portfolio.outputs.references import address_of
from kakehashi.systems.portfolio.published import (
    FIELDS,
    OUTPUT,
    Found,
    batches,
    facets,
    find,
    published_awards,
    rows,
    shown,
)
from kakehashi.systems.portfolio.published_award import (
    as_script,
    linked_whole,
    published_lineage,
    published_outputs,
    told_whole,
)

SHOWN = 30
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
KEPT_MINUTES = 10
"""So long a browser may show a page that it has asked for before."""
LABELS = {
    "programme": gettext_lazy("Programme"),
    "phase": gettext_lazy("Phase"),
    "modality": gettext_lazy("Modality"),
    "area": gettext_lazy("Disease area"),
    OUTPUT: gettext_lazy("Has outputs of the kind"),
}


@require_GET
@kept_for(KEPT_MINUTES * 60)
def finder(request: HttpRequest) -> HttpResponse:
    """The published awards that hold the words and stand in the chosen facets: those with the words in their title
    first, then the newest."""
    found = _found(request)
    page = Paginator(found.keys, SHOWN).get_page(request.GET.get("page"))
    told_by = facets(found, translation.get_language() or "ja")
    context = {
        "search_text": request.GET.get("q", "").strip(),
        "year": year_said(request.GET.get("year")) or "",
        "awards": shown(list(page)),
        "page": paging(request, page),
        "facets": [(label, _links(request, key, told_by[key])) for key, label in LABELS.items() if told_by[key]],
        "kept": [(key, request.GET[key]) for key in LABELS if request.GET.get(key)],
        "query": request.GET.urlencode(),
        "licence": LICENCE,
        "giving": _giver() is not None,
        "relevant": found.in_titles > 0,
    }
    return render(request, "portfolio/finder.html", context)


def _giver() -> Organisation | None:
    """The agency that the 360Giving file names as the funder; None where the node has no prefix of 360Giving's, or not
    exactly one agency: then there is no such file."""
    return only_agency() if PREFIX.match(settings.GIVING_PREFIX) else None


def _found(request: HttpRequest) -> Found:
    """What the address asks for."""
    return find(request.GET, year_said(request.GET.get("year")), request.GET.get("q", "").strip()[:200])


def _links(request: HttpRequest, key: str, values: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """A facet's values: each leads to the awards that have it, the chosen one back to all."""
    chosen = request.GET.get(key, "")
    return [
        {
            "label": label,
            "number": number,
            "chosen": value == chosen,
            "url": address(request, **{key: None if value == chosen else value, "page": None}),
        }
        for value, label, number in values
    ]


@require_GET
@kept_for(KEPT_MINUTES * 60)
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One published award, as page, JSON or linked data. Raises NotFound for every other."""
    one = published_awards().select_related("programme", "organisation", "area").filter(number=number).first()
    if one is None:
        raise NotFound(_("This award"))
    shape = request.GET.get("format", "")
    if shape == "json":
        return JsonResponse(told_whole(one), json_dumps_params={"ensure_ascii": False})
    outputs = published_outputs(one)
    document = linked_whole(one, request.build_absolute_uri(request.path), outputs)
    if shape == "jsonld":
        return JsonResponse(document, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})
    context = {
        "award": one,
        "acknowledgement": acknowledgement_number(one.number),
        "sentences": acknowledgements_of(one),
        "linked_data": as_script(document),
        "lineage": _lineage(one),
        "outputs": [(output, address_of(output), where_in_public(output)) for output in outputs],
    }
    return render(request, "portfolio/published_award.html", context)


def _lineage(one: Award) -> dict[str, Any]:
    """What the page says of a published award's lineage; nothing of one that is linked with none."""
    traced = published_lineage(one)
    if not traced.links and not traced.events:
        return {}
    return {
        "picture": mark_safe(drawn(traced, funded=False)),  # noqa: S308  SVG of ours, its words escaped
        "links": [(link, link.get_kind_display(), gap_words(link.gap_days)) for link in traced.links],
        "events": [(event, event.get_kind_display(), when(event)) for event in traced.events],
    }


@require_GET
def data_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All that the search finds as CSV, read as one goes."""
    writer = csv.writer(Echo())

    def written() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(FIELDS)
        for row in rows(_found(request).keys):
            yield writer.writerow([plain_cell(row[field]) for field in FIELDS])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="awards.csv"'
    return response


@require_GET
def data_json(request: HttpRequest) -> StreamingHttpResponse:
    """All that the search finds as one JSON document: ``{"licence", "awards": [...]}``, read as one goes."""

    def written() -> Iterator[str]:
        yield f'{{"licence": "{LICENCE}", "awards": ['
        for number, row in enumerate(rows(_found(request).keys)):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]}\n"

    return StreamingHttpResponse(written(), content_type="application/json; charset=utf-8")


@require_GET
def data_360giving(request: HttpRequest) -> StreamingHttpResponse:
    """All that the search finds as 360Giving JSON with the amounts awarded, which that standard asks for.

    Raises NotFound where the node does not offer it, or nothing is found: a package has at least one award.
    """
    agency = _giver()
    keys = _found(request).keys if agency else []
    if agency is None or not keys:
        raise NotFound(_("This file"))
    awards = (told for batch in batches(keys) for told in with_money(batch))
    written = package(awards, agency, settings.GIVING_PREFIX, public=True)
    return StreamingHttpResponse(written, content_type="application/json; charset=utf-8")


class AwardSitemap(Sitemap[Award]):
    """Every published award for search engines."""

    limit = 10_000

    def items(self) -> QuerySet[Award]:
        return published_awards().order_by("number").only("number", "published_on")

    def location(self, item: Award) -> str:
        return reverse("finder:award", args=[item.number])

    def lastmod(self, item: Award) -> Any:
        return item.published_on


SITEMAPS = {"awards": AwardSitemap}

"""Co-operation abroad: a map of joint research and memoranda, the countries beside it, joint calls, and every row."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.engines.pictures.world.map import Place, WorldMap, draw_world, name_of
from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_name, year_said
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.cooperating import (
    OTHER,
    OTHERS,
    Land,
    Part,
    by_country,
    cooperation_behind,
    held_in,
    years,
)
from kakehashi.systems.portfolio.facts.citing import source_said
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.models import Cooperation, CooperationKind, CooperationStanding
from kakehashi.systems.portfolio.models.lineage import Precision
from kakehashi.systems.portfolio.pages.awards import AWARDS

SHOWN = (CooperationKind.JOINT_RESEARCH, CooperationKind.MEMORANDUM, CooperationKind.JOINT_CALL)
"""The kinds with a column of their own; the others stand together."""
DATES = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d"}


def country_name(code: str) -> str:
    """A country's name in the language in force: as the documents call it, else as it is commonly called."""
    language = get_language() or "ja"
    for one in load().countries:
        if one.code == code:
            return one.name.en if language.startswith("en") else one.name.ja
    return name_of(code, language)


def said(one: Cooperation, field: str) -> str:
    """A text of a row in the language in force, the other where one is missing."""
    english = (get_language() or "ja").startswith("en")
    texts = [getattr(one, f"{field}_en"), getattr(one, field)]
    return next((text for text in (texts if english else texts[::-1]) if text), "")


def when(one: Cooperation) -> str:
    """The day as exactly as it is told; the fiscal year where no day is."""
    if one.on is not None:
        return one.on.strftime(DATES.get(Precision(one.precision), "%Y-%m-%d"))
    return fiscal_year_name(one.fiscal_year, get_language() or "ja") if one.fiscal_year else ""


def stands(one: Cooperation) -> str:
    """How far it is, and its last day where one is told."""
    if one.ended_on is None:
        return str(one.get_standing_display())
    if one.ended_on < timezone.localdate():
        return _("Ended on %(day)s") % {"day": one.ended_on.isoformat()}
    return _("%(standing)s, until %(day)s") % {"standing": one.get_standing_display(), "day": one.ended_on.isoformat()}


def countries_of(one: Cooperation) -> str:
    """Its countries' names in the language in force."""
    mark = ", " if (get_language() or "ja").startswith("en") else "、"
    return mark.join(country_name(row.country) for row in one.countries.all())


ROWS = Listing(
    "cooperation",
    columns=(
        Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display(), sort="kind"),
        Column("name", gettext_lazy("What"), lambda one: one.label(), wide=True),
        Column("countries", gettext_lazy("Countries"), lambda one: countries_of(one)),
        Column("partner", gettext_lazy("Partner"), lambda one: said(one, "partner")),
        Column("field", gettext_lazy("Field"), lambda one: said(one, "field"), shown=False),
        Column("when", gettext_lazy("When"), when, sort="on", short=True),
        Column("standing", gettext_lazy("Standing"), lambda one: stands(one), sort="standing"),
        Column(
            "awards",
            gettext_lazy("Awards"),
            lambda one: "" if one.awards is None else one.awards,
            number=True,
            shown=False,
        ),
        Column("source", gettext_lazy("Source"), lambda one: source_said(one.source), shown=False),
    ),
    filters=(
        Filter("kind", gettext_lazy("Kind"), CooperationKind.choices, lambda rows, kind: rows.filter(kind=kind)),
        Filter(
            "standing",
            gettext_lazy("Standing"),
            CooperationStanding.choices,
            lambda rows, key: rows.filter(standing=key),
        ),
    ),
    order="kind",
    row_link=lambda one: reverse("portfolio:cooperation_one", args=[one.code]),
)


def _part(request: HttpRequest) -> Part:
    """What the address asks; what it asks wrongly is as if it were not asked."""
    given = request.GET
    kind, country = given.get("kind", ""), given.get("country", "")
    return Part(
        year_said(given.get("year")),
        kind if kind in (OTHER, *CooperationKind.values) else "",
        country if len(country) == 2 and country.isascii() and country.isupper() else "",
        {"1": True, "all": None}.get(given.get("ended", ""), False),
    )


def _address(part: Part, **more: str) -> str:
    query = {"year": str(part.fiscal_year or ""), "kind": part.kind, "country": part.country}
    query |= {"ended": "1" if part.ended else ""} | more
    kept = {key: value for key, value in query.items() if value}
    return (
        f"{reverse('portfolio:cooperation_rows')}?{urlencode(kept)}" if kept else reverse("portfolio:cooperation_rows")
    )


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The map with its table of countries, narrowed to a year or a kind; joint calls beneath."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    part = _part(request)
    lands = by_country(Part(part.fiscal_year, part.kind))
    language = get_language() or "ja"
    calls = cooperation_behind(Part(part.fiscal_year, CooperationKind.JOINT_CALL)).prefetch_related("countries")
    context = {
        "map": mark_safe(_map(lands)),  # noqa: S308  its texts are escaped
        "years": [(year, fiscal_year_name(year, language), year == part.fiscal_year) for year in years()],
        "kinds": [
            *((kind.value, kind.label, kind == part.kind) for kind in CooperationKind),
            (OTHER, _("Others"), part.kind == OTHER),
        ],
        "heads": [kind.label for kind in SHOWN],
        "lands": [_line(land, part) for land in lands],
        "all": cooperation_behind(Part(part.fiscal_year, part.kind)).count(),
        "all_url": _address(Part(part.fiscal_year, part.kind)),
        "calls": [
            {
                "name": one.label(),
                "partner": said(one, "partner"),
                "countries": countries_of(one),
                "when": when(one),
                "standing": stands(one),
                "url": reverse("portfolio:cooperation_one", args=[one.code]),
                "awards": one.awards,
                "source": source_said(one.source),
            }
            for one in calls.order_by("on", "code")
        ],
        "ended": cooperation_behind(Part(part.fiscal_year, part.kind, ended=True)).count(),
        "ended_url": _address(Part(part.fiscal_year, part.kind, ended=True)),
        "may_record": bool(rules.may_record_cooperation(request.user)),
        "csv_url": f"{_address(Part(part.fiscal_year, part.kind), format='csv')}",
    }
    return render(request, "portfolio/cooperation.html", context)


def _line(land: Land, part: Part) -> dict[str, Any]:
    """A country's row: each number with the address of its rows."""
    here = Part(part.fiscal_year, part.kind, land.code)
    cells = [
        {"label": kind.label, "number": land.kinds[kind], "url": _address(here, kind=kind.value)} for kind in SHOWN
    ]
    others = sum(land.kinds[kind] for kind in OTHERS)
    words = [f"{CooperationKind(kind).label} {number}" for kind, number in sorted(land.kinds.items()) if kind in OTHERS]
    return {
        "name": country_name(land.code),
        "url": _address(here),
        "cells": cells,
        "others": others,
        "others_url": _address(here, kind=OTHER),
        "other_words": " · ".join(words),
        "total": land.total,
        "awards": land.awards,
        "awards_url": f"{reverse('portfolio:awards_abroad')}?country={land.code}",
    }


def _map(lands: list[Land]) -> str:
    points = {one.code: (one.latitude, one.longitude) for one in load().countries}
    places = [
        Place(
            land.code,
            land.kinds[CooperationKind.JOINT_RESEARCH],
            bool(land.kinds[CooperationKind.MEMORANDUM]),
            labelled(
                country_name(land.code),
                ", ".join(f"{CooperationKind(kind).label} {number}" for kind, number in sorted(land.kinds.items())),
            ),
            points.get(land.code),
        )
        for land in lands
        if land.kinds
    ]
    joint = [place for place in places if place.number]
    told = _(
        "Joint research in %(countries)d countries, most in %(most)s; memoranda with partners in %(memoranda)d."
    ) % {
        "countries": len(joint),
        "most": country_name(max(joint, key=lambda place: place.number).code) if joint else "–",
        "memoranda": sum(place.marked for place in places),
    }
    title = _("Joint research and memoranda over the world")
    return draw_world(WorldMap(title, told, _("Joint research"), _("Memorandum of co-operation"), places))


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """Everything done together, or that of a country, a year, a kind; as CSV on demand. Raises NotFound for a country
    with which nothing is done."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    part = _part(request)
    only = part.kind if part.kind == OTHER else ""  # a kind itself is the table's filter
    found = cooperation_behind(Part(part.fiscal_year, only, part.country, part.ended)).prefetch_related("countries")
    if part.country and not cooperation_behind(Part(country=part.country, ended=None)).exists():
        raise NotFound(country_name(part.country))
    if request.GET.get("format") == "csv":
        return ROWS.csv(request, found)
    words = [country_name(part.country)] if part.country else []
    words += [_("Ended")] if part.ended else []
    words += [fiscal_year_name(part.fiscal_year, get_language() or "ja")] if part.fiscal_year else []
    context = {"of": " · ".join(words), "caption": _("Co-operation abroad"), "table": ROWS.show(request, found)}
    return render(request, "portfolio/cooperation_rows.html", context)


@login_required
@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """The awards whose institution is abroad, or in one country; as CSV on demand."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    country = _part(request).country
    found = held_in(country).select_related("programme", "organisation", "area")
    if request.GET.get("format") == "csv":
        return AWARDS.csv(request, found)
    context = {
        "of": labelled(_("Awards held abroad"), country_name(country)) if country else _("Awards held abroad"),
        "caption": _("Awards"),
        "table": AWARDS.show(request, found),
    }
    return render(request, "portfolio/cooperation_rows.html", context)

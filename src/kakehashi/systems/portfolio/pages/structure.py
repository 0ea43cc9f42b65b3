"""The agency's structure on a page: a term's projects with their programmes, what is not placed, all terms at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.keeping.scheme import not_placed, scheme_of, under_every_term
from kakehashi.systems.portfolio.models import DiseaseArea, PlanTerm
from kakehashi.systems.portfolio.pages.asking import Asked, asked

VIEWS = ("projects", "terms", "areas")


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The scheme of a term as of a fiscal year; ``?view=terms``: of every term; ``?view=areas``: disease areas."""
    wanted = asked(request)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    context = wanted.choices() | _told(wanted, view)
    context |= {
        "view": view,
        "tabs": _tabs(wanted, view),
        "kept": [("view", view)],
        "may_keep": bool(rules.may_keep_structure(request.user)),
    }
    return render(request, "portfolio/structure.html", context)


def _told(wanted: Asked, view: str) -> dict[str, Any]:
    """What one view shows."""
    if view == "areas":
        return {"areas": DiseaseArea.objects.all()}
    if wanted.term is None:
        return {}
    if view == "terms":
        terms = list(PlanTerm.objects.all())
        return {"all_terms": terms, "programmes": under_every_term(terms, wanted.year)}
    return {"projects": scheme_of(wanted.term, wanted.year), "loose": not_placed(wanted.term, wanted.year)}


def _tabs(wanted: Asked, view: str) -> list[dict[str, Any]]:
    labels = (_("By project"), _("Under every term"), _("Disease areas"))
    return [
        {"label": label, "url": f"?{wanted.query}&view={key}", "current": key == view}
        for key, label in zip(VIEWS, labels, strict=True)
    ]

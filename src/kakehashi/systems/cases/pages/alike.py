"""The most similar cases of a case: those that one may open and those of other institutions, in one order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.organisations.places import place_of
from kakehashi.kernel.sharing.asked import AskedTooMuch
from kakehashi.kernel.sharing.states import Level
from kakehashi.systems.cases import queries, vocabulary
from kakehashi.systems.cases.linkage.registrations import more_than_once
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.shared import SharedCase, find_elsewhere
from kakehashi.systems.cases.matching.similar import SimilarCase
from kakehashi.systems.cases.pages import panes, pictures

SIMILAR_SHOWN = 10


@login_required
@require_GET
def similar_cases(request: HttpRequest, case_id: str) -> HttpResponse:
    """The most similar cases one may see, the chosen one explained."""
    case = queries.case_for(request.user, case_id)
    found = similar.similar_to_case(request.user, case, k=SIMILAR_SHOWN)
    audit.read_of(request.user, "case", [one.case for one in found], action="case.match")
    wanted = request.GET.get("case", "")
    chosen = next((one for one in found if one.case.public_id == wanted), found[0] if found else None)
    context = panes.case_context(request, case, "similar") | {
        "chosen": chosen,
        "picture": pictures.case_picture(chosen, case.described) if chosen else None,
        "source": panes.source_line(),
    }
    elsewhere: list[SharedCase] = []
    try:
        elsewhere = find_elsewhere(request.user, case)
    except AskedTooMuch as refused:  # the rest of the page is one's own
        context["elsewhere_refused"] = refused.detail
    context["ranked"] = in_rank(found, elsewhere)
    return render(request, "cases/similar.html", context)


def in_rank(found: Iterable[SimilarCase], elsewhere: Iterable[SharedCase]) -> list[dict[str, Any]]:
    """Both in one order, by the score that may be told of each; at the same score those that one may open first.

    Of one patient whom two hospitals registered only the case that one may open.
    """
    own, others = list(found), list(elsewhere)
    again = more_than_once([*(one.case.pk for one in own), *(one.case.pk for one in others)])
    rows: list[dict[str, Any]] = [{"own": one, "score": one.score} for one in own]
    others = [one for one in others if one.case.pk not in again]
    rows += [{"other": one, "score": one["score"]} for one in _said_elsewhere(others)]
    return sorted(rows, key=lambda row: -row["score"])


def _said_elsewhere(found: Iterable[SharedCase]) -> list[dict[str, Any]]:
    """Cases of other institutions in words, each as far as it may be known."""
    return [
        {
            "institution": holder.label() if one.level == Level.WHOLE else place_of(holder),
            "synthetic": one.case.synthetic,
            "level_text": one.level.label,
            "told": one.level > Level.EXISTS,
            "score": one.score,
            "findings": [vocabulary.term_label(term) for term in one.findings],
            "genes": one.genes,
        }
        for one in found
        for holder in (one.case.organisation,)
    ]

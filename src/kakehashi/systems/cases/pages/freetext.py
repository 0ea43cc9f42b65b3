"""Clinical free text on the form of a case: suggestions to accept, whether by htmx or by sending the form."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kakehashi.systems.cases import freetext, vocabulary
from kakehashi.systems.cases.freetext import FIELD, MOST_CHARACTERS, Suggestion
from kakehashi.systems.cases.pages import panes

READ, TAKE, TAKE_ALL = "read-text", "take-suggested", "take-all-suggested"


@dataclass(frozen=True)
class Heard:
    """The form as it goes on: ``data`` with the accepted findings as further rows; the text, what it suggests, and what
    of it was passed over."""

    data: QueryDict
    text: str
    suggested: list[Suggestion] | None
    taken: int
    unread: tuple[str, ...] = ()


def heard(request: HttpRequest) -> Heard | None:
    """What was asked of the text in a form of a case; None where the form itself was sent."""
    then = request.POST.get("then", "")
    if request.method != "POST" or then not in (READ, TAKE, TAKE_ALL):
        return None
    text = request.POST.get(FIELD, "")[:MOST_CHARACTERS]
    data = request.POST.copy()
    if then == READ:
        read = freetext.read(text, known=_terms_in(data))
        return Heard(data, text, read.suggested, 0, tuple(read.unread))
    chosen = freetext.accepted(request.POST.getlist("accept"))
    if then == TAKE_ALL:
        sure = [one for one in freetext.suggestions(text, known=_terms_in(data)) if one.sure]
        chosen = {one.term: not one.excluded for one in sure}
    new = {term: present for term, present in chosen.items() if term not in _terms_in(data)}
    _add_rows(data, new)
    return Heard(data, "", None, len(new))


@login_required
@require_POST
@sensitive_post_parameters(FIELD)
def suggest(request: HttpRequest) -> HttpResponse:
    """The suggestions alone, to be shown in the form that asks. Nothing of the text is kept or recorded."""
    text = request.POST.get(FIELD, "")[:MOST_CHARACTERS]
    found = freetext.read(text, known=_terms_in(request.POST))
    return render(request, "cases/parts/suggestions.html", {"suggested": found.suggested, "unread": found.unread})


def _count(data: QueryDict) -> int:
    return min(panes.number(data.get("findings-TOTAL_FORMS")), 1000)


def _terms_in(data: QueryDict) -> set[str]:
    """The terms that the form has rows of already."""
    rows = range(_count(data))
    return {data.get(f"findings-{row}-term", "") for row in rows if not data.get(f"findings-{row}-DELETE")} - {""}


def _add_rows(data: QueryDict, findings: dict[str, bool]) -> None:
    """Rows for accepted findings, in empty rows first and then after the last."""
    total = _count(data)
    empty = [
        row
        for row in range(panes.number(data.get("findings-INITIAL_FORMS")), total)
        if not any(data.get(f"findings-{row}-{name}") for name in ("label", "term", "note", "DELETE"))
    ]
    for term, present in findings.items():
        row = empty.pop(0) if empty else total
        total = max(total, row + 1)
        data[f"findings-{row}-term"] = term
        data[f"findings-{row}-label"] = vocabulary.term_label(term)
        data[f"findings-{row}-presence"] = "present" if present else "absent"
    data["findings-TOTAL_FORMS"] = str(total)

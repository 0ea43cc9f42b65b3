"""Solving both cases on the pages: recording or proposing the diagnosis of a confirmed match, and deciding on one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_POST

from kakehashi.systems.exchange.conversations.queries import side_of
from kakehashi.systems.exchange.matchpages import match_page
from kakehashi.systems.exchange.queries import match_for
from kakehashi.systems.exchange.solving.actions import Solved, decide, solve
from kakehashi.systems.exchange.solving.forms import DiagnosisForm
from kakehashi.systems.exchange.solving.queries import proposal_for


@login_required
@require_POST
def solve_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """Record the diagnosis of a confirmed match of one's own case, and record or propose it for the other."""
    match = match_for(request.user, match_id)
    form = DiagnosisForm(request.POST, by=request.user, match=match)
    if not form.is_valid():
        return match_page(request, match, solving=form)
    solved = solve(by=_person(request), match=match, diagnosis=form.diagnosis, own_too=form.cleaned_data["own_too"])
    messages.success(request, " ".join(_said(solved)))
    return redirect("exchange:match", match.pk)


@login_required
@require_POST
def decide_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Accept or decline what the other side proposed, or take one's own proposal back."""
    person = _person(request)
    proposal = decide(by=person, proposal=proposal_for(person, proposal_id), move=request.POST.get("move", ""))
    messages.success(request, _now("Proposed diagnosis: %(state)s") % {"state": proposal.get_state_display()})
    mine = proposal.to if request.POST.get("move") != "take_back" else side_of(proposal.match)
    return redirect("exchange:conversation", mine.pk if mine is not None else proposal.to_id)


def _said(solved: Solved) -> list[str]:
    said = []
    if solved.own:
        said.append(_now("The diagnosis is recorded of your case."))
    if solved.other:
        said.append(_now("The diagnosis is recorded of the other case."))
    if solved.proposal is not None:
        said.append(_now("It is proposed to the other side, whose people decide."))
    return said or [_now("The diagnosis stands already.")]


def _person(request: HttpRequest) -> Any:
    return request.user

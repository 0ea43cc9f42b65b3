"""One request for adjustment funds: written, handed in, scored, decided, and what came of it later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.workflow import advance, moves_available, workflow_of
from kakehashi.systems.portfolio.adjustment import actions, rules
from kakehashi.systems.portfolio.adjustment.afterwards import what_came
from kakehashi.systems.portfolio.adjustment.reviewing import review_outcome
from kakehashi.systems.portfolio.adjustment.states import Criterion, RequestState, RoundState
from kakehashi.systems.portfolio.forms.adjustment import RequestForm, ReviewForm, ScoreForm
from kakehashi.systems.portfolio.models import AdjustmentRequest
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.adjustment import insist_on_seeing, round_of

BY_HAND = ("submit", "take_back")
"""The moves that are buttons of a request's page; the others are made with the round's."""


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """A request is written."""
    audit.insist(rules.may_request(request.user), by=request.user, action="adjustmentrequest.enter")
    found = round_of(code)
    initial = {"award": request.GET.get("award", "")}
    form = RequestForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                made = actions.request_funds(by=request.user, of_round=found, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("The draft of request %(code)s is saved.") % {"code": made.code})
                return redirect("portfolio:adjustment_request", found.code, made.number)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = {
        "form": form,
        "title": _("Ask for adjustment funds"),
        "lede": _("Round %(code)s") % {"code": found.code},
        "label": _("Save as a draft"),
        "back": reverse("portfolio:adjustment_round", args=[found.code]),
    }
    return render(request, "portfolio/adjustment_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One request; supervisors and directors score it here."""
    insist_on_seeing(request)
    found = _request_of(code, number)
    form, status = ScoreForm(request.POST if request.method == "POST" else None, initial=_given(request, found)), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                actions.score_request(by=request.user, request=found, points=form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("Your points are saved."))
                return redirect("portfolio:adjustment_request", code, number)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = _shown(request, found) | {"form": form}
    return render(request, "portfolio/adjustment_request.html", context, status=status)


@login_required
@require_POST
def review(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What came of a funded request is reviewed."""
    insist_on_seeing(request)
    found = _request_of(code, number)
    form, status = ReviewForm(request.POST), 422
    try:
        if form.is_valid():
            review_outcome(by=request.user, request=found, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The review is recorded. It stays as it is; later ones stand beside it."))
            return redirect("portfolio:adjustment_request", code, number)
    except (Invalid, Conflict) as error:
        add_problems(form, error)
        status = error.status
    context = _shown(request, found) | {"review_form": form}
    return render(request, "portfolio/adjustment_request.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A draft is changed."""
    audit.insist(rules.may_request(request.user), by=request.user, action="adjustmentrequest.edit")
    found = _request_of(code, number)
    initial = {key: getattr(found, key) for key in ("amount_yen", "reasons", "effects")}
    form = RequestForm(request.POST if request.method == "POST" else None, initial=initial)
    del form.fields["award"]
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                actions.edit_request(by=request.user, request=found, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("The draft of request %(code)s is saved.") % {"code": found.code})
                return redirect("portfolio:adjustment_request", code, number)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = {
        "form": form,
        "title": _("Change request %(code)s") % {"code": found.code},
        "lede": f"{found.award.number} {found.award.label()}",
        "label": _("Save as a draft"),
        "back": reverse("portfolio:adjustment_request", args=[code, number]),
    }
    return render(request, "portfolio/adjustment_form.html", context, status=status)


@login_required
@require_POST
def move(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A request is handed in, or taken back."""
    insist_on_seeing(request)
    found = _request_of(code, number)
    name = request.POST.get("move", "")
    if name not in BY_HAND:
        raise NotFound(_("The step"))
    advance(found, name, by=request.user)
    told = {"code": found.code, "state": found.get_state_display()}
    messages.success(request, _("Request %(code)s: %(state)s.") % told)
    return redirect("portfolio:adjustment_request", code, number)


def _request_of(code: str, number: int) -> AdjustmentRequest:
    rows = AdjustmentRequest.objects.select_related("round", "award__programme", "award__organisation", "entry")
    found = rows.filter(round=round_of(code), number=number).first()
    if found is None:
        raise NotFound(_("This request"))
    return found


def _given(request: HttpRequest, found: AdjustmentRequest) -> dict[str, int]:
    return dict(found.scores.filter(scorer_id=request.user.pk).values_list("criterion", "points"))


def _shown(request: HttpRequest, found: AdjustmentRequest) -> dict[str, Any]:
    scoreable = found.state in (RequestState.SUBMITTED, RequestState.SCORED)
    moves = [one for one in moves_available(found, request.user) if one.name in BY_HAND]
    return {
        "request_row": found,
        "round": found.round,
        "award": found.award,
        "amount": exact(found.amount_yen),
        "scores": _scores(found),
        "criteria": [label for _key, label in Criterion.choices],
        "may_score": found.round.state == RoundState.SCORING
        and scoreable
        and bool(workflow_of(found).move("score").rule(request.user, found)),
        "may_edit": found.state == RequestState.DRAFT
        and found.round.state == RoundState.OPEN
        and bool(rules.may_request(request.user)),
        "moves": moves if found.round.state == RoundState.OPEN else [],
        "later": what_came([found]).get(found.pk),
        "reviews": found.reviews.select_related("reviewed_by"),
        "may_review": found.state == RequestState.FUNDED and bool(rules.may_review(request.user, found)),
        "review_form": ReviewForm(initial={"on": timezone.localdate()}),
        "successors": found.award.links_onward.select_related("after").order_by("after__begins"),
    }


def _scores(found: AdjustmentRequest) -> list[tuple[Any, list[int | None]]]:
    by_scorer: dict[Any, dict[str, int]] = {}
    for one in found.scores.select_related("scorer"):
        by_scorer.setdefault(one.scorer, {})[one.criterion] = one.points
    return [(scorer, [points.get(key) for key in Criterion.values]) for scorer, points in by_scorer.items()]

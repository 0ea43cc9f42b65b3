"""Adjustment funds: the rounds, one round with its exact best choice and the decision, what a change costs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.fiscal import year_said
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.adjustment import actions, choosing, conditions, funding
from kakehashi.systems.portfolio.adjustment import rules as adjustment_rules
from kakehashi.systems.portfolio.adjustment.afterwards import Came, what_came
from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.figures import term_of
from kakehashi.systems.portfolio.forms.adjustment import ConditionForm, NoteForm, RoundForm, subjects
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, Ministry
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import key_said

Best = bool | None

ROUNDS = Listing(
    "adjustment_rounds",
    columns=(
        Column("code", gettext_lazy("Round"), lambda one: one.code, sort="fiscal_year", short=True),
        Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), sort="state"),
        Column("budget", gettext_lazy("Budget (yen)"), lambda one: one.budget_yen, sort="budget_yen", number=True),
        Column("requests", gettext_lazy("Requests"), lambda one: one.requests.count(), number=True),
        Column("decided", gettext_lazy("Decided"), lambda one: one.decided_at, sort="decided_at"),
    ),
    filters=(Filter("state", gettext_lazy("State"), RoundState.choices, lambda rows, state: rows.filter(state=state)),),
    order="-fiscal_year",
    row_link=lambda one: reverse("portfolio:adjustment_round", args=[one.code]),
)
REQUESTS = Listing(
    "adjustment_requests",
    columns=(
        Column("code", gettext_lazy("Request"), lambda one: one.code),
        Column("award", gettext_lazy("Award"), lambda one: one.award.number),
        Column("title", gettext_lazy("Title"), lambda one: one.award.label()),
        Column("programme", gettext_lazy("Programme"), lambda one: one.award.programme.label()),
        Column("ministry", gettext_lazy("Ministry"), lambda one: ministry_of(one)),
        Column("amount", gettext_lazy("Amount (yen)"), lambda one: one.amount_yen, number=True),
        Column("points", gettext_lazy("Points"), lambda one: one.points, number=True),
        Column("state", gettext_lazy("State"), lambda one: one.get_state_display()),
        Column("best", gettext_lazy("In the best choice"), lambda one: _said(one.best_now)),
        Column("least", gettext_lazy("A change loses at least (points)"), lambda one: one.least_lost, number=True),
        Column("entry", gettext_lazy("Entry of the ledger"), lambda one: one.entry.number if one.entry else ""),
    ),
    order="number",
    prepare=lambda _request, batch: told_best(batch),
)


def ministry_of(one: AdjustmentRequest) -> str:
    """Whose money a request asks for: its award's programme's ministry, which side conditions name."""
    programme = one.award.programme
    return str(Ministry(programme.ministry).label) if programme else ""


def told_best(rows: list[Any]) -> None:
    """Give requests of one round ``best_now`` and ``least_lost``: of the exact best choice as points stand while the
    round is being scored, else as it was decided."""
    found = rows[0].round if rows else None
    standing = None
    if found is not None and found.state == RoundState.SCORING:
        standing = choosing.standing(choosing.problem_of(found))
    best = standing.choice.ids if standing and standing.choice else frozenset[str]()
    for one in rows:
        scored = standing is not None and one.points is not None
        one.best_now = choosing.id_of(one) in best if scored else one.in_best
        one.least_lost = standing.least_lost.get(choosing.id_of(one)) if standing else None


def insist_on_seeing(request: HttpRequest) -> None:
    """Refuse those who do not work for the agency, and put it into the trail."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")


def round_of(code: str) -> AdjustmentRound:
    """The round of a code (2026-1). Raises NotFound."""
    year, _dash, number = code.partition("-")
    found = AdjustmentRound.objects.filter(fiscal_year=year_said(year) or 0, number=key_said(number)).first()
    if found is None:
        raise NotFound(_("This round"))
    return found


@login_required
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds."""
    insist_on_seeing(request)
    rows = AdjustmentRound.objects.all()
    if request.GET.get("format") == "csv":
        return ROUNDS.csv(request, rows)
    context = {"table": ROUNDS.show(request, rows), "may_open": bool(adjustment_rules.may_decide(request.user))}
    return render(request, "portfolio/adjustment_rounds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_round(request: HttpRequest) -> HttpResponse:
    """A round is opened."""
    audit.insist(adjustment_rules.may_decide(request.user), by=request.user, action="adjustmentround.open")
    form = RoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_round(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Round %(code)s is open for requests.") % {"code": made.code})
            return redirect("portfolio:adjustment_round", made.code)
    context = {"form": form, "title": _("Open a round"), "label": _("Open"), "back": reverse("portfolio:adjustment")}
    return render(request, "portfolio/adjustment_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One round: budget, conditions, requests, the exact best choice; the president decides here."""
    insist_on_seeing(request)
    found = round_of(code)
    rows = found.requests.select_related("award__programme", "entry", "round").prefetch_related("reviews")
    if request.GET.get("format") == "csv":
        return REQUESTS.csv(request, rows)
    form, chosen, status = NoteForm(request.POST if request.method == "POST" else None), None, 200
    if request.method == "POST":
        chosen = {key for one in request.POST.getlist("chosen") if (key := key_said(one))}
        try:
            if form.is_valid():
                note = form.cleaned_data["note"]
                actions.decide(by=request.user, of_round=found, chosen=chosen, note=note)  # type: ignore[arg-type]
                messages.success(request, _("Round %(code)s is decided.") % {"code": found.code})
                return redirect("portfolio:adjustment_round", found.code)
            status = 422
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
    context = _shown(request.user, found, list(rows), chosen) | {"form": form}
    return render(request, "portfolio/adjustment_round.html", context, status=status)


def _shown(person: Any, found: AdjustmentRound, rows: list[AdjustmentRequest], kept: set[int] | None) -> dict[str, Any]:
    scoring = found.state == RoundState.SCORING
    standing = choosing.standing(choosing.problem_of(found)) if scoring else None
    best = standing.choice.ids if standing and standing.choice else frozenset[str]()
    granted = [one for one in rows if _is_granted(one, best, scoring=scoring)]
    used = sum(one.amount_yen for one in granted)
    moves = [one for one in moves_available(found, person) if one.name != "decide"]
    came = what_came([one for one in rows if one.state == RequestState.FUNDED])
    return {
        "round": found,
        "budget": exact(found.budget_yen),
        "used": exact(used),
        "used_share": used / found.budget_yen,
        "points": sum(one.points or 0 for one in granted),
        "lines": [_line(one, standing, granted, kept) for one in rows],
        "clash": [conditions.in_words(one) for one in standing.clash] if standing else [],
        "only": standing.choice.only if standing and standing.choice else True,
        "scoring": scoring,
        "conditions": [conditions.in_words(one.limit) for one in conditions.read(found.conditions)],
        "may_decide": scoring and bool(adjustment_rules.may_decide(person)),
        "may_set": found.state in (RoundState.OPEN, RoundState.SCORING) and bool(adjustment_rules.may_decide(person)),
        "may_request": found.state == RoundState.OPEN and bool(adjustment_rules.may_request(person)),
        "moves": moves,
        "came": [_came(one, came.get(one.pk)) for one in rows if one.state == RequestState.FUNDED],
    }


def _came(one: AdjustmentRequest, came: Came | None) -> dict[str, Any]:
    """A funded request with what came of its award since the decision, and what the last review found."""
    outputs = Counter(str(row.get_kind_display()) for row in came.outputs) if came else Counter()
    return {
        "request": one,
        "amount": exact(one.amount_yen),
        "outputs": " · ".join(f"{label} {number}" for label, number in outputs.items()),
        "met": len(came.met) if came else 0,
        "stopped": len(came.stopped) if came else 0,
        "waiting": len(came.waiting) if came else 0,
        "goals": [goal.label() for goal in came.goals] if came else [],
        "review": next(iter(one.reviews.all()), None),
    }


def _is_granted(one: AdjustmentRequest, best: frozenset[str], *, scoring: bool) -> bool:
    return choosing.id_of(one) in best if scoring else one.state in (RequestState.CHOSEN, RequestState.FUNDED)


def _line(
    one: AdjustmentRequest,
    standing: choosing.Standing | None,
    granted: list[AdjustmentRequest],
    kept: set[int] | None,
) -> dict[str, Any]:
    in_best = one in granted if standing else one.in_best
    least = standing.least_lost.get(choosing.id_of(one)) if standing else None
    return {
        "request": one,
        "amount": exact(one.amount_yen),
        "ministry": ministry_of(one),
        "best": _said(in_best if one.points is not None else None),
        "in_best": in_best,
        "differs": not standing and one.in_best is not None and one.in_best != (one in granted),
        "least": least,
        "ticked": one.number in kept if kept is not None else one in granted,
        "scored": one.state == RequestState.SCORED,
    }


def _said(best: Best) -> str:
    return "" if best is None else _("yes") if best else _("no")


@login_required
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """The steps of a round beside the decision: requests closed, the round cancelled, the decision taken back,
    the money committed."""
    insist_on_seeing(request)
    found = round_of(code)
    name, note, by = request.POST.get("move", ""), request.POST.get("note", ""), request.user
    if name == "close":
        funding.commit_round(by=by, of_round=found)  # type: ignore[arg-type]
        messages.success(request, _("The money is committed; the entries are in the ledger."))
    elif name == "reopen":
        try:
            actions.decide_anew(by=by, of_round=found, note=note)  # type: ignore[arg-type]
        except Invalid as error:
            messages.error(request, " ".join(texts_of(error)))
    elif name == "begin_scoring":
        advance(found, name, by=by)
    elif name == "cancel":
        try:
            advance(found, name, by=by, note=note)
            messages.success(request, _("Round %(code)s is cancelled.") % {"code": found.code})
        except Invalid as error:
            messages.error(request, " ".join(texts_of(error)))
    else:
        raise NotFound(_("The step"))
    return redirect("portfolio:adjustment_round", found.code)


@login_required
@require_http_methods(["GET", "POST"])
def side_conditions(request: HttpRequest, code: str) -> HttpResponse:
    """Side conditions are added, and taken away one by one."""
    insist_on_seeing(request)
    found = round_of(code)
    by = request.user
    audit.insist(adjustment_rules.may_decide(by), by=by, action="adjustmentround.conditions", subject=found)
    now = conditions.read(found.conditions)
    if request.method == "POST" and "remove" in request.POST:
        rest = [one for place, one in enumerate(now) if str(place) != request.POST["remove"]]
        actions.set_conditions(by=by, of_round=found, conditions=rest)  # type: ignore[arg-type]
        return redirect("portfolio:adjustment_conditions", found.code)
    choices = subjects(term_of(found.fiscal_year))
    form = ConditionForm(request.POST if request.method == "POST" else None, subjects=choices)
    if request.method == "POST" and form.is_valid() and (made := form.condition) is not None:
        actions.set_conditions(by=by, of_round=found, conditions=[*now, made])  # type: ignore[arg-type]
        return redirect("portfolio:adjustment_conditions", found.code)
    context = {"round": found, "form": form, "conditions": [conditions.in_words(one.limit) for one in now]}
    return render(request, "portfolio/adjustment_conditions.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def price(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What it costs to have one request otherwise than in the best choice, and what would be chosen then."""
    insist_on_seeing(request)
    found = round_of(code)
    one = found.requests.select_related("award", "round").filter(number=number).exclude(points=None).first()
    if one is None or found.state != RoundState.SCORING:
        raise NotFound(_("The price of this change"))
    problem = choosing.problem_of(found)
    best = choosing.standing(problem).choice
    told = choosing.price_of(problem, choosing.id_of(one))
    assert best is not None  # or the price had been refused
    then = told.choice.ids if told.choice else frozenset[str]()
    rows = {choosing.id_of(row): row for row in found.requests.select_related("award", "round")}
    context = {
        "round": found,
        "request_row": one,
        "in_best": choosing.id_of(one) in best.ids,
        "lost": told.lost,
        "clash": [conditions.in_words(condition) for condition in told.clash],
        "comes": [rows[key] for key in sorted(then - best.ids)],
        "goes": [rows[key] for key in sorted(best.ids - then)] if told.choice else [],
        "yen_before": exact(best.total_yen),
        "yen_then": exact(told.choice.total_yen) if told.choice else "",
        "points_before": best.value,
        "points_then": told.choice.value if told.choice else None,
    }
    return render(request, "portfolio/adjustment_price.html", context)

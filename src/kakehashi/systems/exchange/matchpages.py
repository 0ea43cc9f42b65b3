"""The pages of the queue: my matches, one match, and the triage of some of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.cases.public import Sight, may_work_on, term_labels
from kakehashi.systems.exchange.conversationpages import MessageForm
from kakehashi.systems.exchange.conversations.actions import mark_read
from kakehashi.systems.exchange.conversations.queries import conversation_for, side_of, unread_sides, writing_verdict
from kakehashi.systems.exchange.matchlist import listing_for, place_of, told_only_of_existence
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.pages import said_of
from kakehashi.systems.exchange.precision import precision_of
from kakehashi.systems.exchange.queries import COUNTED, counted, match_for, matches_for
from kakehashi.systems.exchange.solving.forms import DiagnosisForm
from kakehashi.systems.exchange.solving.queries import proposals_of
from kakehashi.systems.exchange.states import OPEN, Dismissal, MatchState
from kakehashi.systems.exchange.workflow import MATCH_FLOW

KEYS = {"contact": "c", "discuss": "t", "confirm": "y", "dismiss": "d", "reopen": "o"}
MOST_AT_ONCE = 200
VIEWS = {
    "open": tuple(OPEN),
    "confirmed": (MatchState.CONFIRMED,),
    "dismissed": (MatchState.DISMISSED,),
    "all": tuple(MatchState),
}


@login_required
@require_GET
def match_list(request: HttpRequest) -> HttpResponse:
    """The matches of the cases one works on, those to decide first; as a table or CSV."""
    view = request.GET.get("view", "open")
    states = VIEWS.get(view, VIEWS["open"])
    sight = Sight(request.user)
    every = matches_for(request.user, sight=sight)
    precision = precision_of([one.pk for one in sight.organisations])
    rows = every.filter(state__in=states).select_related(None)
    listing = listing_for(request.user, precision, every, sight)
    if request.GET.get("format") == "csv":
        return listing.csv(request, rows)
    counts = {name: counted(every, shown) for name, shown in VIEWS.items() if name != "all"}
    counts["all"] = sum(counts.values())
    labels = {"open": _("To decide"), "confirmed": _("Confirmed"), "dismissed": _("Dismissed"), "all": _("All")}
    views = [
        {
            "label": labels[name],
            "url": f"{request.path}?view={name}",
            "current": shown == states,
            "count": f"{COUNTED:,}+" if counts[name] > COUNTED else counts[name],
        }
        for name, shown in VIEWS.items()
    ]
    context = {
        "table": listing.show(request, rows, known=counts[view if view in VIEWS else "open"]),
        "views": views,
        "any": bool(counts["all"]),
        "precision": precision,
        "query": request.GET.urlencode(),
        "moves": [name for name in KEYS if set(MATCH_FLOW.move(name).sources) & set(states)],
        "unread": unread_sides(request.user).count(),
    } | _triage()
    return render(request, "exchange/matches.html", context)


@login_required
@require_GET
def match(request: HttpRequest, match_id: int) -> HttpResponse:
    """One match: what the two have in common, as far as it may be known, and what to do about it."""
    return match_page(request, match_for(request.user, match_id))


def match_page(request: HttpRequest, found: Match, *, solving: DiagnosisForm | None = None) -> HttpResponse:
    """The page of a match; ``solving``: a diagnosis that was sent and cannot be taken so."""
    side, person = side_of(found), _person(request)
    if solving is None and found.state == MatchState.CONFIRMED:
        solving = DiagnosisForm(by=request.user, match=found)
    found.likes = precision_of([found.case.organisation_id]).like(found)
    context = {
        "match": found,
        "writing": None if side else writing_verdict(request.user, found, None),
        "conversation": conversation_for(person, side) if side else None,
        "form": MessageForm().for_side(side),
        "proposals": proposals_of(person, side) if side else [],
        "solving": solving,
        "works_on_both": found.other_id is not None and bool(may_work_on(person, found.other_id)),
        "contact": said_of(found.foreign)["contact"] if found.foreign else None,
        "place": place_of(found),
        "only_existence": told_only_of_existence(found),
        "findings": term_labels(found.finding_ids),
        "moves": [move.name for move in moves_available(found, request.user) if move.name in KEYS],
    } | _triage()
    if side is not None:
        mark_read(by=person, side=side)
    return render(request, "exchange/match.html", context, status=422 if solving and solving.is_bound else 200)


@login_required
@require_POST
def triage(request: HttpRequest) -> HttpResponse:
    """Make one move with each chosen match; what cannot make it is said and left as it is."""
    name = request.POST.get("move", "")
    back = redirect(f"{reverse('exchange:matches')}?{QueryDict(request.POST.get('query', '')).urlencode()}")
    ids = [pk for pk in request.POST.getlist("match") if pk.isdecimal() and len(pk) < 19][:MOST_AT_ONCE]
    chosen = list(matches_for(request.user).filter(pk__in=ids))
    if name not in KEYS:
        raise Invalid({"move": [_("There is no such step here.")]})
    if not chosen:
        messages.error(request, _("Choose at least one match."))
        return back
    moved = 0
    for one in chosen:
        try:
            advance(one, name, by=request.user, note=request.POST.get("reason", "") if name == "dismiss" else "")
            moved += 1
        except Conflict:
            continue
        except Invalid:
            messages.error(request, _("Choose why the matches are dismissed."))
            return back
    if moved:
        said = {"state": Match(state=MATCH_FLOW.move(name).target).get_state_display(), "number": moved}
        messages.success(request, _("%(state)s: %(number)s") % said)
    if moved and name == "confirm":
        if request.POST.get("here"):
            back = redirect(f"{reverse('exchange:match', args=[chosen[0].pk])}#solve-head")
        else:
            messages.info(request, _("Open a confirmed match to record the diagnosis that it led to, of both cases."))
    if moved < len(chosen):
        messages.error(request, _("Not possible from their state: %(number)s") % {"number": len(chosen) - moved})
    return back


def _person(request: HttpRequest) -> Any:
    return request.user


def _triage() -> dict[str, Any]:
    """The buttons of the triage: name, label, key; and the reasons of a dismissal."""
    steps = [(name, MATCH_FLOW.move(name).label_staff, key) for name, key in KEYS.items()]
    return {"steps": steps, "reasons": Dismissal.choices}

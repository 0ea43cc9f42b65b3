"""What could carry an award on, and whose output it needs; answered by officers; how often they accept."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, texts_of
from kakehashi.kernel.listing import Column, Listing
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.lineage import CAME_FROM
from kakehashi.systems.portfolio.lineage.rules import may_link
from kakehashi.systems.portfolio.models import Answer, Award, Found
from kakehashi.systems.portfolio.pages.lineage import award_numbered
from kakehashi.systems.portfolio.pairing.actions import acceptance, answer_pairing
from kakehashi.systems.portfolio.pairing.finding import suggestions
from kakehashi.systems.portfolio.pairing.store import STORE

WITHIN = timedelta(days=365)
ENDING = Listing(
    "awards_ending",
    columns=(
        Column("number", gettext_lazy("Number"), lambda one: one.number, sort="number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.label(), wide=True),
        Column("programme", gettext_lazy("Programme"), lambda one: one.programme.label() if one.programme else ""),
        Column("phase", gettext_lazy("Phase"), lambda one: one.get_phase_display(), sort="phase"),
        Column("ends", gettext_lazy("Ends"), lambda one: one.ends, sort="ends"),
    ),
    order="ends",
    row_link=lambda one: reverse("portfolio:award_next", args=[one.number]),
)


@login_required
@require_GET
def ending(request: HttpRequest) -> HttpResponse:
    """The awards that end within a year, and how often what was found for awards is accepted."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    today = timezone.localdate()
    rows = Award.objects.filter(ends__gte=today, ends__lte=today + WITHIN).select_related("programme")
    if request.GET.get("format") == "csv":
        return ENDING.csv(request, rows)
    context = {"table": ENDING.show(request, rows), "acceptance": acceptance()}
    return render(request, "portfolio/awards_ending.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def following(request: HttpRequest, number: str) -> HttpResponse:
    """What could carry one award on, whose output it needs, each with its reasons; an officer answers."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award, status, problem = award_numbered(number), 200, ""
    if request.method == "POST":
        try:
            return _answered(request, award)
        except (Conflict, Invalid) as error:
            status = error.status
            problem = " ".join(texts_of(error))
    today, index = timezone.localdate(), STORE.index()
    onward, givers = suggestions(award, index, today) if index else ([], [])
    context = {
        "award": award,
        "reading": index is None,
        "days": (award.ends - today).days,
        "days_since": (today - award.ends).days,
        "groups": [
            (_("Programmes and calls that could carry it on"), onward),
            (_("Awards elsewhere whose output it needs"), givers),
        ],
        "may_answer": bool(may_link(request.user)),
        "problem": problem,
    }
    return render(request, "portfolio/award_next.html", context, status=status)


def _answered(request: HttpRequest, award: Award) -> HttpResponse:
    said = request.POST
    found, _colon, key = said.get("what", "").partition(":")
    place = said.get("place", "")
    made = answer_pairing(
        by=request.user,  # type: ignore[arg-type]
        award=award,
        found=found,
        key=key,
        place=int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0,
        answer=said.get("answer", ""),
        reason=said.get("reason", ""),
    )
    messages.success(request, _("Your answer is saved."))
    if made.found == Found.GIVER and made.answer == Answer.ACCEPTED and Award.objects.filter(number=key).exists():
        proposed = urlencode({"award": key, "kind": CAME_FROM, "reason": made.reason})
        return redirect(f"{reverse('portfolio:award_links', args=[award.number])}?{proposed}")
    return redirect("portfolio:award_next", award.number)

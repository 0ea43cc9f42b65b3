"""The investigator's pages: own awards with what is due, the money to the yen, what to write in papers, outputs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_name, year_said
from kakehashi.systems.portfolio.acknowledging import acknowledgements_of
from kakehashi.systems.portfolio.investigators.money import (
    Share,
    accounts_of,
    institutions_seen,
    lines_of,
    total_of,
    totals_seen,
    yen_of,
)
from kakehashi.systems.portfolio.investigators.queries import history_of, own_awards, parts_of
from kakehashi.systems.portfolio.investigators.rules import may_follow
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind
from kakehashi.systems.portfolio.milestones.states import OPEN, GateState
from kakehashi.systems.portfolio.models import Account, Award, Milestone, Movement
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.numbers import acknowledgement_number
from kakehashi.systems.portfolio.outputs.references import address_of
from kakehashi.systems.portfolio.pages import contracts

MOST = 100
"""So many milestones and outputs stand on a page."""


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own awards, and what is due in them, the most urgent first."""
    audit.insist(may_follow(request.user), by=request.user, action="award.follow")
    today, awards = timezone.localdate(), own_awards(request.user).select_related("programme", "organisation")
    names = {one.award_id: one.get_part_display() for one in parts_of(request.user)}
    keys = awards.order_by().values("pk")
    ordered = list(awards.order_by("-ends"))
    sums = totals_seen(request.user, ordered)
    context = {
        "today": today,
        "duties": duties_of(Milestone.objects.filter(award__in=keys), today),
        "awards": [
            (one, names[one.pk], exact(committed), exact(spent), whole)
            for one in ordered
            for committed, spent, whole in (sums[one.pk],)
        ],
    }
    return render(request, "portfolio/my_research.html", context)


def duties_of(milestones: Any, today: Any) -> list[tuple[Milestone, int, int]]:
    """The milestones still to be decided, earliest first, each with the days it is late or has left."""
    rows = milestones.filter(state__in=OPEN).select_related("award").order_by("due", "pk")[:MOST]
    return [(one, max((today - one.due).days, 0), max((one.due - today).days, 0)) for one in rows]


@login_required
@require_GET
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One of one's own awards: duties, money by year and kind of budget, acknowledgement, people, outputs."""
    one, today = _own(request, number), timezone.localdate()
    only = institutions_seen(request.user, one)
    credits = one.credits.filter(until=None).select_related("output").order_by("-output__on", "pk")
    context = {
        "award": one,
        "today": today,
        "duties": duties_of(one.milestones, today),
        "decided": one.milestones.exclude(state__in=(*OPEN, GateState.WITHDRAWN)).order_by("-due"),
        "shares": Share.labels,
        "lines": [_line(one, line.fiscal_year, line.kind, line.yen) for line in lines_of(one, only)],
        "whole": only is None,
        "total": exact(total_of(one)),
        "people": history_of(one),
        "outputs": [(credit.output, address_of(credit.output)) for credit in credits[:MOST]],
        "credited": credits.count(),
        "acknowledgement": acknowledgement_number(one.number),
        "sentences": acknowledgements_of(one),
        "contracts": contracts.told_of(one, request.user, only=only),
    }
    return render(request, "portfolio/my_research_award.html", context)


def _line(one: Award, year: int, kind: str, yen: dict[Share, int]) -> dict[str, Any]:
    """A row of the money's table: each figure with the address of its rows."""
    query = urlencode({"year": year, "budget": kind})
    cells = [
        {
            "label": share.label,
            "text": exact(amount),
            "url": f"{reverse('portfolio:my_research_rows', args=[one.number, share])}?{query}" if amount else "",
        }
        for share, amount in yen.items()
    ]
    language = translation.get_language() or "ja"
    return {"year": fiscal_year_name(year, language), "kind": BudgetKind(kind).label, "cells": cells}


@login_required
@require_GET
def rows(request: HttpRequest, number: str, share: str) -> HttpResponse:
    """The accounts that a figure of one's own award is the sum of, each with its entries."""
    one = _own(request, number)
    only = institutions_seen(request.user, one)
    year, kind = year_said(request.GET.get("year")), request.GET.get("budget", "")
    if share not in Share.values or year is None:
        raise NotFound(_("This figure"))
    if kind and kind not in BudgetKind.values:
        raise NotFound(_("This figure"))
    found = accounts_of(one, Share(share), year, kind, only).select_related("organisation", "appropriation")
    context = {
        "award": one,
        "share": Share(share).label,
        "year_name": fiscal_year_name(year, translation.get_language() or "ja"),
        "budget": BudgetKind(kind).label if kind else "",
        "sum": exact(yen_of(one, Share(share), year, kind, only)),
        "accounts": [_account(account) for account in found.order_by("kind", "pk")],
    }
    return render(request, "portfolio/my_research_rows.html", context)


def _account(account: Account) -> dict[str, Any]:
    moved = Movement.objects.filter(Q(source=account) | Q(target=account)).select_related("entry")
    return {
        "kind": AccountKind(account.kind).label,
        "institution": account.organisation.label() if account.organisation else "",
        "money": account.appropriation.label(),
        "balance": exact(account.balance_yen),
        "lines": [
            {
                "number": movement.entry.number,
                "on": movement.entry.on,
                "kind": movement.entry.get_kind_display(),
                "yen": exact(movement.amount_yen if movement.target_id == account.pk else -movement.amount_yen),
            }
            for movement in moved.order_by("entry__number", "pk")
        ],
    }


def _own(request: HttpRequest, number: str) -> Award:
    """The award of a number, for its investigators alone; whether it is there is said to nobody else."""
    found = Award.objects.select_related("programme", "organisation", "area").filter(number=number).first()
    audit.insist(may_follow(request.user, found or Award()), by=request.user, action="award.follow", subject=found)
    assert found is not None  # nobody follows an award that is not there
    return found

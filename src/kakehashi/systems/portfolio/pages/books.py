"""The accountants' page: what waits to be booked, when the books close, whose money of which kind lies where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import Column, Listing, address
from kakehashi.systems.portfolio.behind import Money
from kakehashi.systems.portfolio.desks.books import Due, closing, lying_in, rows_due, waits
from kakehashi.systems.portfolio.desks.rules import may_use_accountants
from kakehashi.systems.portfolio.figures import Figures, book
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.models import Ministry
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import Asked, asked
from kakehashi.systems.portfolio.pages.auditing import rows_of, total_line
from kakehashi.systems.portfolio.pages.trail import ACCOUNTS

ROUNDS = Listing(
    "rounds_to_commit",
    columns=(
        Column("code", gettext_lazy("Round"), lambda one: one.code, short=True),
        Column("budget", gettext_lazy("Budget (yen)"), lambda one: one.budget_yen, sort="budget_yen", number=True),
        Column("decided", gettext_lazy("Decided on"), lambda one: one.decided_at, sort="decided_at"),
    ),
    order="decided_at",
    row_link=lambda one: reverse("portfolio:adjustment_round", args=[one.code]),
)
CONTRACTS = Listing(
    "contracts_to_book",
    columns=(
        Column("number", gettext_lazy("Award"), lambda one: one.number, sort="number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.label(), wide=True),
        Column("agreed", gettext_lazy("Agreed (yen)"), lambda one: one.agreed_yen, sort="agreed_yen", number=True),
        Column("committed", gettext_lazy("Committed (yen)"), lambda one: one.has_yen, sort="has_yen", number=True),
        Column("returned", gettext_lazy("Returned (yen)"), lambda one: one.back_yen, sort="back_yen", number=True),
    ),
    order="number",
    row_link=lambda one: reverse("portfolio:contracts", args=[one.number]),
)
LYING = Listing(
    "money_lying",
    columns=(
        Column("year", gettext_lazy("Fiscal year"), lambda one: str(one.fiscal_year), sort="fiscal_year", short=True),
        *(replace(one, shown=one.shown and one.key not in ("programme", "money")) for one in ACCOUNTS.columns),
    ),
    filters=ACCOUNTS.filters,
    order="fiscal_year",
    row_link=ACCOUNTS.row_link,
)
TABLES = {Due.ROUNDS: ROUNDS, Due.CONTRACTS: CONTRACTS, Due.YEAR_END: LYING, Due.ENDED: LYING}
WHAT_TO_DO = {
    Due.ROUNDS: gettext_lazy("Commit the money of decided rounds of adjustment funds"),
    Due.CONTRACTS: gettext_lazy("Book what contracts agree on and the ledger does not have"),
    Due.YEAR_END: gettext_lazy("Carry over or return what lies in years that are over"),
    Due.ENDED: gettext_lazy("Release or return what is left with awards that ended"),
}
CLOSING = "closing"


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits today, or one sort's rows (``show``); the money of a year by ministry and kind of budget."""
    audit.insist(may_use_accountants(request.user), by=request.user, action="portfolio.read")
    wanted, today, show = asked(request), timezone.localdate(), request.GET.get("show", "")
    closes = closing(today)
    context: dict[str, Any] = {"show": show, "closes": closes, "closing_yen": exact(closes.yen)}
    context["days_left"] = (closes.on - today).days
    if show:
        if show not in (*Due.values, CLOSING):
            raise NotFound(_("This list"))
        rows = lying_in(closes.fiscal_year) if show == CLOSING else rows_due(Due(show), today)
        table = LYING if show == CLOSING else TABLES[Due(show)]
        if table is LYING:
            rows = rows.select_related("programme", "award", "organisation", "appropriation")
        if request.GET.get("format") == "csv":
            return table.csv(request, rows)
        context |= {"table": table.show(request, rows), "caption": _told_of(show)}
    told = waits(today)
    waiting = [one for one in told if one.number]
    context["tabs"] = [
        {
            "label": label,
            "count": f"{number:,}",
            "current": key == show,
            "url": address(request, **dict.fromkeys(request.GET) | {"show": key or None}),
        }
        for key, label, number in [
            ("", _("Today"), len(waiting)),
            *((str(one.kind), one.kind.label, one.number) for one in told),
        ]
    ]
    context["items"] = [
        (one, WHAT_TO_DO[one.kind], exact(one.yen) if one.yen is not None else "", (today - one.by).days)
        for one in waiting
    ]
    if not show:
        context |= _money(wanted)
    return render(request, "portfolio/my_books.html", wanted.choices() | context)


def _told_of(show: str) -> str:
    return str(Due(show).label) if show in Due.values else _("What still lies in the books that close next")


def _money(wanted: Asked) -> dict[str, Any]:
    """The year's money by ministry and kind of budget, each figure with its rows."""
    told = book(wanted.year, wanted.term.number if wanted.term else None)
    lines = [
        _line(wanted, ministry, kind, figures)
        for ministry, figures in told.ministries.items()
        for kind in BudgetKind
        if any(getattr(figures, what.value).get(kind) for what in Money)
    ]
    return {"as_of": told.as_of, "lines": [*lines, total_line(wanted, told.total)] if lines else []}


def _line(wanted: Asked, ministry: str, kind: BudgetKind, figures: Figures) -> dict[str, Any]:
    part = f"{wanted.query}&ministry={ministry}&budget={kind}"
    cells = [
        {"label": what.label, "text": exact(yen), "title": "", "url": f"{rows_of(what)}?{part}" if yen else ""}
        for what in Money
        for yen in (getattr(figures, what.value).get(kind, 0),)
    ]
    return {"name": f"{Ministry(ministry).label} · {kind.label}", "url": "", "cells": cells}

"""The awards: found, filtered, listed; and one of them with its money, its terms' places and its results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import Column, Filter, Listing, address
from kakehashi.systems.portfolio import finding, rules
from kakehashi.systems.portfolio.acknowledging import acknowledgements_of
from kakehashi.systems.portfolio.behind import Slice, awards_behind
from kakehashi.systems.portfolio.columns.parts import awards_of, in_order
from kakehashi.systems.portfolio.investigators.queries import history_of
from kakehashi.systems.portfolio.investigators.rules import may_name
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.ledger.moved import NOTHING, moved_by
from kakehashi.systems.portfolio.ledger.partners import Share, shares_of
from kakehashi.systems.portfolio.lineage.rules import may_link
from kakehashi.systems.portfolio.models import Account, Award, Entry, Modality, Movement, Phase, Placement
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.numbers import acknowledgement_number
from kakehashi.systems.portfolio.pages import contracts
from kakehashi.systems.portfolio.pages.asking import asked
from kakehashi.systems.portfolio.pages.lineage import told_of
from kakehashi.systems.portfolio.pages.trail import slice_of
from kakehashi.systems.portfolio.placements import counting_in

DOI_FORMATS = (("crossref", "Crossref XML"), ("datacite", "DataCite JSON"))
MOST = 100
"""So many of an award's outputs stand on its page; the list holds all."""

AWARDS = Listing(
    "awards",
    columns=(
        Column("number", gettext_lazy("Number"), lambda one: one.number, sort="number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.label(), wide=True),
        Column("programme", gettext_lazy("Programme"), lambda one: one.programme.label() if one.programme else ""),
        Column("institution", gettext_lazy("Institution"), lambda one: one.organisation.label()),
        Column("phase", gettext_lazy("Phase"), lambda one: one.get_phase_display(), sort="phase"),
        Column("modality", gettext_lazy("Modality"), lambda one: one.get_modality_display(), shown=False),
        Column("area", gettext_lazy("Disease area"), lambda one: one.area.label() if one.area else "", shown=False),
        Column("begins", gettext_lazy("Begins"), lambda one: one.begins, sort="begins"),
        Column("ends", gettext_lazy("Ends"), lambda one: one.ends, sort="ends"),
    ),
    filters=(
        Filter("phase", gettext_lazy("Phase"), Phase.choices, lambda rows, key: rows.filter(phase=key)),
        Filter("modality", gettext_lazy("Modality"), Modality.choices, lambda rows, key: rows.filter(modality=key)),
    ),
    order="number",
    row_link=lambda one: reverse("portfolio:award", args=[one.number]),
)


@login_required
@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """The awards that run in a year, or of every year; narrowed by words and by where they stand."""
    wanted = asked(request)
    part, words = slice_of(request, wanted)
    new = {"new": True, "continuing": False}.get(request.GET.get("began", ""))
    every, text = "every" in request.GET, request.GET.get("q", "").strip()
    rows = Award.objects.select_related("programme", "organisation", "area")
    if request.GET.get("format") == "csv":
        found = awards_behind(part, new=new, every=every).select_related("programme", "organisation", "area")
        return AWARDS.csv(request, finding.holding(found, text) if text else found)
    kept = [(key, value) for key, value in request.GET.items() if key not in ("q", "page", "every")]
    keys = _keys(request, part, text, new=new, every=every)
    elsewhere = 0
    if text and not every:
        elsewhere = len(_keys(request, part, text, new=new, every=True)) - len(keys)
    context = wanted.choices() | {
        "table": AWARDS.show(request, rows, keys=keys),
        "elsewhere": max(elsewhere, 0),
        "every_url": address(request, every="1", page=None),
        "search_text": text,
        "may_register": bool(rules.may_register_awards(request.user)),
        "of": words,
        "every": every,
        "began": request.GET.get("began", ""),
        "kept": kept,
    }
    return render(request, "portfolio/awards.html", context)


def _keys(request: HttpRequest, part: Slice, text: str, *, new: bool | None, every: bool) -> Sequence[int]:
    """The awards of a part of the book, of its year or of every year, that the address asks for, in its order."""
    found, narrowed = awards_of(part, new=new, every=every)
    for key, value in AWARDS.filtered(request).items():
        narrowed &= getattr(found, key).is_(value)
    if text:
        narrowed &= found.among(finding.keys_holding(text))
    return in_order(found, narrowed, AWARDS.asked_order(request))


@login_required
@require_GET
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One award: what it is about, where it counts, its money year by year down to the entries, its results."""
    wanted = asked(request)
    one = Award.objects.select_related("programme", "organisation", "area", "call").filter(number=number).first()
    if one is None:
        raise NotFound(_("This award"))
    own = list(one.accounts.values_list("pk", flat=True))
    moved = Movement.objects.filter(Q(source__in=own) | Q(target__in=own)).order_by()
    entries = list(Entry.objects.filter(pk__in=moved.values("entry")).order_by("number")[:200])
    told = moved_by([entry.pk for entry in entries], one)
    context = wanted.choices() | {
        "award": one,
        "acknowledgement": acknowledgement_number(one.number),
        "sentences": acknowledgements_of(one),
        "contracts": contracts.told_of(one, request.user),
        "doi_formats": DOI_FORMATS if settings.DOI_PREFIX and rules.may_register_awards(request.user) else (),
        "shares": [_share(share) for share in shares_of(one)],
        "may_register": bool(rules.may_register_awards(request.user)),
        "may_publish": bool(rules.may_publish_awards(request.user)),
        "years": money_of(one),
        "credits": one.credits.select_related("output").order_by("-output__on", "pk")[:MOST],
        "credited": one.credits.count(),
        "may_keep": bool(rules.may_keep_structure(request.user)),
        "places": _places(one, wanted.year),
        "people": history_of(one),
        "may_name": bool(may_name(request.user)),
        "lineage": told_of(one),
        "may_link": bool(may_link(request.user)),
        "entries": [(entry, entry.get_kind_display(), exact(told.get(entry.pk, NOTHING).yen)) for entry in entries],
    }
    return render(request, "portfolio/award.html", context)


def money_of(one: Award) -> list[dict[str, Any]]:
    """An award's money by fiscal year: what lies where, each with its account."""
    years: defaultdict[int, list[Account]] = defaultdict(list)
    for account in one.accounts.select_related("organisation", "appropriation").order_by("fiscal_year", "pk"):
        years[account.fiscal_year].append(account)
    return [
        {
            "year": year,
            "committed": exact(sum(account.balance_yen for account in accounts)),
            "spent": exact(sum(a.balance_yen for a in accounts if a.kind == AccountKind.SPENT)),
            "accounts": [
                {
                    "url": reverse("portfolio:account", args=[account.pk]),
                    "kind": AccountKind(account.kind).label,
                    "institution": account.organisation.label() if account.organisation else "",
                    "money": account.appropriation.label(),
                    "balance": exact(account.balance_yen),
                }
                for account in accounts
                if account.balance_yen
            ],
        }
        for year, accounts in sorted(years.items())
    ]


def _share(share: Share) -> dict[str, str]:
    """An institution's row: what it was paid, got, passed on, used, gave back and has."""
    yen = {name: getattr(share, name) for name in ("paid", "got", "passed_on", "used", "gave_back", "has")}
    return {"institution": share.institution.label(), **{name: exact(one) if one else "–" for name, one in yen.items()}}


def _places(one: Award, year: int) -> list[tuple[str, str]]:
    """Where an award counts under each term in a fiscal year: by itself, or with its programme."""
    rows = Placement.objects.filter(counting_in(year)).select_related("project__term").order_by("pk")
    own = {placed.project.term_id: placed for placed in rows.filter(award=one)}
    whole = rows.filter(programme=one.programme) if one.programme else ()
    by_term = {placed.project.term_id: placed for placed in whole} | own
    return [
        (placed.project.term.label(), placed.project.label())
        for placed in sorted(by_term.values(), key=lambda placed: placed.project.term.number)
    ]

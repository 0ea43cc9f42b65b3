"""From a figure down to the entries: the accounts it is the sum of, the movements of an account, one entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.shell import Text
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.adjustment.funding import memo_said
from kakehashi.systems.portfolio.behind import Money, Slice, accounts_behind, yen_behind
from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS, HOLDERS, NOTHING, SIZE, SIZES
from kakehashi.systems.portfolio.ledger.balances import describe
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind
from kakehashi.systems.portfolio.ledger.moved import tell_movements
from kakehashi.systems.portfolio.ledger.told import PLACED, PLACES
from kakehashi.systems.portfolio.models import (
    Account,
    DiseaseArea,
    Entry,
    IntegratedProject,
    Ministry,
    Movement,
    Programme,
)
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import Asked, asked

ACCOUNTS = Listing(
    "accounts",
    columns=(
        Column("kind", gettext_lazy("Place"), lambda one: AccountKind(one.kind).label, sort="kind"),
        Column("programme", gettext_lazy("Programme"), lambda one: one.programme.label() if one.programme else ""),
        Column("award", gettext_lazy("Award"), lambda one: one.award.number if one.award else "", sort="award__number"),
        Column(
            "institution",
            gettext_lazy("Institution"),
            lambda one: one.organisation.label() if one.organisation else "",
        ),
        Column("ministry", gettext_lazy("Ministry"), lambda one: Ministry(one.appropriation.ministry).label),
        Column("money", gettext_lazy("Kind of budget"), lambda one: BudgetKind(one.appropriation.kind).label),
        Column("balance", gettext_lazy("Balance (yen)"), lambda one: one.balance_yen, sort="balance_yen", number=True),
    ),
    filters=(Filter("place", gettext_lazy("Place"), AccountKind.choices, lambda rows, kind: rows.filter(kind=kind)),),
    order="-balance_yen",
    row_link=lambda one: reverse("portfolio:account", args=[one.pk]),
)

ENTRIES = Listing(
    "entries",
    columns=(
        Column("number", gettext_lazy("Number"), lambda one: one.number, sort="number", number=True),
        Column("on", gettext_lazy("Day"), lambda one: one.on, sort="on"),
        Column("year", gettext_lazy("Fiscal year"), lambda one: str(one.fiscal_year), sort="fiscal_year", short=True),
        Column("kind", gettext_lazy("What happened"), lambda one: EntryKind(one.kind).label, sort="kind"),
        Column("amount", gettext_lazy("Amount (yen)"), lambda one: one.moved.yen, number=True),
        Column("award", gettext_lazy("Award"), lambda one: one.moved.award, short=True),
        Column("programme", gettext_lazy("Programme"), lambda one: one.moved.programme),
        Column("document", gettext_lazy("Document"), lambda one: one.reference, short=True, shown=False),
        Column("memo", gettext_lazy("Memo"), lambda one: memo_said(one.memo)),
    ),
    filters=(
        Filter("kind", gettext_lazy("What happened"), EntryKind.choices, lambda rows, kind: rows.filter(kind=kind)),
    ),
    order="-number",
    row_link=lambda one: reverse("portfolio:entry", args=[one.number]),
    prepare=tell_movements,
)


@login_required
@require_GET
def rows(request: HttpRequest, what: str) -> HttpResponse:
    """The accounts behind a figure of money, and that they come to it; as CSV on demand."""
    wanted = asked(request)
    if what not in Money.values:
        raise NotFound(_("This figure"))
    part, words = slice_of(request, wanted)
    found = accounts_behind(Money(what), part).select_related("programme", "award", "organisation", "appropriation")
    if request.GET.get("format") == "csv":
        return ACCOUNTS.csv(request, found)
    context = wanted.choices() | {
        "what": Money(what).label,
        "of": words,
        "sum": exact(yen_behind(Money(what), part)),
        "table": ACCOUNTS.show(request, found),
    }
    return render(request, "portfolio/rows.html", context)


def slice_of(request: HttpRequest, wanted: Asked, *, by_awards: bool = True) -> tuple[Slice, str]:
    """The part of the book that the address names, and its name in words; by what only lists of awards and of accounts
    take (disease area, institution, money, nothing at all) only where ``by_awards``. Raises NotFound for what is not
    there."""
    given = request.GET
    programme = project = area = None
    words: list[str] = []
    no_programme = by_awards and given.get("programme") == NOTHING
    if no_programme:
        words.append(_("No programme"))
    elif code := given.get("programme", ""):
        programme = Programme.objects.filter(code=code).first()
        if programme is None:
            raise NotFound(_("This programme"))
        words.append(programme.label())
    unplaced = by_awards and given.get("project") == NOTHING
    if unplaced:
        words.append(_("Not placed in this term"))
    elif code := given.get("project", ""):
        project = IntegratedProject.objects.filter(term=wanted.term, code=code).select_related("term").first()
        if project is None:
            raise NotFound(_("This integrated project"))
        words.append(project.label())
    if by_awards and (code := given.get("area", "")):
        area = DiseaseArea.objects.filter(code=code).first()
        if area is None:
            raise NotFound(_("This disease area"))
        words.append(area.label())
    ministry, kind = given.get("ministry", ""), given.get("budget", "")
    if (ministry and ministry not in Ministry.values) or (kind and kind not in BudgetKind.values):
        raise NotFound(_("This figure"))
    words += [str(Ministry(ministry).label)] if ministry else []
    words += [str(BudgetKind(kind).label)] if kind else []
    part = Slice(wanted.year, programme, project, ministry, kind, area)
    if not by_awards:
        return part, " · ".join(words)
    holders, yen = _held(request, words), _size(request, words)
    unplaced_in = wanted.term if unplaced else None
    part = replace(part, no_programme=no_programme, unplaced_in=unplaced_in, holders=holders, yen=yen)
    return part, " · ".join(words)


def _held(request: HttpRequest, words: list[str]) -> tuple[tuple[str, str], ...]:
    """By which institutions the address narrows, each told in ``words``."""
    held = []
    language = translation.get_language() or "ja"
    for key, field in HOLDERS.items():
        if code := request.GET.get(key, ""):
            named = _named(key, code, language)
            if not named:
                raise NotFound(_("This figure"))
            words.append(named)
            held.append((field, code))
    return tuple(held)


def _named(key: str, code: str, language: str) -> str:
    if key == "institution":
        found = Organisation.objects.filter(code=code).first()
        return found.label(language) if found else ""
    return DIMENSIONS[key].labels({code}, language).get(code, "")


def _size(request: HttpRequest, words: list[str]) -> tuple[int | None, int | None] | None:
    """The class of awards by their money of the year that the address names, told in ``words``."""
    said = request.GET.get(SIZE, "")
    if not said:
        return None
    if said not in {str(one) for one in range(len(SIZES) + 1)}:
        raise NotFound(_("This figure"))
    words.append(DIMENSIONS[SIZE].labels({int(said)}, "")[int(said)])
    bounds = (None, *SIZES, None)
    return bounds[int(said)], bounds[int(said) + 1]


@login_required
@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: every movement into it and out of it, with the balance after each."""
    wanted = asked(request)
    one = Account.objects.select_related("programme", "award", "organisation", "appropriation").filter(pk=pk).first()
    if one is None:
        raise NotFound(_("This account"))
    moved = Movement.objects.filter(Q(source=one) | Q(target=one)).select_related(
        *("entry", "source__appropriation", "target__appropriation"),
        *(f"{end}__{field}" for end in ("source", "target") for field in ("programme", "award", "organisation")),
    )
    lines, balance = [], 0
    for movement in moved.order_by("entry__number", "pk"):
        came = movement.target_id == one.pk
        balance += movement.amount_yen if came else -movement.amount_yen
        other = movement.source if came else movement.target
        lines.append(
            {
                "entry": movement.entry,
                "kind": EntryKind(movement.entry.kind).label,
                "other": describe(other),
                "other_url": reverse("portfolio:account", args=[other.pk]),
                "came": exact(movement.amount_yen) if came else "",
                "went": "" if came else exact(movement.amount_yen),
                "balance": exact(balance),
            }
        )
    context = wanted.choices() | {
        "account": one,
        "name": describe(one),
        "kind": AccountKind(one.kind).label,
        "balance": exact(one.balance_yen),
        "agrees": balance == one.balance_yen,
        "bookings": _bookings(one) if rules.may_write_entries(request.user) else [],
        "lines": lines,
    }
    return render(request, "portfolio/account.html", context)


def _bookings(one: Account) -> list[tuple[Text, str]]:
    """What may be booked of money that lies somewhere, and where: a form that begins with the place and the amount."""
    if one.kind not in PLACES or not one.balance_yen:
        return []
    given = QueryDict(mutable=True)
    given.update({"fiscal_year": str(one.fiscal_year), "appropriation": one.appropriation.code})
    given.update({"place": one.kind, "amount_yen": str(one.balance_yen)})
    if one.award is not None:
        given["award"] = one.award.number
    elif one.programme is not None:
        given["programme"] = one.programme.code
    if one.organisation is not None:
        given["institution"] = one.organisation.code
    return [
        (EntryKind(kind).label, f"{reverse('portfolio:entry_new', args=[kind])}?{given.urlencode()}") for kind in PLACED
    ]


@login_required
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The journal: every entry of the ledger, latest first."""
    wanted = asked(request)
    found = Entry.objects.all()
    if request.GET.get("format") == "csv":
        return ENTRIES.csv(request, found)
    context = wanted.choices() | {
        "table": ENTRIES.show(request, found),
        "may_book": bool(rules.may_write_entries(request.user)),
    }
    return render(request, "portfolio/entries.html", context)


@login_required
@require_GET
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: what moved, who wrote it when, what it corrects or what corrects it."""
    wanted = asked(request)
    one = Entry.objects.filter(number=number).select_related("corrects", "recorded_by").first()
    if one is None:
        raise NotFound(_("This entry"))
    moved = one.movements.select_related(
        *(
            f"{end}__{field}"
            for end in ("source", "target")
            for field in ("programme", "award", "organisation", "appropriation")
        )
    )
    lines: list[dict[str, Any]] = [
        {
            "source": describe(movement.source),
            "source_url": reverse("portfolio:account", args=[movement.source_id]),
            "target": describe(movement.target),
            "target_url": reverse("portfolio:account", args=[movement.target_id]),
            "amount": exact(movement.amount_yen),
        }
        for movement in moved
    ]
    corrected_by = Entry.objects.filter(corrects=one).first()
    context = wanted.choices() | {
        "entry": one,
        "kind": EntryKind(one.kind).label,
        "lines": lines,
        "corrected_by": corrected_by,
        "may_correct": one.kind != EntryKind.CORRECT
        and corrected_by is None
        and bool(rules.may_write_entries(request.user)),
    }
    return render(request, "portfolio/entry.html", context)

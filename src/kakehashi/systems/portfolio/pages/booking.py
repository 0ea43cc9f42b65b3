"""Writing to the ledger by hand: one entry, looked at before it is booked; one undone, and told anew."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.entries import BOOKED, INSTITUTIONS, CorrectionForm, EntryForm
from kakehashi.systems.portfolio.ledger.balances import describe
from kakehashi.systems.portfolio.ledger.booking import book, booked_already, booked_before, correct_and_book
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.foreseeing import Foreseen, foresee
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.ledger.posting import undoing
from kakehashi.systems.portfolio.ledger.told import Named, entry_of, told_of
from kakehashi.systems.portfolio.models import Entry
from kakehashi.systems.portfolio.money import exact

MEANT = {
    EntryKind.ALLOT: gettext_lazy("A ministry's budget comes to the agency."),
    EntryKind.DISTRIBUTE: gettext_lazy("The agency gives a programme its budget."),
    EntryKind.COMMIT: gettext_lazy("A contract with an award binds money of its programme."),
    EntryKind.PAY: gettext_lazy("Money that is bound is paid to the award's institution."),
    EntryKind.SUBAWARD: gettext_lazy("An institution passes money of the award on to a partner."),
    EntryKind.SPEND: gettext_lazy("An institution reports what it used."),
    EntryKind.REPAY: gettext_lazy("An institution pays back; the money is bound to the award again."),
    EntryKind.RELEASE: gettext_lazy("What an award does not need goes back to its programme."),
    EntryKind.WITHDRAW: gettext_lazy("A programme gives its budget back to the agency."),
    EntryKind.RETURN: gettext_lazy("Money goes back to the treasury."),
    EntryKind.CARRY_OVER: gettext_lazy("Money stays where it is and is used in the next fiscal year."),
}
"""What each kind of entry is for."""
GIVEN = ("fiscal_year", "appropriation", "place", "programme", "award", "institution", "amount_yen", "reference")
"""What an address may fill in."""
NOT_KEPT = ("csrfmiddlewaretoken", "book", "change")


@login_required
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """What happened? Each kind of entry leads to its form."""
    _insist(request)
    listed = [(kind, label, MEANT[EntryKind(kind)]) for kind, label in BOOKED]
    return render(request, "portfolio/entry_kinds.html", {"kinds": listed, "query": request.GET.urlencode()})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """An entry of a kind: told, looked at, booked."""
    _insist(request)
    if kind not in dict(BOOKED):
        raise NotFound(_("This kind of entry"))
    initial = {key: request.GET[key] for key in GIVEN if key in request.GET}
    form = EntryForm(kind, request.POST or None, initial=initial)
    context: dict[str, Any] = {"title": EntryKind(kind).label, "meant": MEANT[EntryKind(kind)]}
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        try:
            told = _entry(form)
            if "book" in request.POST:
                (made,) = book([told], by=request.user)  # type: ignore[arg-type]
                messages.success(request, _("Entry %(number)d is booked.") % {"number": made.number})
                return redirect("portfolio:entry", made.number)
            _insist_on_once(told)
            context |= _foreseen(request, foresee([told]))
        except (Invalid, Conflict) as error:
            add_problems(form, error)
    return _shown(request, context, form)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """An entry is undone by another; what is right may be booked in its place in the same step."""
    _insist(request)
    entry = Entry.objects.filter(number=number).first()
    if entry is None:
        raise NotFound(_("This entry"))
    undoing(entry, "")  # refused at once where it cannot be
    told = told_of(entry)
    anew = "anew" in request.POST
    reason = CorrectionForm(request.POST or None)
    form = None
    if told is not None:
        form = EntryForm(entry.kind, request.POST if anew else None, initial=asdict(told))
    context: dict[str, Any] = {"title": _("Correct entry %(number)d") % {"number": number}, "entry": entry}
    if request.method == "POST" and reason.is_valid() and "change" not in request.POST:
        try:
            if not anew or form is None:
                right = None
            elif form.is_valid():
                right = _entry(form)
            else:
                return _shown(request, context, form, reason)
            memo = reason.cleaned_data["reason"]
            if "book" in request.POST:
                done = correct_and_book(entry, right, by=request.user, memo=memo)  # type: ignore[arg-type]
                messages.success(request, _("Entry %(number)d is corrected.") % {"number": number})
                return redirect("portfolio:entry", (done.anew or done.undoing).number)
            seen = foresee([right] if right else [], undone=undoing(entry, memo))
            context |= _foreseen(request, seen)
        except (Invalid, Conflict) as error:
            add_problems(form if anew and form is not None else reason, error)
    return _shown(request, context, form, reason)


def _entry(form: EntryForm) -> NewEntry:
    told = form.told
    return entry_of(told, Named([told]))


def _insist_on_once(told: NewEntry) -> None:
    for _place, number in booked_before([told]).items():
        raise Conflict(booked_already(told, number), field="reference")


def _insist(request: HttpRequest) -> None:
    audit.insist(rules.may_write_entries(request.user), by=request.user, action="ledger.post")


def _shown(
    request: HttpRequest, context: dict[str, Any], form: EntryForm | None, reason: CorrectionForm | None = None
) -> HttpResponse:
    faulty = (form is not None and form.errors) or (reason is not None and reason.errors)
    if "accounts" not in context:
        context |= {
            "institutions_id": INSTITUTIONS,
            "institutions": Organisation.objects.order_by("code") if form and "institution" in form.fields else (),
        }
    context |= {"form": form, "reason": reason}
    return render(request, "portfolio/entry_form.html", context, status=422 if faulty else 200)


def _foreseen(request: HttpRequest, seen: Foreseen) -> dict[str, Any]:
    """What a preview shows, and the fields that are sent again when it is confirmed."""
    return {
        "accounts": [
            {
                "name": describe(one.account),
                "before": exact(one.before),
                "after": exact(one.after),
                "change": _change(one.after - one.before),
            }
            for one in seen.accounts
        ],
        "figures": [
            {
                "name": f"{one.programme.label()} {one.fiscal_year}",
                "what": one.what.label,
                "before": exact(one.before),
                "after": exact(one.after),
                "change": _change(one.after - one.before),
            }
            for one in seen.figures
        ],
        "kept": [(key, value) for key, value in request.POST.items() if key not in NOT_KEPT],
    }


def _change(yen: int) -> str:
    return f"+{exact(yen)}" if yen > 0 else exact(yen)

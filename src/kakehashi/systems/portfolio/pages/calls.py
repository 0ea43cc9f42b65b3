"""Calls: all of them by where they stand, one with the awards that came of it, made and changed by officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.caching import kept_for
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.behind import yen_committed
from kakehashi.systems.portfolio.calls.actions import change_call, make_call, publish_call
from kakehashi.systems.portfolio.calls.standing import Standing, standing, standing_of
from kakehashi.systems.portfolio.forms.calls import CallForm
from kakehashi.systems.portfolio.models import Call, Programme
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.published import published_awards

CACHED_SECONDS = 600
OFFERED = (Standing.CLOSING, Standing.OPEN, Standing.TO_OPEN)
CALLS = Listing(
    "calls",
    columns=(
        Column("number", gettext_lazy("Number"), lambda one: one.number, sort="number", short=True),
        Column("name", gettext_lazy("Name"), lambda one: one.label(), wide=True),
        Column("programme", gettext_lazy("Programme"), lambda one: one.programme.label()),
        Column("standing", gettext_lazy("State"), lambda one: stands(one).label),
        Column("opens", gettext_lazy("Opens"), lambda one: one.opens, sort="opens"),
        Column("closes", gettext_lazy("Closes"), lambda one: one.closes, sort="closes"),
        Column("budget", gettext_lazy("Budget (yen)"), lambda one: one.budget_yen, sort="budget_yen", number=True),
        Column("awards", gettext_lazy("Awards"), lambda one: one.awards_made, sort="awards_made", number=True),
    ),
    filters=(
        Filter(
            "standing",
            gettext_lazy("State"),
            Standing.choices,
            lambda rows, where: rows.filter(standing(where, timezone.localdate())),
        ),
    ),
    order="-opens",
    row_link=lambda one: reverse("portfolio:call", args=[one.number]),
)


def stands(call: Call) -> Standing:
    """Where a call stands today."""
    return standing_of(call.opens, call.closes, timezone.localdate())


@login_required
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Every call, or those of one programme, by where it stands."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    found = Call.objects.select_related("programme").annotate(awards_made=Count("awards"))
    programme = None
    if code := request.GET.get("programme", ""):
        programme = Programme.objects.filter(code=code).first()
        if programme is None:
            raise NotFound(_("This programme"))
        found = found.filter(programme=programme)
    if request.GET.get("format") == "csv":
        return CALLS.csv(request, found)
    may_make = bool(rules.may_register_awards(request.user))
    context = {"table": CALLS.show(request, found), "programme": programme, "may_make": may_make}
    return render(request, "portfolio/calls.html", context)


@login_required
@require_GET
def call(request: HttpRequest, number: str) -> HttpResponse:
    """One call: what it asks for, and the awards that came of it with their money."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    one = _numbered(Call.objects.all(), number)
    awards = one.awards.select_related("organisation").order_by("number")
    committed = yen_committed(awards)
    context = _told(one) | {
        "awards": [(award, exact(committed.get(award.pk, 0))) for award in awards],
        "committed": exact(sum(committed.values())),
        "may_change": bool(rules.may_register_awards(request.user)) and stands(one) == Standing.TO_OPEN,
        "may_publish": bool(rules.may_publish_awards(request.user)) and one.published_on is None,
        "may_register": bool(rules.may_register_awards(request.user)),
    }
    return render(request, "portfolio/call.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A call is made."""
    audit.insist(rules.may_register_awards(request.user), by=request.user, action="call.make")
    form = CallForm(request.POST or None, initial={"programme": request.GET.get("programme", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = make_call(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The call is made. It is not published yet."))
            return redirect("portfolio:call", made.number)
    context = {"form": form, "title": _("Make a call")}
    return render(request, "portfolio/call_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """A call that has not opened is changed."""
    audit.insist(rules.may_register_awards(request.user), by=request.user, action="call.change")
    one = _numbered(Call.objects.all(), number)
    form = CallForm(request.POST or None, initial={name: getattr(one, name) for name in CallForm.base_fields})
    form.for_change()
    if request.method == "POST" and form.is_valid():
        try:
            change_call(by=request.user, call=one, **form.cleaned_data)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The call is changed."))
            return redirect("portfolio:call", one.number)
    context = {"form": form, "title": _("Change the call %(number)s") % {"number": one.number}, "call": one}
    return render(request, "portfolio/call_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """A call is shown to everybody."""
    audit.insist(rules.may_see(request.user), by=request.user, action="call.publish")
    one = _numbered(Call.objects.all(), number)
    publish_call(by=request.user, call=one)  # type: ignore[arg-type]
    messages.success(request, _("The call is published."))
    return redirect("portfolio:call", one.number)


@require_GET
@kept_for(CACHED_SECONDS)
def offered(request: HttpRequest) -> HttpResponse:
    """For everybody: the published calls that are open, closing soon first, and those that open later."""
    found = published_calls().filter(closes__gte=timezone.localdate()).order_by("closes", "number")
    by_standing: dict[Standing, list[Call]] = {where: [] for where in OFFERED}
    for one in found:
        by_standing[stands(one)].append(one)
    context = {"groups": [(where.label, rows) for where, rows in by_standing.items() if rows]}
    return render(request, "portfolio/published_calls.html", context)


@require_GET
@kept_for(CACHED_SECONDS)
def offered_call(request: HttpRequest, number: str) -> HttpResponse:
    """For everybody: one published call, and the published awards that came of it. Raises NotFound for every other."""
    one = _numbered(published_calls(), number)
    awards = published_awards().filter(call=one).select_related("organisation").order_by("number")
    return render(request, "portfolio/published_call.html", _told(one) | {"awards": awards})


def published_calls() -> QuerySet[Call]:
    """The calls that everybody may see today."""
    return Call.objects.filter(published_on__lte=timezone.localdate()).select_related("programme")


def _told(one: Call) -> dict[str, Any]:
    return {
        "call": one,
        "standing": stands(one),
        "budget": exact(one.budget_yen) if one.budget_yen else "",
        "texts": [(code, text) for code, text in (("ja", one.summary), ("en", one.summary_en)) if text],
    }


def _numbered(rows: QuerySet[Call], number: str) -> Call:
    found = rows.select_related("programme").filter(number=number).first()
    if found is None:
        raise NotFound(_("This call"))
    return found

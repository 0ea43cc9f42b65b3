"""The page on which a registrant says who may see a case, and sees who can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.listing import paging
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.sharing.explanation import Standing, standing, standings
from kakehashi.kernel.sharing.models import SharedRecord
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import partners_of
from kakehashi.systems.cases import queries, terms
from kakehashi.systems.cases.awards import set_award
from kakehashi.systems.cases.forms.terms import AWARDS_LISTED, AwardForm, TermsForm
from kakehashi.systems.cases.matching.shared import ANY_NODE
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import panes
from kakehashi.systems.portfolio.public import awards_by_id, awards_of

SHOWN_AT_ONCE = 50


@login_required
@require_http_methods(["GET", "POST"])
def sharing(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case's terms and consent to read and change, and who can see how much of it, and why."""
    case = queries.case_for(request.user, case_id)
    form = TermsForm.of(case, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            terms.set_terms(by=request.user, case=case, terms=form.terms, consent=form.consent)
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The terms are kept; they bind the very next search."))
            return redirect("cases:sharing", case.public_id)
    return _page(request, case, form, AwardForm.of(case))


@login_required
@require_POST
def award(request: HttpRequest, case_id: str) -> HttpResponse:
    """Name the award that paid for a case."""
    case = queries.case_for(request.user, case_id)
    form = AwardForm.of(case, request.POST)
    if form.is_valid():
        try:
            set_award(by=request.user, case=case, number=form.cleaned_data["number"])
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The award is kept; diagnoses of this case count for it."))
            return redirect("cases:sharing", case.public_id)
    return _page(request, case, TermsForm.of(case), form)


def _page(request: HttpRequest, case: Case, form: TermsForm, paid: AwardForm) -> HttpResponse:
    context = panes.case_context(request, case, "sharing")
    context |= {
        "form": form,
        **_who(request, case, context["caring"]),
        "abroad": _abroad(case),
        "award": next(iter(awards_by_id([case.award_id])), None) if case.award_id else None,
        "award_form": paid,
        "awards": awards_of(case.organisation_id),
        "awards_listed": AWARDS_LISTED,
    }
    return render(request, "cases/sharing.html", context, status=422 if form.errors or paid.errors else 200)


def _who(request: HttpRequest, case: Case, caring: Iterable[Standing]) -> dict[str, Any]:
    """How much each institution of this node sees for finding similar cases: a page of those that were searched for.

    The row of one that takes part in the patient's care as well, such as the hub, says so.
    """
    for_care = {one.subject: one.level for one in caring}
    wanted = request.GET.get("institution", "").strip()
    page = Paginator(_institutions(case, wanted), SHOWN_AT_ONCE).get_page(request.GET.get("page"))
    found = standings(case, page.object_list)
    return {
        "wanted": wanted,
        "standings": [replace(one, for_care=for_care.get(one.subject, Level.NOTHING)) for one in found],
        "known": page.paginator.count,
        "page": paging(request, page),
    }


def _institutions(case: Case, wanted: str) -> models.QuerySet[Organisation]:
    """The institutions whose name or code holds the words: the case's own, its network, its country, all others."""
    holder = case.organisation
    near = models.Case(
        models.When(pk=holder.pk, then=0),
        models.When(pk__in=partners_of(holder.pk), then=1),
        models.When(country=holder.country, then=2),
        default=3,
    )
    found = Organisation.objects.all()
    for word in wanted.split():
        named = models.Q(name__icontains=word) | models.Q(name_en__icontains=word) | models.Q(code__icontains=word)
        found = found.filter(named)
    return found.order_by(near, "code")


def _abroad(record: SharedRecord) -> Standing:
    """How much any node abroad sees."""
    return standing(ANY_NODE, _("Any foreign node"), record, Purpose.MATCHING)

"""The page on which a registrant says who may see a case, and sees who can."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.explanation import Standing, standing, standings
from kakehashi.kernel.sharing.models import SharedRecord
from kakehashi.kernel.sharing.states import Purpose
from kakehashi.systems.cases import queries, terms
from kakehashi.systems.cases.forms.terms import TermsForm
from kakehashi.systems.cases.matching.shared import ANY_NODE
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import panes

MOST_SHOWN = 60


@login_required
@require_http_methods(["GET", "POST"])
def sharing(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case's terms and consent to read and change, and who can see how much of it, and why."""
    case = queries.case_for(request.user, case_id)
    context = panes.case_context(request, case, "sharing")
    form = TermsForm.of(case, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            terms.set_terms(by=request.user, case=case, terms=form.terms, consent=form.consent)
        except Invalid as error:
            for field, texts in error.problems.items():
                for text in texts:
                    form.add_error(field if field in form.fields else None, str(text))
        else:
            messages.success(request, _("The terms are kept; they bind the very next search."))
            return redirect("cases:sharing", case.public_id)
    context |= {"form": form, "standings": _said(case), "abroad": _abroad(case)}
    return render(request, "cases/sharing.html", context, status=422 if form.errors else 200)


def _said(case: Case) -> list[Standing]:
    """How much each institution of this node sees, those that see most first."""
    return standings(case, Organisation.objects.all()[:MOST_SHOWN])


def _abroad(record: SharedRecord) -> Standing:
    """How much any node abroad sees."""
    return standing(ANY_NODE, _("Any foreign node"), record, Purpose.MATCHING)

"""An award's investigators and institutions over time; they are named, replaced and leave here."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio.forms.investigators import InvestigatorForm
from kakehashi.systems.portfolio.forms.offices import LeaveForm
from kakehashi.systems.portfolio.investigators.actions import end_participation, name_investigator
from kakehashi.systems.portfolio.investigators.queries import history_of
from kakehashi.systems.portfolio.investigators.rules import may_name
from kakehashi.systems.portfolio.models import Award, Participation
from kakehashi.systems.portfolio.pages.asking import key_said
from kakehashi.systems.portfolio.pages.lineage import award_numbered


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody who carried the award out; POST names one more, or ends somebody's part (``end`` names it)."""
    audit.insist(may_name(request.user), by=request.user, action="investigator.read")
    award, today = award_numbered(number), timezone.localdate()
    ending = request.POST.get("end", "")
    initial = {"since": min(max(today, award.begins), award.ends), "organisation": award.organisation.code}
    form = InvestigatorForm(request.POST if request.method == "POST" and not ending else None, initial=initial)
    leaving = LeaveForm(request.POST if ending else None)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        try:
            if ending:
                problem = _("Say the last day and the reason.")
                if leaving.is_valid():
                    end_participation(_part(award, ending), by=request.user, **leaving.cleaned_data)  # type: ignore[arg-type]
                    messages.success(request, _("They have left the award. It stays in the history."))
                    return redirect("portfolio:investigators", number)
            elif form.is_valid():
                name_investigator(by=request.user, award=award, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("The investigator is named."))
                return redirect("portfolio:investigators", number)
        except (Invalid, Conflict) as error:
            status = error.status
            if ending:
                problem = " ".join(texts_of(error))
            else:
                add_problems(form, error)
    context = {"award": award, "people": history_of(award), "form": form, "problem": problem, "today": today}
    return render(request, "portfolio/investigators.html", context, status=status)


def _part(award: Award, key: str) -> Participation:
    rows = Participation.objects.filter(award=award).select_related("award__organisation")
    found = rows.filter(pk=key_said(key)).first()
    if found is None:
        raise NotFound(_("This investigator"))
    return found

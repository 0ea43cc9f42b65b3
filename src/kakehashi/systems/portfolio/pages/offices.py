"""The offices of the agency: who holds each now, who held it before, where nobody does; appointing and ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.forms.offices import AppointForm, LeaveForm
from kakehashi.systems.portfolio.models import Appointment
from kakehashi.systems.portfolio.offices.actions import appoint, end_appointment
from kakehashi.systems.portfolio.offices.kinds import OFFICES, Scope
from kakehashi.systems.portfolio.offices.queries import Held, offices_held
from kakehashi.systems.portfolio.offices.rules import may_appoint
from kakehashi.systems.portfolio.pages.asking import key_said
from kakehashi.systems.portfolio.rules import held_at_agencies


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, office: str = Role.PROGRAMME_DIRECTOR) -> HttpResponse:
    """One office with all that it is held for; POST appoints, or ends an appointment (``end`` names it)."""
    audit.insist(may_appoint(request.user), by=request.user, action="office.read")
    if office not in OFFICES:
        raise NotFound(_("This office"))
    agency, today = _agency_of(request), timezone.localdate()
    ending = request.POST.get("end", "")
    said = request.POST if request.method == "POST" and not ending else None
    form = AppointForm(said, office=office, agency=agency, today=today, initial={"since": today})
    leaving = LeaveForm(request.POST if ending else None)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        try:
            if ending:
                problem = _("Say the last day and the reason.")
                if leaving.is_valid():
                    end_appointment(_appointment(agency, ending), by=request.user, **leaving.cleaned_data)  # type: ignore[arg-type]
                    messages.success(request, _("The appointment is ended. It stays in the history."))
                    return redirect("portfolio:offices_of", office)
            elif form.is_valid():
                appoint(by=request.user, organisation=agency, office=office, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("The appointment is written."))
                return redirect("portfolio:offices_of", office)
        except (Invalid, Conflict) as error:
            status = error.status
            if ending:
                problem = " ".join(texts_of(error))
            else:
                add_problems(form, error)
    held = {one: offices_held(one, agency.pk, today) for one in OFFICES}
    context: dict[str, Any] = {
        "agency": agency,
        "office": Role(office).label,
        "scope": Scope(OFFICES[office]).label,
        "whole": Scope.AGENCY.label,
        "tabs": [_tab(one, rows, office) for one, rows in held.items()],
        "rows": held[office],
        "vacant": sum(one.vacant for one in held[office]),
        "form": form,
        "problem": problem,
        "today": today,
    }
    return render(request, "portfolio/offices.html", context, status=status)


def _tab(office: str, rows: list[Held], current: str) -> dict[str, Any]:
    return {
        "label": Role(office).label,
        "url": reverse("portfolio:offices_of", args=[office]),
        "current": office == current,
        "count": len(rows) - sum(one.vacant for one in rows),
    }


def _agency_of(request: HttpRequest) -> Organisation:
    """The agency that the person administers; of several the one they act for."""
    agencies = [one.organisation for one in held_at_agencies(request.user, Role.ADMINISTRATOR)]
    acting = getattr(request.user, "acting_organisation_id", None)
    return next((one for one in agencies if one.pk == acting), agencies[0])


def _appointment(agency: Organisation, key: str) -> Appointment:
    rows = Appointment.objects.filter(organisation=agency).select_related("organisation")
    found = rows.filter(pk=key_said(key)).first()
    if found is None:
        raise NotFound(_("This appointment"))
    return found

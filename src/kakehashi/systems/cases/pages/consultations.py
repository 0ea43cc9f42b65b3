"""The pages of consultations and referrals: a hospital's own, and what a hub is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.sharing.explanation import standing
from kakehashi.kernel.sharing.states import Purpose
from kakehashi.kernel.sharing.subjects import institution_subject
from kakehashi.kernel.workflow import advance, moves_available, workflow_of
from kakehashi.systems.cases import queries, rules
from kakehashi.systems.cases.course import consultations, consulted, referrals
from kakehashi.systems.cases.course.states import PhenotypeGroup, ReferralState, Route
from kakehashi.systems.cases.forms.course import AnswerForm, ConsultationForm, LinkForm, ReferForm
from kakehashi.systems.cases.models import Consultation, Referral
from kakehashi.systems.cases.pages import panes

CONSULTATIONS = Listing(
    name="consultations",
    order="-consulted_on",
    row_link=lambda one: reverse("cases:consultation", args=[one.pk]),
    columns=(
        Column("local_id", _lazy("Pseudonym"), lambda one: one.local_id, sort="local_id"),
        Column("consulted_on", _lazy("Consulted on"), lambda one: one.consulted_on, sort="consulted_on"),
        Column("route", _lazy("How it came"), lambda one: one.get_route_display(), sort="route"),
        Column("group", _lazy("Kind of signs"), lambda one: one.get_phenotype_group_display()),
        Column("hub", _lazy("Hub hospital"), lambda one: one.hub.label() if one.hub else ""),
        Column("case", _lazy("Case"), lambda one: one.case_shown or ""),
    ),
    filters=(
        Filter("route", _lazy("How it came"), Route.choices, lambda rows, said: rows.filter(route=said)),
        Filter(
            "group",
            _lazy("Kind of signs"),
            PhenotypeGroup.choices,
            lambda rows, said: rows.filter(phenotype_group=said),
        ),
    ),
)
REFERRALS = Listing(
    name="referrals",
    order="-sent_at",
    row_link=lambda one: reverse("cases:referral", args=[one.public_id]),
    columns=(
        Column("id", _lazy("Referral"), lambda one: one.public_id, sort="public_id"),
        Column("sent", _lazy("Sent"), lambda one: one.sent_at, sort="sent_at"),
        Column("from", _lazy("Referring hospital"), lambda one: one.organisation.label()),
        Column("hub", _lazy("Hub hospital"), lambda one: one.hub.label()),
        Column("state", _lazy("State"), lambda one: one.get_state_display(), sort="state"),
    ),
    filters=(Filter("state", _lazy("State"), ReferralState.choices, lambda rows, said: rows.filter(state=said)),),
)


@login_required
@require_GET
def consultation_list(request: HttpRequest) -> HttpResponse:
    """The families that consulted one's hospital."""
    rows = consultations.consultations_of(request.user)
    if request.GET.get("format") == "csv":
        audit.read_of(request.user, "consultation", list(CONSULTATIONS.narrow(request, rows)), action="case.export")
        return CONSULTATIONS.csv(request, rows)
    table = CONSULTATIONS.show(request, rows)
    audit.read_of(request.user, "consultation", [row["object"] for row in table["rows"]], action="case.list")
    may_add = queries.organisations_to_register_for(request.user).exists()
    waiting = referrals.referrals_awaiting(request.user).count()
    return render(request, "cases/consultations.html", {"table": table, "may_add": may_add, "waiting": waiting})


@login_required
@require_http_methods(["GET", "POST"])
def new_consultation(request: HttpRequest) -> HttpResponse:
    """Note that a family consulted."""
    organisation = panes.organisation_to_register_for(request)
    form = ConsultationForm(request.POST if request.method == "POST" else None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = consultations.enter_consultation(
                by=request.user,
                organisation=organisation,
                local_id=said["local_id"],
                consulted_on=said["consulted_on"],
                route=Route(said["route"]),
                phenotype_group=PhenotypeGroup(said["phenotype_group"]),
            )
        except Invalid as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The consultation is noted."))
            return redirect("cases:consultation", made.pk)
    context = {"form": form, "organisation": organisation}
    return render(request, "cases/consultation_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """One consultation, what came of it, and the form that refers it."""
    found = consultations.consultation_for(request.user, consultation_id)
    form = ReferForm.of(found, request.POST if request.method == "POST" else None)  # type: ignore[arg-type]
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        hub = form.organisation("hub")
        assert hub is not None  # one of the choices
        try:
            referrals.refer(by=request.user, consultation=found, hub=hub, note=form.cleaned_data["note"])
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
        else:
            messages.success(request, _("The hub is asked."))
            return redirect("cases:consultation", found.pk)
    context = {
        "consultation": found,
        "form": form,
        "may_edit": bool(rules.may_register(request.user, found)),
        "may_unlink": consulted.may_unlink(request.user, found),
        "asked": (asked := referrals.referrals_of(request.user).filter(consultation=found)),
        "all_asked": asked.exists() and not form.fields["hub"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "cases/consultation.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """The patient is registered already: choose the case among those that one may edit."""
    found = consulted.consultation_within_reach(request.user, consultation_id)
    if not rules.organisations_written_by(request.user):
        raise NotAllowed(rules.may_register(request.user, found))
    form = LinkForm(request.POST if request.method == "POST" else None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            case = consulted.case_to_link(request.user, found, form.cleaned_data["case"])
            consulted.link_case_of(by=request.user, consultation=found, case=case)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
        else:
            messages.success(request, _("The consultation led to case %(id)s.") % {"id": case.public_id})
            return redirect("cases:course", case.public_id)
    return render(request, "cases/consultation_link.html", {"consultation": found, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def unlink(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """The case is not of this family: ask, then part the two again."""
    found = consulted.consultation_to_unlink(request.user, consultation_id)
    own = consultations.consultations_of(request.user).filter(pk=found.pk).exists()
    back = reverse("cases:consultation", args=[found.pk]) if own else reverse("cases:referrals")
    if request.method == "POST":
        consultations.unlink_case(by=request.user, consultation=found)
        messages.success(request, _("The consultation is parted from the case; the case stays as it is."))
        return redirect(back)
    return render(request, "cases/consultation_unlink.html", _parting(found) | {"back_url": back})


def _parting(found: Consultation) -> dict[str, Any]:
    """What the page says before a consultation and its case are parted."""
    assert found.case is not None  # or there was nothing to part
    loses = [
        _("The family's consultation leads to no case any more; it is counted again as before."),
        _("The case, its history and its course stay as they are."),
    ]
    hubs = sorted({one.hub.label() for one in found.referrals.exclude(grant=None).select_related("hub")})
    if hubs:
        loses.insert(0, _("%(hubs)s can no longer open the case for this family's care.") % {"hubs": "; ".join(hubs)})
    return {
        "title": _("Part case %(id)s from this consultation?") % {"id": found.case.public_id},
        "loses": loses,
        "action_url": reverse("cases:consultation_unlink", args=[found.pk]),
        "action_label": _("Part the two"),
    }


@login_required
@require_POST
def settle(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """It ended without a visit."""
    found = consultations.consultation_for(request.user, consultation_id)
    consultations.settle_consultation(by=request.user, consultation=found)
    messages.success(request, _("The consultation counts as settled without a visit."))
    return redirect("cases:consultation", found.pk)


@login_required
@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """The referrals one's hospital sent, and those its hub was sent."""
    rows = referrals.referrals_of(request.user)
    if request.GET.get("format") == "csv":
        audit.read_of(request.user, "referral", list(REFERRALS.narrow(request, rows)), action="case.export")
        return REFERRALS.csv(request, rows)
    table = REFERRALS.show(request, rows)
    audit.read_of(request.user, "referral", [row["object"] for row in table["rows"]], action="case.list")
    return render(request, "cases/referrals.html", {"table": table})


@login_required
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral_id: str) -> HttpResponse:
    """One referral: what is asked, what the hub may see and why not more, and its answer."""
    found = referrals.referral_for(request.user, referral_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        move = request.POST.get("move", "")
        if move not in workflow_of(found).moves:
            raise NotFound(_("The step"))
        status = 422
        try:
            if form.is_valid():
                advance(found, move, by=request.user, note=form.cleaned_data["note"])
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
        if not form.errors:
            messages.success(request, _("Referral %(id)s: %(state)s.") % {"id": found, "state": _state(found)})
            return redirect("cases:referral", found.public_id)
        found = referrals.referral_for(request.user, referral_id)  # as it stands now
    return render(request, "cases/referral.html", _shown(request.user, found) | {"form": form}, status=status)


def _state(found: Referral) -> Any:
    return ReferralState(found.state).label


def _shown(person: Any, found: Referral) -> dict[str, Any]:
    case = found.consultation.case
    opened = case is not None and queries.visible_cases(person).filter(pk=case.pk).exists()
    hub_sees = None
    if case is not None and case.organisation_id == found.organisation_id:
        hub_sees = standing(institution_subject(found.hub), found.hub.label(), case, Purpose.CARE)
    return {
        "referral": found,
        "case": case if opened else None,
        "has_case": case is not None,
        "hub_sees": hub_sees,
        "may_unlink": consulted.may_unlink(person, found.consultation),
        "moves": moves_available(found, person),
        "registers": found.state == ReferralState.ACCEPTED and bool(rules.organisations_written_by(person)),
    }

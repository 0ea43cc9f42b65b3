"""Milestones of an award with their stage gates, and what is overdue in the whole agency."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.milestones import MilestoneChangeForm, MilestoneForm
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.lineage.rules import may_link as may_plan
from kakehashi.systems.portfolio.milestones.actions import change_milestone, overdue, plan_milestone, show_evidence
from kakehashi.systems.portfolio.milestones.rules import why_not_here
from kakehashi.systems.portfolio.milestones.states import OPEN
from kakehashi.systems.portfolio.milestones.workflow import GATE_FLOW
from kakehashi.systems.portfolio.models import Award, Milestone
from kakehashi.systems.portfolio.pages.asking import key_said
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page
from kakehashi.systems.portfolio.pages.lineage import award_numbered

OVERDUE = Listing(
    "milestones_overdue",
    columns=(
        Column("due", gettext_lazy("Due"), lambda one: one.due, sort="due"),
        Column("award", gettext_lazy("Award"), lambda one: one.award.number, sort="award__number", short=True),
        Column("title", gettext_lazy("Title"), lambda one: one.award.label(), wide=True),
        Column("name", gettext_lazy("What is to be reached"), lambda one: one.name, wide=True),
        Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), sort="state"),
    ),
    order="due",
    row_link=lambda one: reverse("portfolio:milestones", args=[one.award.number]),
)


GATES = Listing(
    "milestones_open",
    columns=OVERDUE.columns,
    filters=(
        Filter(
            "state",
            gettext_lazy("State"),
            [(str(state), state.label) for state in OPEN],
            lambda rows, state: rows.filter(state=state),
        ),
    ),
    order="due",
    row_link=OVERDUE.row_link,
)


@login_required
@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """Every milestone on which nobody has said Go or No-go yet; narrowed to those on hold."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    rows = Milestone.objects.filter(state__in=OPEN).select_related("award")
    if request.GET.get("format") == "csv":
        return GATES.csv(request, rows)
    return render(request, "portfolio/gates.html", {"table": GATES.show(request, rows)})


@login_required
@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """Every milestone whose day has passed without a decision."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    rows = overdue(timezone.localdate()).select_related("award")
    if request.GET.get("format") == "csv":
        return OVERDUE.csv(request, rows)
    return render(request, "portfolio/milestones_overdue.html", {"table": OVERDUE.show(request, rows)})


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """An award's milestones: planned, shown to be reached, decided."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award, status, problem = award_numbered(number), 200, ""
    step = request.POST.get("step", "")
    form = MilestoneForm(request.POST if request.method == "POST" and not step else None)
    if request.method == "POST":
        status = 422
        try:
            if step:
                _make(request, award, step)
                return redirect("portfolio:milestones", award.number)
            if form.is_valid():
                plan_milestone(by=request.user, award=award, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("The milestone is planned."))
                return redirect("portfolio:milestones", award.number)
        except (Invalid, Conflict) as error:
            status = error.status
            if step:
                problem = " ".join(texts_of(error))
            else:
                add_problems(form, error)
    today = timezone.localdate()
    rows = Milestone.objects.filter(award=award).prefetch_related("decisions__decided_by")
    context = {
        "award": award,
        "form": form,
        "problem": problem,
        "may_plan": bool(may_plan(request.user)),
        "why_not": why_not_here(award, request.user) if any(one.state in OPEN for one in rows) else "",
        "lines": [
            {
                "milestone": one,
                "late": one.state in OPEN and one.due < today,
                "open": one.state in OPEN,
                "moves": moves_available(one, request.user),
                "note": request.POST.get("note", "") if step and str(one.pk) == request.POST.get("milestone") else "",
                "changes": changes_of(one),
                "problem": problem if str(one.pk) == request.POST.get("milestone") else "",
            }
            for one in rows
        ],
    }
    return render(request, "portfolio/milestones.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A milestone that is not decided is changed: what, how it is judged, due when; with a reason."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award = award_numbered(number)
    audit.insist(may_plan(request.user), by=request.user, action="milestone.change", subject=award)
    found = Milestone.objects.filter(award=award, pk=pk).first()
    if found is None:
        raise NotFound(_("This milestone"))
    back = reverse("portfolio:milestones", args=[award.number])
    asked = Asked(
        title=_("Change the milestone"),
        section=_("Milestones"),
        section_url=back,
        button=_("Keep the changes"),
        done=_("The milestone is changed. What stood before is kept beneath it."),
        back=back,
        lede=_("%(award)s runs from %(begins)s to %(ends)s.")
        % {"award": award.number, "begins": award.begins.isoformat(), "ends": award.ends.isoformat()},
    )

    def write(said: dict[str, Any]) -> str:
        change_milestone(by=request.user, milestone=found, **said)  # type: ignore[arg-type]
        return back

    initial = {"name": found.name, "criteria": found.criteria, "due": found.due}
    return form_page(request, MilestoneChangeForm(request.POST or None, initial=initial), write, asked)


def _make(request: HttpRequest, award: Award, step: str) -> None:
    key, note = request.POST.get("milestone", ""), request.POST.get("note", "")
    found = Milestone.objects.filter(award=award, pk=key_said(key)).first()
    if found is None or (step != "evidence" and step not in GATE_FLOW.moves):
        raise NotFound(_("This milestone"))
    if step == "evidence":
        show_evidence(by=request.user, milestone=found, evidence=note)  # type: ignore[arg-type]
        messages.success(request, _("The evidence is saved."))
    else:
        advance(found, step, by=request.user, note=note)
        done = _("The milestone is withdrawn.") if step == "withdraw" else _("The decision is kept.")
        messages.success(request, done)

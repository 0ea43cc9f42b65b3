"""Writing outputs by hand: record one, credit it, confirm it, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.outputs import AwardForm, CorrectionForm, DayForm, OutputForm, ReasonForm
from kakehashi.systems.portfolio.models import Award, Output
from kakehashi.systems.portfolio.outputs import actions
from kakehashi.systems.portfolio.outputs.days import unlikely
from kakehashi.systems.portfolio.pages.asking import asked
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page
from kakehashi.systems.portfolio.pages.outputs import output_of, shown


@login_required
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """An output is recorded."""
    audit.insist(rules.may_record_outputs(request.user), by=request.user, action="output.record")
    form = OutputForm(request.POST or None, initial={"awards": request.GET.get("award", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_output(form.told, form.cleaned_data["awards"], by=request.user)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The output is recorded."))
            _warn(request, made, form.cleaned_data["awards"])
            return redirect("portfolio:output", made.pk)
    return render(request, "portfolio/output_record.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """An output is credited to more awards."""
    one, form = _own(request, pk, "output.credit"), AwardForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                for award in form.cleaned_data["awards"]:
                    actions.credit_award(one, award, by=request.user)
        except Conflict as error:
            form.add_error("awards", error.detail)
        else:
            messages.success(request, _("The output is credited."))
            _warn(request, one, form.cleaned_data["awards"])
            return redirect("portfolio:output", one.pk)
    return render(request, "portfolio/output.html", shown(request, one, award_form=form), status=422)


@login_required
@require_POST
def end_credit(request: HttpRequest, pk: int, credit: int) -> HttpResponse:
    """An output counts for an award no more."""
    one = _own(request, pk, "output.end_credit")
    held = one.credits.filter(pk=credit).first()
    if held is None:
        raise NotFound(_("This credit"))
    actions.end_credit(held, by=request.user)
    messages.success(request, _("From today on it is credited to this award no more."))
    return redirect("portfolio:output", one.pk)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What was expected is there."""
    one, form = _own(request, pk, "output.confirm"), DayForm(request.POST)
    if not form.is_valid():
        return render(request, "portfolio/output.html", shown(request, one, day_form=form), status=422)
    try:
        actions.confirm_output(one, by=request.user, on=form.cleaned_data["on"])
    except Invalid as error:
        add_problems(form, error)
        return render(request, "portfolio/output.html", shown(request, one, day_form=form), status=422)
    messages.success(request, _("The output is confirmed, and counts from its day on."))
    return redirect("portfolio:output", one.pk)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """An output is taken back."""
    one, form = _own(request, pk, "output.take_back"), ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "portfolio/output.html", shown(request, one, reason_form=form), status=422)
    actions.take_back_output(one, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The output is taken back: it counts no more from today on."))
    return redirect("portfolio:output", one.pk)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of an output is put right."""
    one = _own(request, pk, "output.correct")
    audit.insist(rules.may_record_outputs(request.user), by=request.user, action="output.correct", subject=one)
    here = reverse("portfolio:output", args=[one.pk])

    def write(said: dict[str, Any]) -> str:
        told = {name: said[name] for name in (*actions.CORRECTED, "reason")}
        actions.correct_output(one, by=request.user, **told)
        return here

    said = Asked(
        _("Correct what was recorded"),
        one.reference,
        here,
        _("Correct it"),
        _("It is corrected; what it said before stays below."),
        here,
        _("Every figure is counted as if it had been recorded so. What it said before, and the reason, stay readable."),
    )
    return form_page(request, CorrectionForm(one, request.POST or None), write, said)


@login_required
@require_POST
def name_company(request: HttpRequest, pk: int) -> HttpResponse:
    """The company of a licence is named in public, or no more."""
    one = _own(request, pk, "output.name_company")
    public = request.POST.get("public") == "1"
    actions.name_company(one, by=request.user, public=public)
    messages.success(
        request,
        _("Everybody may read the company's name with published awards.")
        if public
        else _("The company's name is told to the agency alone."),
    )
    return redirect("portfolio:output", one.pk)


def _own(request: HttpRequest, pk: int, action: str) -> Output:
    """The output, for those who may see it; whether they may write says the action."""
    asked(request, action=action)
    return output_of(pk)


def _warn(request: HttpRequest, output: Output, awards: list[Award]) -> None:
    for text in unlikely(output.on, awards):
        messages.warning(request, text)

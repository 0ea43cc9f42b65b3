"""Solving both cases on the pages: recording or proposing the diagnosis of a confirmed match, and deciding on one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from kakehashi.protocols.phenopacket.hgvs import parse_hgvs
from kakehashi.systems.cases.public import NewDiagnosis
from kakehashi.systems.exchange.conversations.queries import side_of
from kakehashi.systems.exchange.queries import match_for
from kakehashi.systems.exchange.solving.actions import Solved, decide, solve
from kakehashi.systems.exchange.solving.queries import proposal_for


class DiagnosisForm(forms.Form):
    """The diagnosis that a confirmed match led to."""

    disease = forms.CharField(
        label=_("Disease"),
        max_length=60,
        help_text=_("As OMIM:607208 or ORPHA:33069."),
        validators=[
            RegexValidator(r"^[A-Za-z]+:[0-9A-Za-z]+\Z", _("Write the disease as OMIM:607208 or ORPHA:33069."))
        ],
    )
    gene = forms.CharField(label=_("Gene"), max_length=40, required=False)
    variant = forms.CharField(
        label=_("Variant (HGVS)"), max_length=200, required=False, help_text=_("As NM_001165963.4:c.2593C>T.")
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        required=False,
        help_text=_("The match is named by itself. Write nothing that names a patient."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    own_too = forms.BooleanField(label=_("Record it of our own case now"), required=False, initial=True)

    diagnosis: NewDiagnosis

    def clean_variant(self) -> str:
        """HGVS that can be read: the other side may be proposed it."""
        typed = str(self.cleaned_data["variant"])
        if typed and not parse_hgvs(typed):
            raise forms.ValidationError(_("This cannot be read as HGVS. Write it as NM_001165963.4:c.2593C>T."))
        return typed

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            variant = {"variant": {"hgvs": said["variant"], "gene": said["gene"]}} if said["variant"] else {}
            try:
                self.diagnosis = NewDiagnosis.model_validate(
                    {"disease": said["disease"], "gene": said["gene"], "evidence": said["evidence"], **variant}
                )
            except ValidationError as error:
                for one in error.errors():
                    field = str(one["loc"][0]) if one["loc"] else None
                    self.add_error(field if field in self.fields else None, _now("This cannot be read."))
        return said


@login_required
@require_POST
def solve_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """Record the diagnosis of a confirmed match of one's own case, and record or propose it for the other."""
    match, form = match_for(request.user, match_id), DiagnosisForm(request.POST)
    if form.is_valid():
        solved = solve(by=_person(request), match=match, diagnosis=form.diagnosis, own_too=form.cleaned_data["own_too"])
        messages.success(request, " ".join(_said(solved)))
    else:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, errors))}" if label else " ".join(map(str, errors)))
    return redirect("exchange:match", match.pk)


@login_required
@require_POST
def decide_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Accept or decline what the other side proposed, or take one's own proposal back."""
    person = _person(request)
    proposal = decide(by=person, proposal=proposal_for(person, proposal_id), move=request.POST.get("move", ""))
    messages.success(request, _now("Proposed diagnosis: %(state)s") % {"state": proposal.get_state_display()})
    mine = proposal.to if request.POST.get("move") != "take_back" else side_of(proposal.match)
    return redirect("exchange:conversation", mine.pk if mine is not None else proposal.to_id)


def _said(solved: Solved) -> list[str]:
    said = []
    if solved.own:
        said.append(_now("The diagnosis is recorded of your case."))
    if solved.other:
        said.append(_now("The diagnosis is recorded of the other case."))
    if solved.proposal is not None:
        said.append(_now("It is proposed to the other side, whose people decide."))
    return said or [_now("The diagnosis stands already.")]


def _person(request: HttpRequest) -> Any:
    return request.user

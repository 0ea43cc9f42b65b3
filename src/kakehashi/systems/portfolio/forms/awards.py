"""The forms of awards: one is registered, its contract recorded, the contract amended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.forms.investigators import institution_said
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.models import Award, Call, ContractKind, DiseaseArea, Modality, Phase, Programme


def refuse_days_reversed(form: forms.Form, said: dict[str, Any]) -> None:
    """Put beside the last day that it lies before the first, together with whatever else is wrong in the form."""
    begins, ends = said.get("begins"), said.get("ends")
    if begins and ends and ends < begins:
        form.add_error("ends", _("The last day is not before the first."))


class AwardForm(forms.Form):
    """An award is registered."""

    number = forms.CharField(
        label=_("Award number"), max_length=40, required=False, help_text=_("As in 17am0101001j0001, where it has one.")
    )
    series = forms.CharField(
        label=_("Issue the next number of the series"),
        max_length=6,
        required=False,
        help_text=_(
            "Office and programme as they stand in award numbers, such as ek0109; the year is that of its first day."
        ),
    )
    title = forms.CharField(label=_("Title"), max_length=500)
    title_en = forms.CharField(label=_("Title in English"), max_length=500, required=False)
    summary = forms.CharField(label=_("Summary"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    summary_en = forms.CharField(
        label=_("Summary in English"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.all(), to_field_name="code")
    call = forms.CharField(
        label=_("Call"), max_length=40, required=False, help_text=_("Its number, where the award came of one.")
    )
    organisation = forms.CharField(label=_("Institution"), max_length=200, help_text=_("Its code or its name."))
    begins = day_field(_("First day"))
    ends = day_field(_("Last day"))
    phase = forms.ChoiceField(label=_("Phase"), choices=[("", "–"), *Phase.choices], required=False)
    modality = forms.ChoiceField(label=_("Modality"), choices=[("", "–"), *Modality.choices], required=False)
    area = forms.ModelChoiceField(
        label=_("Disease area"), queryset=DiseaseArea.objects.all(), to_field_name="code", required=False
    )

    def clean_organisation(self) -> Organisation:
        """The institution of the code or name."""
        return institution_said(self.cleaned_data["organisation"])

    def clean_call(self) -> Call | None:
        """The call of the number."""
        number = self.cleaned_data["call"].strip()
        if not number:
            return None
        found = Call.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no call of this number."))
        return found

    def clean(self) -> dict[str, Any]:
        """A call is one of the award's programme; the last day is not before the first."""
        said: dict[str, Any] = super().clean() or {}
        call, programme = said.get("call"), said.get("programme")
        if call is not None and programme is not None and call.programme_id != programme.pk:
            self.add_error("call", _("This call is of another programme."))
        refuse_days_reversed(self, said)
        return said


class ContractForm(forms.Form):
    """A contract as it was signed."""

    number = forms.CharField(label=_("Contract number"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind of contract"), choices=ContractKind.choices)
    signed_on = day_field(_("Signed on"))
    organisation = forms.CharField(label=_("Institution"), max_length=200, help_text=_("Its code or its name."))
    begins = day_field(_("First day"))
    ends = day_field(_("Last day"))
    amount_yen = forms.IntegerField(
        label=_("Amount agreed (yen)"),
        min_value=0,
        max_value=LARGEST_YEN,
        help_text=_("For all its days. The money itself is booked in the ledger."),
    )

    def clean_organisation(self) -> Organisation:
        """The institution of the code or name."""
        return institution_said(self.cleaned_data["organisation"])

    def clean(self) -> dict[str, Any]:
        """Its last day is not before its first."""
        said: dict[str, Any] = super().clean() or {}
        refuse_days_reversed(self, said)
        return said


class AmendmentForm(forms.Form):
    """A change of a contract: what is left empty stays."""

    signed_on = day_field(_("Signed on"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    begins = day_field(_("New first day"), required=False)
    ends = day_field(_("New last day"), required=False)
    amount_yen = forms.IntegerField(
        label=_("New amount agreed (yen)"), min_value=0, max_value=LARGEST_YEN, required=False
    )
    organisation = forms.CharField(
        label=_("New institution"), max_length=200, required=False, help_text=_("Its code or its name.")
    )
    title = forms.CharField(label=_("New title"), max_length=500, required=False)
    title_en = forms.CharField(label=_("New title in English"), max_length=500, required=False)

    def clean_organisation(self) -> Organisation | None:
        """The institution of the code or name, if one is given."""
        said = self.cleaned_data["organisation"].strip()
        return institution_said(said) if said else None


def initial_contract(award: Award) -> dict[str, Any]:
    """What a new contract of an award most likely says."""
    return {"organisation": award.organisation.code, "begins": award.begins, "ends": award.ends}

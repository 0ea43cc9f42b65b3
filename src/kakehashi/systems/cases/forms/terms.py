"""The form of a case's sharing: the registrant's terms and the consent they stand on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.sharing.actions import Consent, Terms
from kakehashi.kernel.sharing.states import DataClass, Level, Reach
from kakehashi.systems.cases.models import Case

AWARDS_LISTED = "awards-of-institution"
"""The id of the page's list of the institution's awards, which the field offers."""
SHOWN = [(level.value, level.label) for level in (Level.EXISTS, Level.MATCHING, Level.WHOLE)]


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TermsForm(forms.Form):
    """Who may see the case, how much of it, and on what consent."""

    reach = forms.TypedChoiceField(
        label=_("Who may learn of it"), choices=Reach.choices, coerce=int, widget=forms.RadioSelect
    )
    shown = forms.TypedChoiceField(
        label=_("What they are shown"),
        choices=SHOWN,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("The whole record is shown only if it is of the open class, or on application."),
    )
    sharing_class = forms.ChoiceField(label=_("Class of the data"), choices=DataClass.choices)
    private_sector = forms.BooleanField(label=_("Companies too"), required=False)
    embargo_until = forms.DateField(
        label=_("Not before"), required=False, widget=_Day(), help_text=_("Empty: from now on.")
    )
    consent_version = forms.CharField(label=_("Consent form and version"), max_length=60, required=False)
    consent_from = forms.DateField(label=_("Consented on"), required=False, widget=_Day())
    consent_until = forms.DateField(
        label=_("Consent ends on"), required=False, widget=_Day(), help_text=_("Empty: no end was set.")
    )
    consent_domestic = forms.BooleanField(label=_("Consents to sharing in the country"), required=False)
    consent_abroad = forms.BooleanField(label=_("Consents to sharing abroad"), required=False)
    consent_private = forms.BooleanField(label=_("Consents to use by companies"), required=False)
    consent_recontact = forms.BooleanField(label=_("May be contacted again"), required=False)

    @classmethod
    def of(cls, case: Case, data: Any = None) -> TermsForm:
        """The form as the case stands, or as it was sent."""
        return cls(data, initial={name: getattr(case, name) for name in cls.base_fields})

    @property
    def terms(self) -> Terms:
        """The terms of a valid form."""
        said = self.cleaned_data
        return Terms(
            Reach(said["reach"]),
            Level(said["shown"]),
            DataClass(said["sharing_class"]),
            said["private_sector"],
            said["embargo_until"],
        )

    @property
    def consent(self) -> Consent:
        """The consent of a valid form."""
        said = self.cleaned_data
        return Consent(
            said["consent_version"],
            said["consent_from"],
            said["consent_until"],
            said["consent_domestic"],
            said["consent_abroad"],
            said["consent_private"],
            said["consent_recontact"],
        )


class AwardForm(forms.Form):
    """The award that paid for the case."""

    number = forms.CharField(
        label=_("Award number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": AWARDS_LISTED, "autocomplete": "off"}),
        help_text=_("One of your institution's, or another that paid for this patient. Empty: none."),
    )

    @classmethod
    def of(cls, case: Case, data: Any = None) -> AwardForm:
        """The form as the case stands, or as it was sent."""
        return cls(data, initial={"number": case.award.number if case.award else ""})

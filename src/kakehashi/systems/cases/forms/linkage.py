"""The form of identifying items. It never shows what was typed again, not even beside a fault."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.engines.linkage.keys import Identity, UnusableIdentity, read_birth
from kakehashi.kernel.fiscal import parse_date
from kakehashi.systems.cases.states import Sex


class Unshown(forms.TextInput):
    """A text field that never holds a value when it is drawn."""

    def __init__(self, **attributes: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"} | attributes)

    def format_value(self, value: Any) -> None:
        return None


class IdentityForm(forms.Form):
    """Identifying items, for the moment it takes to hash them."""

    family = forms.CharField(label=_("Family name, in kana"), max_length=100, widget=Unshown(lang="ja"))
    given = forms.CharField(label=_("Given name, in kana"), max_length=100, widget=Unshown(lang="ja"))
    birth = forms.CharField(
        label=_("Date of birth"),
        max_length=20,
        widget=Unshown(),
        help_text=_("As 2015-04-01 or H27.4.1."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, widget=forms.RadioSelect)
    insurance = forms.CharField(label=_("Insurance symbol and number"), max_length=60, required=False, widget=Unshown())

    def clean_birth(self) -> Any:
        typed = self.cleaned_data["birth"]
        try:
            return read_birth(typed)
        except UnusableIdentity:
            pass
        try:
            return parse_date(typed)  # in an era
        except ValueError:
            raise forms.ValidationError(_("This is not a day: write 2015-04-01 or H27.4.1.")) from None

    @property
    def identity(self) -> Identity:
        """What was typed, once valid."""
        said = self.cleaned_data
        return Identity(said["family"], said["given"], said["birth"], said["sex"], said["insurance"])

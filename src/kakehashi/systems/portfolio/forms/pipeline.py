"""What if: the form whose fields stand in the address."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

Choices = Sequence[tuple[str, str]]


class LongSelect(forms.Select):
    """A select of a hundred options, written at once: a template for each option costs more than the forecast."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The element with its options."""
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) == chosen else "", label) for key, label in self.choices),
        )
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(given), options)


class WhatIfForm(forms.Form):
    """A change of the pipeline; nothing of it is written."""

    refused = _("The difference cannot be told. Please correct:")

    rate_of = forms.ChoiceField(label=_("Rate to change"), required=False, widget=LongSelect)
    rate = forms.FloatField(
        label=_("Its mean then (%)"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput({"step": "any"}),
    )
    where = forms.ChoiceField(label=_("Awards more in"), required=False, widget=LongSelect)
    more = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=-1000,
        max_value=1000,
        help_text=_("Below 0: so many fewer. Each costs what an asset costs on average."),
    )
    giver = forms.ChoiceField(label=_("Yen from"), required=False)
    taker = forms.ChoiceField(label=_("Yen to"), required=False)
    yen = forms.FloatField(
        label=_("How many (100 million yen)"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput({"step": "any"}),
        help_text=_("It takes assets along and brings others, as the assets of the two projects are now."),
    )

    def __init__(self, *given: Any, cells: Choices, projects: Choices, **named: Any) -> None:
        super().__init__(*given, **named)
        nothing = [("", _("nothing"))]
        for name, choices in (("rate_of", cells), ("where", cells), ("giver", projects), ("taker", projects)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*nothing, *choices]

    def clean(self) -> dict[str, Any]:
        """What belongs together is given together."""
        given = super().clean() or {}
        for names in (("rate_of", "rate"), ("where", "more"), ("giver", "taker", "yen")):
            for name in names:
                others = any(given.get(one) not in (None, "") for one in names)
                if others and given.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("Give this too."))
        if given.get("giver") and given.get("giver") == given.get("taker"):
            self.add_error("taker", _("Choose another project than the one it comes from."))
        return given

    @property
    def asks(self) -> bool:
        """Whether anything is asked at all."""
        return any(self.data.get(name) not in (None, "") for name in self.fields)

"""The form of a call."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.models import Phase, Programme


class CallForm(forms.Form):
    """A call is made, or changed before it opens."""

    number = forms.CharField(label=_("Number"), max_length=40, help_text=_("Letters, digits, - _ and ."))
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.all(), to_field_name="code")
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    summary = forms.CharField(label=_("What is asked for"), widget=forms.Textarea(attrs={"rows": 5}), required=False)
    summary_en = forms.CharField(
        label=_("What is asked for, in English"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    opens = day_field(_("Opens"))
    closes = day_field(_("Closes"), help_text=_("The last day on which it is open."))
    budget_yen = forms.IntegerField(
        label=_("Budget (yen)"), min_value=1, max_value=LARGEST_YEN, required=False, help_text=_("For all its awards.")
    )
    phase = forms.ChoiceField(label=_("Phase"), choices=[("", "–"), *Phase.choices], required=False)
    asks_involvement = forms.BooleanField(label=_("asks for patient and public involvement"), required=False)

    def for_change(self) -> None:
        """Of a call that stands, number and programme stay."""
        for name in ("number", "programme"):
            del self.fields[name]

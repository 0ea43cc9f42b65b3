"""The form of patient and public involvement in an award."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models.involvement import InvolvementKind


class InvolvementForm(forms.Form):
    """In what they took part, when, what was done."""

    kind = forms.ChoiceField(label=_("In what they took part"), choices=InvolvementKind.choices)
    on = day_field(_("Day"))
    what = forms.CharField(
        label=_("What took place"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How many took part and what changed by it. Name nobody."),
    )
    document_url = forms.URLField(
        label=_("Address of the document"), max_length=500, required=False, assume_scheme="https"
    )

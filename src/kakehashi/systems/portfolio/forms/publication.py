"""The form by which an award is taken from public view."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawalForm(forms.Form):
    """Why everybody shall see an award no longer."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays in the award's history and in the audit trail; the public does not see it."),
    )

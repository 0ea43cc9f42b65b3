"""The form of a milestone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.forms.offices import day_field


class MilestoneForm(forms.Form):
    """What is to be reached by when."""

    name = forms.CharField(label=_("What is to be reached"), max_length=300)
    criteria = forms.CharField(
        label=_("How it is judged"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("By which one can tell, yes or no, that it is reached."),
    )
    due = day_field(_("Due"))


class MilestoneChangeForm(MilestoneForm):
    """What is to be reached by when is said otherwise, and why."""

    reason = forms.CharField(label=_("Why it is changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

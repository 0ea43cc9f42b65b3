"""The forms of an award's lineage."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models import Award, LinkKind

CAME_FROM = "predecessor"


class LinkForm(forms.Form):
    """Another award that this one came from or led to."""

    award = forms.CharField(label=_("Award number"), max_length=40)
    kind = forms.ChoiceField(
        label=_("What it is to this award"),
        choices=[
            (LinkKind.SUCCESSOR, _("It carries this award on")),
            (LinkKind.SPIN_OFF, _("It is a spin-off of this award")),
            (CAME_FROM, _("This award carries it on")),
        ],
    )
    reason = forms.CharField(
        label=_("By what is it known"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def clean_award(self) -> Award:
        """The award of the number."""
        found = Award.objects.filter(number=self.cleaned_data["award"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no award of this number."))
        return found

"""The form of an award's investigators."""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models import Part

SHOWN = 5
"""So many of the institutions of one name are named."""


class InvestigatorForm(forms.Form):
    """Somebody carries an award out: by account or by name, where, from when."""

    part = forms.ChoiceField(label=_("Part"), choices=Part.choices)
    person = forms.CharField(
        label=_("E-mail address of their account"),
        max_length=254,
        required=False,
        help_text=_("Where they have one here: the award then stands on their own page."),
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    organisation = forms.CharField(label=_("Institution"), max_length=200, help_text=_("Its code or its name."))
    since = day_field(_("From"))
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def clean_person(self) -> Person | None:
        """The account of the address, if one is given."""
        email = self.cleaned_data["person"].strip().lower()
        if not email:
            return None
        found = Person.objects.filter(email=email, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has an account with this address here. Give their name instead."))
        return found

    def clean_organisation(self) -> Organisation:
        """The institution of the code or name."""
        return institution_said(self.cleaned_data["organisation"])


def institution_said(said: str) -> Organisation:
    """The institution of a code, or of a name that no other has. Raises ValidationError."""
    wanted = said.strip()
    coded = Organisation.objects.filter(code=wanted).first()
    found = [coded] if coded else list(Organisation.objects.filter(Q(name=wanted) | Q(name_en=wanted)).order_by("code"))
    if not found:
        raise forms.ValidationError(_("There is no institution of this code or name."))
    if len(found) > 1:
        text = _("Several institutions have this name: write the code of the one that is meant (%(codes)s).")
        raise forms.ValidationError(text % {"codes": ", ".join(one.code for one in found[:SHOWN])})
    return found[0]

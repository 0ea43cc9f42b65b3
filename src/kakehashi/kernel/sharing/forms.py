"""The forms of networks: founding one, and placing an institution in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.models import Network, NetworkMember, NetworkRole


class NetworkForm(forms.Form):
    """A network to be founded."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)


class PlaceForm(forms.Form):
    """An institution's place in a network."""

    network = forms.ChoiceField(label=_("Network"))
    organisation = forms.ChoiceField(label=_("Institution"))
    role = forms.ChoiceField(label=_("Place"), choices=NetworkRole.choices, initial=NetworkRole.COOPERATING)
    hub = forms.ChoiceField(label=_("Its hub hospital"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hubs = Organisation.objects.filter(
            pk__in=NetworkMember.objects.filter(role=NetworkRole.HUB).values("organisation_id")
        )
        for field, choices in (
            ("network", [(one.code, one.label()) for one in Network.objects.all()]),
            ("organisation", [(one.code, one.label()) for one in Organisation.objects.order_by("code")]),
            ("hub", [("", "–"), *((one.code, one.label()) for one in hubs)]),
        ):
            self.fields[field].choices = choices  # type: ignore[attr-defined]

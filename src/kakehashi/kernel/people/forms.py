"""Forms for inviting people and for making API tokens."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.tokens import MOST_DAYS
from kakehashi.kernel.shell import Text


class InviteForm(forms.Form):
    """Whom to invite, and what they do."""

    refused: ClassVar[Text] = _("Nobody was invited. Please correct:")

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(
        label=_("Name in Latin letters"), max_length=200, required=False, help_text=_("Shown on English pages.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.CLINICIAN)
    language = forms.ChoiceField(
        label=_("Language of their mails"), choices=[("ja", "日本語"), ("en", "English")], initial="ja"
    )


class TokenForm(forms.Form):
    """What a new token is for and how long it holds."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("For example: nightly export on the ward's server")
    )
    days = forms.IntegerField(label=_("Valid for how many days"), min_value=1, max_value=MOST_DAYS, initial=90)


def add_problems(form: forms.Form, error: Invalid | Conflict) -> None:
    """Show what an action refused in the form that was sent, which keeps what was typed: at the fields concerned."""
    for field, texts in error.problems.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, str(text))

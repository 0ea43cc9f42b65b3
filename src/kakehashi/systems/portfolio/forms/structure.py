"""The forms of the agency's structure: terms, projects, programmes, disease areas, placements, budgets shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kakehashi.systems.portfolio.forms.goals import ProjectField
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.models import Award, Axis, IntegratedProject, Ministry, Phase, Programme

PHASES = [("", "–"), *Phase.choices]
SOURCE = _("The plan or decision that it stands in.")


def source_field() -> forms.CharField:
    """Where something stands."""
    return forms.CharField(label=_("Source"), max_length=300, required=False, help_text=SOURCE)


class Kept(forms.Form):
    """What has a code or a number that stays, and words that can be changed."""

    stays: tuple[str, ...] = ("code",)

    def for_change(self) -> None:
        """Of what stands, its code stays."""
        for name in self.stays:
            del self.fields[name]

    @classmethod
    def said_of(cls, row: Model) -> dict[str, Any]:
        """What the form begins with for something that stands."""
        return {name: getattr(row, name) for name in cls.base_fields}


class TermForm(Kept):
    """A plan term."""

    stays = ("number",)
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=99)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    begins = day_field(_("First day"))
    ends = day_field(_("Last day"), required=False)
    source = source_field()


class ProjectForm(Kept):
    """An integrated project of a term."""

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Letters, digits, - _ and . It stays."))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    axis = forms.ChoiceField(label=_("Cut by"), choices=Axis.choices)
    order = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=999, initial=0)


class AreaForm(Kept):
    """A disease area."""

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Letters, digits, - _ and . It stays."))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    order = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=999, initial=0)


class ProgrammeForm(Kept):
    """A programme."""

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Letters, digits, - _ and . It stays."))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    ministry = forms.ChoiceField(label=_("Ministry"), choices=Ministry.choices, initial=Ministry.UNSTATED)
    first_phase = forms.ChoiceField(label=_("From phase"), choices=PHASES, required=False)
    last_phase = forms.ChoiceField(label=_("To phase"), choices=PHASES, required=False)
    begins = day_field(_("First day"), required=False)
    ends = day_field(_("Last day"), required=False)
    source = source_field()


class PlaceForm(forms.Form):
    """A programme, or one award by itself, is placed in a project from a day on."""

    project = ProjectField(
        label=_("Integrated project"),
        queryset=IntegratedProject.objects.select_related("term").order_by("-term__number", "order"),
    )
    programme: forms.ModelChoiceField[Programme] = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("name"),
        to_field_name="code",
        required=False,
        help_text=_("With all its awards but those placed by themselves."),
    )
    award = forms.CharField(
        label=_("Or one award by itself"),
        max_length=60,
        required=False,
        help_text=_("Its number; it then counts here, whatever its programme counts in."),
    )
    since = day_field(
        _("From"),
        required=False,
        help_text=_(
            "What it counted in before under the same term ends the day before. A fiscal year counts where it stands "
            "on its last day. Empty, where it was placed nowhere: whatever the year."
        ),
    )
    source = source_field()

    def clean_award(self) -> Award | None:
        """The award of the number."""
        number = self.cleaned_data["award"].strip().removeprefix("JP")
        if not number:
            return None
        found = Award.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no award of this number."))
        return found


class EndPlacementForm(forms.Form):
    """Something counts in a project no longer."""

    on = day_field(_("Last day"))


class ShareForm(Kept):
    """A part of a programme's budget is shown again in another project."""

    stays = ("programme", "project", "fiscal_year")
    programme: forms.ModelChoiceField[Programme] = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.order_by("name"), to_field_name="code"
    )
    project = ProjectField(
        label=_("Shown again in"),
        queryset=IntegratedProject.objects.select_related("term").order_by("-term__number", "order"),
    )
    fiscal_year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    amount_yen = forms.IntegerField(label=_("Amount (yen)"), min_value=1, max_value=LARGEST_YEN)
    source = source_field()

"""The forms of goals: one is added or corrected, what was reached is reported, a file of either is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kakehashi.systems.portfolio.forms.files import LookedAtForm
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models import Goal, IntegratedProject, OutputKind, PlanTerm, Standing
from kakehashi.systems.portfolio.outputs.goals import TOP_PAPER


class ProjectField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An integrated project, told with its term."""

    def label_from_instance(self, one: IntegratedProject) -> str:
        """Term and project."""
        return f"{one.term.label()} · {one.label()}"


def text_field(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class GoalForm(forms.Form):
    """A goal is added, or its words are corrected."""

    term: forms.ModelChoiceField[PlanTerm] = forms.ModelChoiceField(
        label=_("Plan term"), queryset=PlanTerm.objects.all(), to_field_name="number"
    )
    project = ProjectField(
        label=_("Integrated project"),
        queryset=IntegratedProject.objects.select_related("term"),
        required=False,
        help_text=_("Empty: a goal of the whole term."),
    )
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Letters, digits, - _ and . It stays."))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    definition = text_field(_("What counts"), required=False)
    definition_en = text_field(_("What counts, in English"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    unit_en = forms.CharField(label=_("Unit in English"), max_length=40, required=False)
    target = forms.DecimalField(
        label=_("Target"),
        max_digits=20,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("Empty: reported without a target."),
    )
    due = day_field(_("Due"), required=False, help_text=_("Empty: the last day of the term."))
    yearly = forms.BooleanField(label=_("each year anew"), required=False)
    results = forms.MultipleChoiceField(
        label=_("Counted from outputs"),
        choices=[*OutputKind.choices, (TOP_PAPER, _("Papers in top journals"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None: it is reported, not counted."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("The plan or decision that it stands in.")
    )

    def for_change(self) -> None:
        """Of a goal that stands, term, project and code stay."""
        for name in ("term", "project", "code"):
            del self.fields[name]

    def clean_results(self) -> str:
        """The kinds as a goal keeps them."""
        return ",".join(self.cleaned_data["results"])

    @staticmethod
    def said_of(goal: Goal) -> dict[str, Any]:
        """What the form begins with for a goal that stands."""
        said = {name: getattr(goal, name) for name in GoalForm.base_fields}
        return said | {"results": [key.strip() for key in goal.results.split(",") if key.strip()]}


class ActualForm(forms.Form):
    """What was reached of a goal is reported as of a day."""

    as_of = day_field(_("As of"))
    value = forms.DecimalField(label=_("What was reached"), max_digits=20, decimal_places=2, min_value=0)
    standing = forms.ChoiceField(
        label=_("Expected or final"),
        choices=[choice for choice in Standing.choices if choice[0] != Standing.UNSAID],
    )
    cumulative = forms.TypedChoiceField(
        label=_("Over what time"),
        choices=[("1", _("since the beginning")), ("0", _("within a year"))],
        coerce=lambda said: said == "1",
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where it stands: a report, minutes, a register.")
    )
    note = text_field(_("Note"), 2, max_length=1000, required=False)


class GoalFileForm(LookedAtForm):
    """A file of goals or of what was reached."""

    help_text = _("CSV in UTF-8 or Shift_JIS, at most 2 MB. It is looked at first; nothing is written then.")

"""The forms of logic models: one is made; a statement, an indicator, a number of a year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kakehashi.systems.portfolio.forms.goals import ProjectField, text_field
from kakehashi.systems.portfolio.forms.structure import source_field
from kakehashi.systems.portfolio.keeping.logic import LARGEST_NUMBER
from kakehashi.systems.portfolio.models import (
    CHAIN,
    IntegratedProject,
    LogicModel,
    LogicStage,
    LogicStatement,
    Programme,
)


class LogicModelForm(forms.Form):
    """A logic model is made."""

    project = ProjectField(
        label=_("Integrated project"),
        queryset=IntegratedProject.objects.select_related("term").order_by("-term__number", "order"),
    )
    programme: forms.ModelChoiceField[Programme] = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("name"),
        to_field_name="code",
        required=False,
        help_text=_("Empty: of the whole project."),
    )
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Letters, digits, - _ and . It stays."))
    source = source_field()


class LeadsTo(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Statements, each told with its stage."""

    def label_from_instance(self, one: LogicStatement) -> str:
        """Stage and sentence."""
        return f"{one.get_stage_display()} · {one.label()}"

    def clean(self, value: Any) -> Any:
        """The statements. Raises ValidationError for the key of none; no key is too large to be told so."""
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if strange := [str(key) for key in value or () if str(key) not in known]:
            raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": strange[0][:40]})
        return super().clean(value)


class StatementForm(forms.Form):
    """A sentence of a stage."""

    stage = forms.ChoiceField(label=_("Stage"), choices=LogicStage.choices)
    text = text_field(_("Text"))
    text_en = text_field(_("Text in English"), required=False)
    order = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=999, initial=0)
    leads_to = LeadsTo(label=_("Leads to"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *given: Any, logic_model: LogicModel, but: int = 0, **more: Any) -> None:
        super().__init__(*given, **more)
        rows = logic_model.statements.filter(stage__in=CHAIN[1:]).exclude(pk=but)
        self.fields["leads_to"].queryset = rows  # type: ignore[attr-defined]


class IndicatorForm(forms.Form):
    """What a stage is measured by."""

    stage = forms.ChoiceField(label=_("Stage"), choices=LogicStage.choices)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    unit_en = forms.CharField(label=_("Unit in English"), max_length=40, required=False)
    cumulative = forms.BooleanField(label=_("since the beginning"), required=False)
    order = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=999, initial=0)


class NumberForm(forms.Form):
    """A number of a fiscal year."""

    fiscal_year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    value = forms.IntegerField(label=_("Number"), min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER)

"""The forms of adjustment funds: a round, its side conditions, a request, its points, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.systems.portfolio.adjustment.conditions import SideCondition
from kakehashi.systems.portfolio.adjustment.states import MOST_POINTS, Criterion, Outcome
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models import Award, DiseaseArea, IntegratedProject, Ministry, Programme
from kakehashi.systems.portfolio.models.adjustment import MOST_YEN


class RoundForm(forms.Form):
    """A round is opened."""

    fiscal_year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    budget_yen = forms.IntegerField(
        label=_("Budget (yen)"), min_value=1, max_value=MOST_YEN, help_text=_("What the headquarters has released.")
    )


class ReviewForm(forms.Form):
    """What came of a funded request is reviewed."""

    on = day_field(_("As of"))
    outcome = forms.ChoiceField(label=_("Beside what was promised"), choices=[("", _("Choose")), *Outcome.choices])
    findings = forms.CharField(
        label=_("What came of it"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("In words.")
    )


class ConditionForm(forms.Form):
    """A side condition is added. ``subjects``: what it may bind, by the scheme of the round's term."""

    subject = forms.ChoiceField(label=_("For"))
    unit = forms.ChoiceField(label=_("Counted in"), choices=[("yen", _("yen")), ("count", _("requests"))])
    at_least = forms.IntegerField(label=_("At least"), min_value=0, max_value=MOST_YEN, required=False)
    at_most = forms.IntegerField(label=_("At most"), min_value=0, max_value=MOST_YEN, required=False)

    def __init__(self, *args: Any, subjects: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]

    @property
    def condition(self) -> SideCondition | None:
        """What was said, or None with its error at the form."""
        said = self.cleaned_data
        axis, _colon, code = said["subject"].partition(":")
        try:
            return SideCondition(
                axis=axis, code=code, unit=said["unit"], at_least=said["at_least"], at_most=said["at_most"]
            )
        except ValidationError:
            self.add_error("at_most", _("Say at least or at most how much; at least is no more than at most."))
        return None


def subjects(term: Any) -> list[tuple[str, Any]]:
    """What a side condition may bind: ministries, the term's projects, programmes, disease areas."""
    projects = IntegratedProject.objects.filter(term=term) if term else IntegratedProject.objects.none()
    groups: list[tuple[Any, str, list[tuple[str, Any]]]] = [
        (_("Ministry"), "ministry", [(key, label) for key, label in Ministry.choices if key != Ministry.UNSTATED]),
        (_("Integrated project"), "project", [(one.code, one.label()) for one in projects]),
        (_("Disease area"), "area", [(one.code, one.label()) for one in DiseaseArea.objects.all()]),
        (_("Programme"), "programme", [(one.code, one.label()) for one in Programme.objects.all()]),
    ]
    return [(group, [(f"{axis}:{code}", label) for code, label in found]) for group, axis, found in groups if found]


class RequestForm(forms.Form):
    """An award asks for adjustment funds."""

    award = forms.CharField(label=_("Award number"), max_length=40, help_text=_("As on its page: 19ek0109001."))
    amount_yen = forms.IntegerField(label=_("Amount (yen)"), min_value=1, max_value=MOST_YEN)
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What happened that makes more money useful within the year."),
    )
    effects = forms.CharField(
        label=_("Expected effects"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What will be there by the end of the year that would not be there without it."),
    )

    def clean_award(self) -> Award:
        """The award of the number."""
        found = Award.objects.select_related("programme").filter(number=self.cleaned_data["award"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no award of this number."))
        return found


class ScoreForm(forms.Form):
    """Somebody's points by every criterion."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for key, label in Criterion.choices:
            self.fields[key] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_POINTS, help_text=_("From 0 (not at all) to 10 (outstanding).")
            )


class NoteForm(forms.Form):
    """A reason, where one is needed."""

    note = forms.CharField(label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

"""The form by which an auditor chooses a figure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.behind import Money
from kakehashi.systems.portfolio.forms.adjustment import subjects
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind


class FigureForm(forms.Form):
    """Which figure of the year: what, of what, of which kind of budget."""

    what = forms.ChoiceField(label=_("Figure"), choices=Money.choices)
    of = forms.ChoiceField(label=_("Of"), required=False)
    budget = forms.ChoiceField(
        label=_("Kind of budget"), required=False, choices=[("", _("every kind")), *BudgetKind.choices]
    )

    def __init__(self, *args: Any, term: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["of"].choices = [("", _("the whole agency")), *subjects(term)]  # type: ignore[attr-defined]

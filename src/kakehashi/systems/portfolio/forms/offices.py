"""The forms of offices: somebody is appointed, somebody leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.fiscal import first_and_last_day
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.queries import people_holding
from kakehashi.systems.portfolio.offices.actions import SUBJECTS
from kakehashi.systems.portfolio.offices.kinds import OFFICES, Scope
from kakehashi.systems.portfolio.offices.queries import wanted_for


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day, chosen from a calendar; a mistyped year that nobody plans or remembers is refused."""
    first, last = first_and_last_day()
    within = [MinValueValidator(first), MaxValueValidator(last)]
    chosen = forms.DateInput(attrs={"type": "date", "min": first.isoformat(), "max": last.isoformat()})
    return forms.DateField(label=label, widget=chosen, validators=within, **more)


class AppointForm(forms.Form):
    """Somebody takes an office: who, of what, from when until when."""

    subject: forms.ModelChoiceField[Any] = forms.ModelChoiceField(label=_("For"), queryset=None)
    person: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Person"), queryset=None, help_text=_("Those who have this role at the agency today.")
    )
    since = day_field(_("From"))
    until = day_field(_("Last day of the term"), required=False, help_text=_("Empty: no end is set."))
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("The decision that it stands in.")
    )

    def __init__(self, *args: Any, office: str, agency: Organisation, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        scope = OFFICES[office]
        self.fields["person"].queryset = people_holding([office], [agency.pk])  # type: ignore[attr-defined]
        if scope == Scope.AGENCY:
            del self.fields["subject"]
            return
        found = SUBJECTS[scope].objects.filter(pk__in=[one.pk for one in wanted_for(office, today) if one])
        self.fields["subject"].queryset = found  # type: ignore[attr-defined]
        self.fields["subject"].label = Scope(scope).label


class LeaveForm(forms.Form):
    """Somebody leaves before the time: the last day, and why."""

    on = day_field(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

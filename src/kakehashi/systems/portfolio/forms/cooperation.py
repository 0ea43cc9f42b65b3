"""The forms of co-operation abroad: something is recorded or corrected, it ends, rows come from a file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.abroad.told import TEXTS
from kakehashi.systems.portfolio.forms.files import LookedAtForm
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models import CooperationKind, CooperationStanding, Programme


class CooperationForm(forms.Form):
    """Something done together: what, with whom, where, when. What is wrong is said by the action."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CooperationKind.choices)
    name = forms.CharField(label=_("What"), max_length=TEXTS["name"])
    name_en = forms.CharField(label=_("What, in English"), max_length=TEXTS["name_en"], required=False)
    partner = forms.CharField(label=_("Partner"), max_length=TEXTS["partner"], required=False)
    partner_en = forms.CharField(label=_("Partner, in English"), max_length=TEXTS["partner_en"], required=False)
    field = forms.CharField(label=_("Field"), max_length=TEXTS["field"], required=False)
    field_en = forms.CharField(label=_("Field, in English"), max_length=TEXTS["field_en"], required=False)
    countries = forms.CharField(
        label=_("Countries"),
        max_length=600,
        required=False,
        help_text=_("Two letters of ISO 3166 each, such as US SG; EU for the European Union."),
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    when = forms.CharField(
        label=_("When"),
        max_length=20,
        required=False,
        help_text=_("2016, 2016-03 or 2016-03-31, or in an era (R8.4): as exactly as known."),
    )
    fiscal_year = forms.CharField(
        label=_("Fiscal year"),
        max_length=4,
        required=False,
        help_text=_("Where no day is told, or it belongs to another year than its day."),
    )
    standing = forms.ChoiceField(label=_("Standing"), choices=CooperationStanding.choices)
    awards = forms.CharField(
        label=_("Awards"), max_length=6, required=False, help_text=_("So many awards came of it; empty: not told.")
    )
    ended_on = forms.CharField(
        label=_("Last day"), max_length=20, required=False, help_text=_("Such as 2027-03-31; empty: it goes on.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=TEXTS["source"], required=False, help_text=_("The document that tells of it.")
    )
    reason = forms.CharField(label=_("Why it is corrected"), max_length=500)

    def __init__(self, *args: object, correcting: bool, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        programmes = [(one.code, one.label()) for one in Programme.objects.all()]
        self.fields["programme"].choices = [("", "–"), *programmes]  # type: ignore[attr-defined]
        if not correcting:
            del self.fields["reason"]


class EndForm(forms.Form):
    """It ends: the last day, and why."""

    on = day_field(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class CooperationFileForm(LookedAtForm):
    """A file of rows."""

    help_text = _("CSV in UTF-8 or Shift_JIS, at most 2 MB and 1,000 rows. It is looked at first.")

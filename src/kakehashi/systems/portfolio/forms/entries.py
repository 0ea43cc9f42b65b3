"""The forms of the ledger: an entry of one kind, a correction, a file of entries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.forms.files import LookedAtForm
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.ledger.entries import MEMO, REFERENCE
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind
from kakehashi.systems.portfolio.ledger.told import PLACED, PLACES, Told, needed
from kakehashi.systems.portfolio.models import Appropriation, Ministry, Programme

INSTITUTIONS = "institutions-here"
"""The id of the list of institutions that a page offers."""
BOOKED = [choice for choice in EntryKind.choices if choice[0] != EntryKind.CORRECT]


class EntryForm(forms.Form):
    """An entry of one kind: only what such an entry names is asked for."""

    on = day_field(_("Day"))
    fiscal_year = forms.IntegerField(
        label=_("Fiscal year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("Empty: that of the day. Another one while the books of last year are being closed."),
    )
    appropriation = forms.ChoiceField(label=_("Appropriation"))
    place = forms.ChoiceField(
        label=_("Where the money lies"), choices=[(one.value, one.label) for one in AccountKind if one in PLACES]
    )
    programme = forms.ChoiceField(label=_("Programme"))
    award = forms.CharField(
        label=_("Award"), max_length=60, help_text=_("Its number, as it stands in acknowledgements too.")
    )
    institution = forms.CharField(
        label=_("Institution"), max_length=200, help_text=_("Code or name. Empty: the one that holds the award.")
    )
    to_institution = forms.CharField(
        label=_("Institution that gets the sub-award"), max_length=200, help_text=_("Code or name.")
    )
    amount_yen = forms.IntegerField(label=_("Amount (yen)"), min_value=1, max_value=LARGEST_YEN)
    reference = forms.CharField(
        label=_("Document"),
        max_length=REFERENCE,
        help_text=_("Number of the voucher, contract or notice that shows it."),
    )
    memo = forms.CharField(label=_("In words"), max_length=MEMO, required=False)

    def __init__(self, kind: str, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind = kind
        money = Appropriation.objects.order_by("-fiscal_year", "code")
        self._choices("appropriation", [("", _("Choose")), *((one.code, f"{one.code} {one.label()}") for one in money)])
        asked = {"place", *needed(kind, PLACES[-1]), "programme"} if kind in PLACED else set(needed(kind))
        if "programme" in asked:
            self._choices("programme", [("", "–"), *((one.code, one.label()) for one in Programme.objects.all())])
        for name in ("place", "programme", "award", "institution", "to_institution"):
            if name not in asked:
                del self.fields[name]
            elif kind in PLACED and name != "place":
                self.fields[name].required = False
        for name in {"institution", "to_institution"} & asked:
            self.fields[name].widget.attrs["list"] = INSTITUTIONS
        if "institution" in asked:
            self.fields["institution"].required = False
        self.fields["on"].initial = timezone.localdate

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def told(self) -> Told:
        """What was entered."""
        said = dict(self.cleaned_data)
        said["fiscal_year"] = said["fiscal_year"] or fiscal_year(said["on"])
        return Told(kind=self.kind, **said)


class CorrectionForm(forms.Form):
    """Why an entry is undone, and whether what is right is booked in its place."""

    reason = forms.CharField(label=_("Why it is corrected"), max_length=MEMO, widget=forms.Textarea(attrs={"rows": 2}))


class EntriesFileForm(LookedAtForm):
    """A file of entries."""

    help_text = _(
        "CSV in UTF-8 or Shift_JIS, at most 10 MB and 50,000 rows. It is looked at first; nothing is written then."
    )


class AppropriationForm(forms.Form):
    """A sum that a ministry's budget gives: the origin that yen keep."""

    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Such as mhlw-2026-initial."))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    ministry = forms.ChoiceField(label=_("Ministry"), choices=Ministry.choices)
    kind = forms.ChoiceField(label=_("Kind of budget"), choices=BudgetKind.choices)
    fiscal_year = forms.IntegerField(label=_("First fiscal year"), min_value=2000, max_value=2100)
    last_fiscal_year = forms.IntegerField(
        label=_("Last fiscal year"),
        min_value=2000,
        max_value=2100,
        required=False,
        help_text=_("Empty: the same, as of every budget of one year."),
    )
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

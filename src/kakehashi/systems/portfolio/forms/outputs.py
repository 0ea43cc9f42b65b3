"""The forms of outputs: one is recorded, credited, confirmed, taken back; a file is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio.forms.offices import day_field
from kakehashi.systems.portfolio.models import Award, Output, OutputKind, OutputState
from kakehashi.systems.portfolio.outputs.actions import CORRECTED, NewOutput
from kakehashi.systems.portfolio.outputs.days import unlikely
from kakehashi.systems.portfolio.outputs.reading import LARGEST_MB
from kakehashi.systems.portfolio.outputs.recognising import Recogniser
from kakehashi.systems.portfolio.outputs.workflow import TOLD_BY_CASES
from kakehashi.systems.portfolio.uploads import read_text

MOST = 50


class AwardsField(forms.CharField):
    """Award numbers, with spaces or commas between them, as they stand in papers too; answers the awards."""

    def clean(self, value: str) -> list[Award]:
        """The awards, each once. Raises ValidationError naming what is no award here."""
        words = super().clean(value).replace(",", " ").replace("、", " ").split()
        awards = Recogniser(words).awards
        found = [awards[word] for word in words if word in awards]
        if strange := [word for word in words if word not in awards]:
            text = _("%(numbers)s: no such award. Write award numbers as in 17am0101001j0001 or JP17am0101001.")
            raise forms.ValidationError(text % {"numbers": ", ".join(strange[:MOST])})
        return list(dict.fromkeys(found))


class OutputForm(forms.Form):
    """An output is recorded."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[choice for choice in OutputKind.choices if choice[0] not in TOLD_BY_CASES]
    )
    reference = forms.CharField(
        label=_("Identifier"),
        max_length=300,
        help_text=_("DOI of a paper, number of a patent, jRCT or NCT number of a trial; else the agency's own number."),
    )
    title = forms.CharField(label=_("Title of the output"), max_length=1000, required=False)
    title_en = forms.CharField(label=_("Title of the output in English"), max_length=1000, required=False)
    where = forms.CharField(
        label=_("Journal, register or company"),
        max_length=300,
        required=False,
        help_text=_("Everybody reads it with a published award; the company of a licence only where you say so below."),
    )
    company_public = forms.BooleanField(label=_("The company of this licence may be named in public"), required=False)
    top_journal = forms.BooleanField(label=_("in a top journal"), required=False)
    on = day_field(
        _("Day since which it is there"),
        help_text=_(
            "Of a patent the day it was filed: it is shown in public 18 months after that day, as patent offices do. "
            "Other outputs of a published award are public at once."
        ),
    )
    sureness = forms.ChoiceField(
        label=_("Expected or final"),
        choices=[(one.value, one.label) for one in (OutputState.FINAL, OutputState.EXPECTED)],
        help_text=_("What is expected is listed, but counted only once it is confirmed."),
    )
    awards = AwardsField(
        label=_("Awards that it came from"),
        help_text=_("Award numbers, with spaces or commas between them, as they stand in acknowledgements too."),
    )
    evidence_url = forms.URLField(
        label=_("Address of the evidence"), max_length=500, required=False, assume_scheme="https"
    )
    evidence = forms.CharField(label=_("What shows it"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    early = forms.BooleanField(
        label=_("The day is right: it was there before the award began"), required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        """A day before one of the awards began is asked about once."""
        said: dict[str, Any] = super().clean() or {}
        if "on" in said and not said.get("early"):
            for text in unlikely(said["on"], self.credited_to(said)):
                self.add_error("on", text)
                self.fields["early"].widget = forms.CheckboxInput()
        return said

    def credited_to(self, said: dict[str, Any]) -> Sequence[Award]:
        """The awards against whose days its day is held."""
        awards: Sequence[Award] = said.get("awards", ())
        return awards

    @property
    def told(self) -> NewOutput:
        """What was entered."""
        return NewOutput(**{key: value for key, value in self.cleaned_data.items() if key not in ("awards", "early")})


class CorrectionForm(OutputForm):
    """What was recorded of an output is put right, and why."""

    kind = sureness = awards = company_public = None  # type: ignore[assignment]  # Django: fields taken out
    reason = forms.CharField(
        label=_("Reason for the correction"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, output: Output, data: Any = None) -> None:
        self._output = output
        super().__init__(data, initial={name: getattr(output, name) for name in CORRECTED})

    def credited_to(self, said: dict[str, Any]) -> Sequence[Award]:
        """The awards to which it is credited; a day that stays is not asked about."""
        same = said["on"] == self._output.on
        return () if same else [one.award for one in self._output.credits.filter(until=None).select_related("award")]


class AwardForm(forms.Form):
    """An output is credited to one more award, or to several."""

    awards = AwardsField(label=_("Award numbers"))


class DayForm(forms.Form):
    """What was expected is there since a day."""

    on = day_field(_("Day since which it is there"))


class ReasonForm(forms.Form):
    """Something that was recorded is taken back, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class FileForm(forms.Form):
    """A file of outputs; ``content`` is what was looked at already."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV, BibTeX, or Crossref’s JSON; UTF-8 or Shift_JIS, at most 5 MB. It is looked at first."),
    )
    content = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    format = forms.ChoiceField(
        label=_("Format"), choices=[("csv", "CSV"), ("bibtex", "BibTeX"), ("crossref", "Crossref JSON")]
    )
    awards = AwardsField(
        label=_("Awards that all of them came from"),
        required=False,
        help_text=_("Beside those that the file itself names; may be empty."),
    )

    def clean(self) -> dict[str, Any]:
        """The file's text under ``content``."""
        said: dict[str, Any] = super().clean() or {}
        upload = said.get("file")
        if upload is not None:
            try:
                read = read_text(upload.read(), largest_mb=LARGEST_MB)
                said["content"], said["note"] = read.text, read.note
            except Invalid as error:
                add_problems(self, error)
        elif not said.get("content"):
            self.add_error("file", _("Choose a file."))
        return said

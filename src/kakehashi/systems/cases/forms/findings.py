"""One finding of the form of a case."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.kernel.punctuation import noted
from kakehashi.protocols.phenopacket.agewords import AGE, span_of_words
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Finding
from kakehashi.systems.cases.forms.choices import refuse, terms_offered, with_none
from kakehashi.systems.cases.offered import COURSES, ONSETS, SEVERITIES


class FindingForm(forms.Form):
    """One finding. ``term`` is filled by the list that opens while typing; without it ``label`` is read."""

    label = forms.CharField(label=_("Finding"), required=False, max_length=300)
    term = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-term-id": ""}))
    presence = forms.ChoiceField(
        label=_("Present or absent"), choices=[("present", _("Present")), ("absent", _("Absent"))], initial="present"
    )
    onset = forms.ChoiceField(label=_("Since"), required=False)
    resolved = forms.CharField(
        label=_("Resolved at"), required=False, max_length=40, help_text=_("An age at which it had gone: 3y6m or P3Y6M")
    )
    course = forms.ChoiceField(label=_("Course"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    modifiers = forms.CharField(
        label=_("Modifiers"), required=False, max_length=500, help_text=_("HPO terms, separated by commas")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.initial or {}
        onset = self.data.get(self.add_prefix("onset"), "") if self.is_bound else said.get("onset", "")
        severity = self.data.get(self.add_prefix("severity"), "") if self.is_bound else said.get("severity", "")
        own_onset = onset if re.fullmatch(r"HP:\d{7}", onset) or AGE.fullmatch(onset) else ""
        own_severity = severity if re.fullmatch(r"HP:\d{7}", severity) else ""
        self.fields["onset"].choices = with_none(terms_offered(ONSETS, own_onset))  # type: ignore[attr-defined]
        self.fields["course"].choices = with_none(terms_offered(COURSES))  # type: ignore[attr-defined]
        self.fields["severity"].choices = with_none(terms_offered(SEVERITIES, own_severity))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        typed, chosen = said.get("label", "").strip(), said.get("term", "").strip()
        kept = self.initial.get("term")
        if chosen and typed in {"", *_wordings(chosen)} and (chosen == kept or vocabulary.is_finding(chosen)):
            said["finding"] = chosen
        elif typed and typed == self.initial.get("label") and kept:
            said["finding"] = kept
        elif typed or chosen:
            try:
                said["finding"] = vocabulary.read_term(typed or chosen)
            except vocabulary.UnknownWord as error:
                self.add_error("label", str(error))
        modifiers = [said["course"]] if said.get("course") else []
        for part in re.split(r"[,;、，]+", said.get("modifiers", "")):
            if part.strip():
                try:
                    modifiers.append(vocabulary.read_term(part, branch="modifier"))
                except vocabulary.UnknownWord as error:
                    self.add_error("modifiers", str(error))
        said["resolved"] = self._until(said)
        if said.get("finding") and not self.errors:
            try:
                said["read"] = self._read(said, tuple(dict.fromkeys(modifiers)))
            except ValidationError as error:
                refuse(self, error)
        return said

    def _until(self, said: dict[str, Any]) -> str:
        """The age or onset term by which a finding had gone, as it is kept."""
        written = said.get("resolved", "").strip()
        if not written or written == self.initial.get("resolved"):
            return str(self.initial.get("kept_resolved", "")) if written else ""
        until = age_typed(written)
        if until is None:
            self.add_error("resolved", _now("This is no age. Write it as 3y6m, 3歳6か月 or P3Y6M."))
            return ""
        began, ended = span_of_words(said.get("onset", "")), span_of_words(until)
        if said.get("presence") == "absent":
            self.add_error("resolved", _now("A finding that is absent has no end."))
        elif began and ended and ended.last <= began.first:
            self.add_error("resolved", _now("It ends before it began."))
        return until

    def _read(self, said: dict[str, Any], modifiers: tuple[str, ...]) -> Finding:
        kept = self.initial.get("kept_modifiers", ())  # in the order they came in
        return Finding(
            term=said["finding"],
            excluded=said["presence"] == "absent",
            onset=said["onset"],
            severity=said["severity"],
            resolved=said["resolved"],
            modifiers=kept if set(modifiers) == set(kept) else modifiers,
            note=said["note"],
            label=self.initial.get("kept_label", "") if said["finding"] == self.initial.get("term") else "",
        )

    def finding(self) -> Finding | None:
        """What the row says; None for an empty row."""
        found: Finding | None = self.cleaned_data.get("read")
        return found


TYPED_AGE = re.compile(
    r"(?:(\d{1,3})\s*(?:y|yr|yrs|years?|歳|才|年))?\s*(?:(\d{1,4})\s*(?:m|mo|months?|か月|ヶ月|カ月|ヵ月|月))?"
    r"\s*(?:(\d{1,4})\s*(?:w|weeks?|週))?\s*(?:(\d{1,5})\s*(?:d|days?|日))?",
    re.IGNORECASE,
)


def age_typed(text: str) -> str | None:
    """ "P3Y6M" of 3y6m, 3歳6か月 or P3Y6M, however wide the digits; None where it is no age."""
    written = unicodedata.normalize("NFKC", text).strip()
    if AGE.fullmatch(written.upper()):
        return written.upper()
    found = TYPED_AGE.fullmatch(written)
    if found is None or not any(found.groups()):
        return None
    return "P" + "".join(f"{int(part)}{unit}" for part, unit in zip(found.groups(), "YMWD", strict=True) if part)


def _wordings(term: str) -> set[str]:
    """Both labels of a term, as the list fills them in."""
    ontology = vocabulary.knowledge().ontology
    index = ontology.index(term)
    return set() if index is None else {ontology.label(index), ontology.label(index, "ja")}


FindingFormSet = forms.formset_factory(
    FindingForm, extra=0, can_delete=True, max_num=1000, absolute_max=1000, validate_max=True
)


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as its row shows it; the first term of course among the modifiers has a field of its own."""
    course = next((one for one in finding.modifiers if one in COURSES), "")
    others = [one for one in finding.modifiers if one != course]
    return {
        "label": vocabulary.term_label(finding.term, finding.label),
        "term": finding.term,
        "kept_label": finding.label,
        "presence": "absent" if finding.excluded else "present",
        "onset": finding.onset,
        "severity": finding.severity,
        "resolved": finding.resolved
        if AGE.fullmatch(finding.resolved)
        else vocabulary.term_label(finding.resolved)
        if finding.resolved
        else "",
        "kept_resolved": finding.resolved,
        "course": course,
        "modifiers": ", ".join(noted(vocabulary.term_label(one), one) for one in others),
        "kept_modifiers": finding.modifiers,
        "note": finding.note,
    }

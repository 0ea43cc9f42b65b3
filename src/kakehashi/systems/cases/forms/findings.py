"""One finding of the form of a case."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.protocols.phenopacket.agewords import AGE
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Finding
from kakehashi.systems.cases.forms.choices import refuse, terms_offered, with_none
from kakehashi.systems.cases.offered import ONSETS, SEVERITIES


class FindingForm(forms.Form):
    """One finding. ``term`` is filled by the list that opens while typing; without it ``label`` is read."""

    label = forms.CharField(label=_("Finding"), required=False, max_length=300)
    term = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-term-id": ""}))
    presence = forms.ChoiceField(
        label=_("Present or absent"), choices=[("present", _("Present")), ("absent", _("Absent"))], initial="present"
    )
    onset = forms.ChoiceField(label=_("Since"), required=False)
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
        modifiers = []
        for part in re.split(r"[,;、，]+", said.get("modifiers", "")):
            if part.strip():
                try:
                    modifiers.append(vocabulary.read_term(part, branch="modifier"))
                except vocabulary.UnknownWord as error:
                    self.add_error("modifiers", str(error))
        if said.get("finding") and not self.errors:
            try:
                said["read"] = self._read(said, tuple(dict.fromkeys(modifiers)))
            except ValidationError as error:
                refuse(self, error)
        return said

    def _read(self, said: dict[str, Any], modifiers: tuple[str, ...]) -> Finding:
        return Finding(
            term=said["finding"],
            excluded=said["presence"] == "absent",
            onset=said["onset"],
            severity=said["severity"],
            modifiers=modifiers,
            note=said["note"],
            label=self.initial.get("kept_label", "") if said["finding"] == self.initial.get("term") else "",
        )

    def finding(self) -> Finding | None:
        """What the row says; None for an empty row."""
        found: Finding | None = self.cleaned_data.get("read")
        return found


def _wordings(term: str) -> set[str]:
    """Both labels of a term, as the list fills them in."""
    ontology = vocabulary.knowledge().ontology
    index = ontology.index(term)
    return set() if index is None else {ontology.label(index), ontology.label(index, "ja")}


FindingFormSet = forms.formset_factory(
    FindingForm, extra=0, can_delete=True, max_num=1000, absolute_max=1000, validate_max=True
)


def finding_row(finding: Finding) -> dict[str, str]:
    return {
        "label": vocabulary.term_label(finding.term, finding.label),
        "term": finding.term,
        "kept_label": finding.label,
        "presence": "absent" if finding.excluded else "present",
        "onset": finding.onset,
        "severity": finding.severity,
        "modifiers": ", ".join(f"{vocabulary.term_label(one)} ({one})" for one in finding.modifiers),
        "note": finding.note,
    }

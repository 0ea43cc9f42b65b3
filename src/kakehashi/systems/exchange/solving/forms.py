"""The form of the diagnosis that a confirmed match led to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.public import HgvsField, ListedForm, NewDiagnosis
from kakehashi.systems.exchange.models import Match


class DiagnosisForm(ListedForm):
    """The diagnosis that a confirmed match led to."""

    variant = HgvsField(label=_("Variant (HGVS)"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        required=False,
        help_text=_("The match is named by itself. Write nothing that names a patient."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    own_too = forms.BooleanField(label=_("Record it of our own case now"), required=False, initial=True)

    diagnosis: NewDiagnosis

    def __init__(self, *args: Any, by: Any, match: Match, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by, self.genes_said = by, match.case.described.all_genes
        self.offer_numbers()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            variant = {"hgvs": said["variant"], "gene": said["gene"]} if said["variant"] else None
            found = self.read_diagnosis(said, variant=variant, evidence=said["evidence"])
            if found is not None:
                self.diagnosis = found
        return said

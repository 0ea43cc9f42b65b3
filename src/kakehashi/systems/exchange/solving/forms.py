"""The form of the diagnosis that a confirmed match led to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.systems.cases.public import HgvsField, ListedForm, NewDiagnosis


class DiagnosisForm(ListedForm):
    """The diagnosis that a confirmed match led to."""

    disease = forms.CharField(
        label=_("Disease"),
        max_length=60,
        help_text=_("As OMIM:607208 or ORPHA:33069."),
        validators=[
            RegexValidator(r"^[A-Za-z]+:[0-9A-Za-z]+\Z", _("Write the disease as OMIM:607208 or ORPHA:33069."))
        ],
    )
    gene = forms.CharField(label=_("Gene"), max_length=40, required=False)
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

    def __init__(self, *args: Any, by: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by
        self.offer_numbers()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            variant = {"variant": {"hgvs": said["variant"], "gene": said["gene"]}} if said["variant"] else {}
            try:
                fields = {name: said[name] for name in ("disease", "designated", "orphanet", "gene", "evidence")}
                self.diagnosis = NewDiagnosis.model_validate(fields | variant)
                self.insist_on_class(said)
            except ValidationError as error:
                for one in error.errors():
                    field = str(one["loc"][0]) if one["loc"] else None
                    self.add_error(field if field in self.fields else None, _now("This cannot be read."))
        return said

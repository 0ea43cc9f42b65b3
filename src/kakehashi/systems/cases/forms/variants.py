"""One variant of the form of a case."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.systems.cases import genenames
from kakehashi.systems.cases.description import Variant
from kakehashi.systems.cases.forms.hgvs import HgvsField
from kakehashi.systems.cases.states import VariantInheritance, VariantOrigin, Zygosity


class VariantForm(forms.Form):
    """One variant, by HGVS or by VCF fields."""

    gene = forms.CharField(label=_("Gene"), required=False, max_length=40)
    hgvs = HgvsField(label=_("HGVS"))
    assembly = forms.ChoiceField(
        label=_("Assembly"), required=False, choices=[("", "–"), ("GRCh38", "GRCh38"), ("GRCh37", "GRCh37")]
    )
    chromosome = forms.CharField(label=_("Chromosome"), required=False, max_length=40)
    position = forms.IntegerField(label=_("Position"), required=False, min_value=1, max_value=3_000_000_000)
    reference = forms.CharField(label="REF", required=False, max_length=5000)
    alternate = forms.CharField(label="ALT", required=False, max_length=5000)
    zygosity = forms.ChoiceField(label=_("Zygosity"), choices=Zygosity.choices, initial=Zygosity.UNKNOWN)
    inheritance = forms.ChoiceField(
        label=_("Inherited from"),
        required=False,
        choices=VariantInheritance.choices,
        initial=VariantInheritance.UNKNOWN,
    )
    origin = forms.ChoiceField(
        label=_("Origin"), required=False, choices=VariantOrigin.choices, initial=VariantOrigin.UNKNOWN
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, kept: Collection[str] = (), **more: Any) -> None:
        """``kept``: the HGVS expressions that the case has already."""
        super().__init__(*args, **more)
        self.fields["hgvs"].kept = kept  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        fields = {name: said.get(name) for name in self.base_fields if said.get(name) not in (None, "")}
        if fields.get("gene"):
            fields["gene"] = genenames.current_gene(str(fields["gene"]).strip())
        if set(fields) - {"zygosity", "assembly", "inheritance", "origin"}:
            try:
                said["variant"] = Variant.model_validate(fields)
            except ValidationError as error:
                for one in error.errors():
                    place = str(one["loc"][0]) if one["loc"] else None
                    self.add_error(place if place in self.fields else None, _now("This cannot be read as a variant."))
        return said


VariantFormSet = forms.formset_factory(
    VariantForm, extra=0, can_delete=True, max_num=500, absolute_max=500, validate_max=True
)

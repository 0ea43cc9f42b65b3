"""One variant of the form of a case."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.systems.cases import genenames
from kakehashi.systems.cases.description import Variant
from kakehashi.systems.cases.forms.hgvs import HgvsField
from kakehashi.systems.cases.forms.plain import PlainField
from kakehashi.systems.cases.states import VariantInheritance, VariantOrigin, Zygosity

CHROMOSOME = re.compile(r"(?:chr)?(?:[1-9]|1\d|2[0-2]|X|Y|MT?)", re.IGNORECASE)
MISSING = {
    "assembly": _("Choose the assembly: the position counts on it."),
    "chromosome": _("Give the chromosome: 1–22, X, Y or MT."),
    "position": _("Give the position on the chromosome."),
    "reference": _("Give the bases of the reference (REF), such as G."),
    "alternate": _("Give the bases found instead (ALT), such as A."),
}
"""What is said where a place on a chromosome is given in part: without one of these it is no variant."""
UNREADABLE = {
    "gene": _("Not a gene symbol: write it such as SCN1A."),
    "reference": _("Write the bases of the reference in A, C, G, T and N."),
    "alternate": _("Write the bases found instead in A, C, G, T and N, or as in a VCF file, such as <DEL>."),
}


class VariantForm(forms.Form):
    """One variant, by HGVS or by VCF fields."""

    gene = PlainField(label=_("Gene"), required=False, max_length=40)
    hgvs = HgvsField(label=_("HGVS"))
    assembly = forms.ChoiceField(
        label=_("Assembly"), required=False, choices=[("", "–"), ("GRCh38", "GRCh38"), ("GRCh37", "GRCh37")]
    )
    chromosome = PlainField(label=_("Chromosome"), required=False, max_length=40)
    position = forms.IntegerField(label=_("Position"), required=False, min_value=1, max_value=3_000_000_000)
    reference = PlainField(label="REF", required=False, max_length=5000)
    alternate = PlainField(label="ALT", required=False, max_length=5000)
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
                for place in dict.fromkeys(str(one["loc"][0]) if one["loc"] else "" for one in error.errors()):
                    text = UNREADABLE.get(place, _("This cannot be read as a variant."))
                    self.add_error(place if place in self.fields else None, text)
        self._insist_on_a_whole_place(said)
        return said

    def _insist_on_a_whole_place(self, said: dict[str, Any]) -> None:
        """Refuse a place on a chromosome without what it counts on; one that a file left incomplete may stay so."""
        given = [name for name in MISSING if name != "assembly" and said.get(name) not in (None, "")]
        if not given or set(MISSING).isdisjoint(self.changed_data):
            return
        for name, text in MISSING.items():
            if said.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, text)
        if (typed := said.get("chromosome")) and not CHROMOSOME.fullmatch(typed):
            wrong = _now("“%(typed)s” is not a chromosome: write 1–22, X, Y or MT.") % {"typed": typed}
            self.add_error("chromosome", wrong)


VariantFormSet = forms.formset_factory(
    VariantForm, extra=0, can_delete=True, max_num=500, absolute_max=500, validate_max=True
)

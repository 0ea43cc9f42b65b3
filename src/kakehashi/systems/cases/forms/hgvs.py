"""The form field of a variant by HGVS: wherever one is asked for, it is read and refused the same way."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from kakehashi.protocols.phenopacket.hgvs_reading import EXAMPLE, hgvs_problem, readable
from kakehashi.systems.cases import vocabulary


class HgvsField(forms.CharField):
    """One expression, full-width signs made plain. What a case says already (``kept``) may stay as it is."""

    kept: Collection[str] = ()

    def __init__(self, *, label: Any) -> None:
        shown = forms.TextInput(attrs={"placeholder": EXAMPLE, "spellcheck": "false"})
        super().__init__(label=label, required=False, max_length=500, widget=shown)

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value))
        return typed if typed in self.kept else readable(typed)

    def validate(self, value: Any) -> None:
        super().validate(value)
        problem = hgvs_problem(value) if value and value not in self.kept else None
        if problem is not None:
            raise forms.ValidationError(vocabulary.in_words(problem))

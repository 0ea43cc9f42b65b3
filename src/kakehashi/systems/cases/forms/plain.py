"""Form fields whose text is letters, digits and signs: typed with a Japanese keyboard, they are made plain."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms


class PlainField(forms.CharField):
    """One line in which full-width letters, digits and signs count as plain ones (Unicode NFKC)."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", str(super().to_python(value))).strip()

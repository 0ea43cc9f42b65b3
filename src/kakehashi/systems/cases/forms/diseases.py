"""The form field of a disease: wherever one is asked for, it is offered, read and refused the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.punctuation import noted
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.diseases import BARE_ID, disease_named

CHOOSE = _("Its name in Japanese or English, or its OMIM, Orphanet or designated-list number: choose from the list.")
SUGGESTING: Any = Script("web/js/term-field.js", type="module")


class SuggestingInput(forms.TextInput):
    """A line of text with suggestions while one types; without a script, a line of text.

    ``with_id``: what is chosen is written with its number, which tells diseases of one name apart. ``fills_from``: the
    address that says of a choice what stands in other fields of the form.
    """

    template_name = "cases/widgets/suggesting.html"

    def __init__(self, endpoint: str, *, nothing: Any, found: Any, with_id: bool = False, fills_from: str = "") -> None:
        super().__init__(attrs={"spellcheck": "false"})
        self.shown = {"endpoint": endpoint, "nothing": nothing, "found": found, "fills_from": fills_from}
        self.with_id = with_id

    @property
    def media(self) -> forms.Media:
        return forms.Media(js=[SUGGESTING])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= self.shown | {"written": noted("{label}", "{id}") if self.with_id else ""}
        return context


class DiseaseField(forms.CharField):
    """A disease by name or number; cleans to its id. ``recorded``: name → id of those that only their name names."""

    recorded: Mapping[str, str] = {}

    def __init__(self, *, label: Any, help_text: Any = CHOOSE, fills_from: str = "") -> None:
        widget = SuggestingInput(
            "/api/cases/diseases",
            nothing=_("No such disease is known here; try another wording or a number"),
            found=_("diseases found: {n}"),
            with_id=True,
            fills_from=fills_from,
        )
        super().__init__(label=label, required=False, max_length=500, widget=widget, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        """An id as people read it: the disease's name with it."""
        text = str(value or "").strip()
        named = next((name for name, disease in self.recorded.items() if disease == text), "")
        return named or (vocabulary.disease_said(text) if BARE_ID.fullmatch(text) else value)

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value)).strip()
        if not typed:
            return ""
        return self.recorded.get(typed) or disease_named(typed)


class GeneField(forms.CharField):
    """A gene by any of its names, offered while one types."""

    def __init__(self, *, label: Any) -> None:
        widget = SuggestingInput(
            "/api/cases/genes/offered",
            nothing=_("No such gene is known here; it is kept as written"),
            found=_("genes found: {n}"),
        )
        super().__init__(label=label, required=False, max_length=40, widget=widget)

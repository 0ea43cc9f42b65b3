"""What the forms of a case have in common: terms to choose from, and saying at its field what cannot be kept."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _now
from pydantic import ValidationError

from kakehashi.systems.cases import vocabulary

Choices = list[tuple[str, str]]
FIELD_OF = {"term": "label", "disease": "diagnosis", "diagnoses": "diagnosis", "age": "age_years"}
"""Where a form asks for what a description calls otherwise."""


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Say at its field what a description cannot hold."""
    for one in error.errors():
        place = str(one["loc"][0]) if one["loc"] else ""
        field = FIELD_OF.get(place, place)
        form.add_error(
            field if field in form.fields else None,
            _now("This cannot be kept: it is too long, too much, or holds characters that cannot be printed."),
        )


def terms_offered(ids: Iterable[str], *kept: str) -> Choices:
    """Terms as choices, with those a case already says that are not on the list."""
    wanted = [*ids, *(term for term in kept if term and term not in ids)]
    return [(term, vocabulary.term_label(term) if term.startswith("HP:") else term) for term in wanted]


def with_none(choices: Choices) -> Choices:
    return [("", _now("not said")), *choices]

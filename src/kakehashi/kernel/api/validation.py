"""What does not fit a schema, in the caller's words: the path in what they sent, the fault in their language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja.errors import ValidationErrorContext

from kakehashi.kernel.shell import Text

# pydantic's types of errors that our schemas can raise → our text; its placeholders are pydantic's own
TEXTS: dict[str, Text] = {
    "missing": _("This is required."),
    "extra_forbidden": _("There is no such field here."),
    "string_type": _("Give a text."),
    "string_too_short": _("Give at least %(min_length)s characters."),
    "string_too_long": _("Give at most %(max_length)s characters."),
    "string_pattern_mismatch": _("This has not the form that is asked for: %(pattern)s"),
    "string_unicode": _("This text holds characters that are none."),
    "int_type": _("Give a whole number."),
    "int_parsing": _("Give a whole number."),
    "int_parsing_size": _("This number is too large."),
    "int_from_float": _("Give a whole number."),
    "float_type": _("Give a number."),
    "float_parsing": _("Give a number."),
    "finite_number": _("Give a number that is not infinite."),
    "bool_type": _("Give true or false."),
    "bool_parsing": _("Give true or false."),
    "greater_than_equal": _("Give %(ge)s or more."),
    "less_than_equal": _("Give %(le)s or less."),
    "literal_error": _("Give one of: %(expected)s"),
    "enum": _("Give one of: %(expected)s"),
    "list_type": _("Give a list."),
    "tuple_type": _("Give a list."),
    "dict_type": _("Give an object."),
    "model_type": _("Give an object."),
    "model_attributes_type": _("Give an object."),
    "too_long": _("Give at most %(max_length)s of these."),
    "too_short": _("Give at least %(min_length)s of these."),
}
UNLISTED = _("This value cannot be used.")


def said(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence in the language in force.

    What our own validators say is theirs to translate; an unlisted type keeps pydantic's English where English is read.
    """
    kind, context = str(error.get("type", "")), dict(error.get("ctx") or {})
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error") or UNLISTED)
    if kind not in TEXTS:
        return str(error.get("msg") if (get_language() or "").startswith("en") else UNLISTED)
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    return str(TEXTS[kind]) % context


def faults(contexts: Sequence[ValidationErrorContext[Any]]) -> list[dict[str, Any]]:
    """Path → text of every fault as ``{"place", "text"}``.

    ninja's own paths begin with where a value was looked for and, in a body, with the name that our code gives it; who
    calls knows neither. A body of several parts is an object of their names, which then stay.
    """
    found = []
    for context in contexts:
        model = context.model
        alone = getattr(model, "__read_from_single_attr__", None) is not None
        for error in context.pydantic_validation_error.errors(include_url=False, include_input=False):
            place = model.__ninja_flatten_map_reverse__.get(error["loc"], error["loc"])
            found.append({"place": ".".join(str(part) for part in place[alone:]), "text": said(error)})
    return found

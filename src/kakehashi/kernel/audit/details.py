"""What stands in an entry's detail, in words; what no table knows stays as it was recorded."""

from typing import Any

from django.utils.translation import pgettext_lazy

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.shell import Text

KEYS: dict[str, Text] = {
    "revision": pgettext_lazy("audit detail", "revision"),
    "changed": pgettext_lazy("audit detail", "changed"),
    "from": pgettext_lazy("audit detail", "from"),
    "to": pgettext_lazy("audit detail", "to"),
    "by": pgettext_lazy("audit detail", "by"),
    "methods": pgettext_lazy("audit detail", "by means of"),
    "method": pgettext_lazy("audit detail", "method"),
    "entries": pgettext_lazy("audit detail", "entries"),
    "findings": pgettext_lazy("audit detail", "findings"),
    "members": pgettext_lazy("audit detail", "members"),
    "role": pgettext_lazy("audit detail", "role"),
    "reasons": pgettext_lazy("audit detail", "reasons"),
    "kind": pgettext_lazy("audit detail", "kind"),
    "type": pgettext_lazy("audit detail", "type"),
    "attempts": pgettext_lazy("audit detail", "attempts"),
    "address": pgettext_lazy("audit detail", "address (as a code)"),
    "bytes": pgettext_lazy("audit detail", "bytes"),
    "days": pgettext_lazy("audit detail", "days"),
}
VALUES: dict[str, Text] = {
    "password": pgettext_lazy("audit detail", "password"),
    "mail": pgettext_lazy("audit detail", "mail"),
    "operator": pgettext_lazy("audit detail", "the node's operator"),
    "sso": pgettext_lazy("audit detail", "single sign-on"),
}


def key_words(key: str) -> str:
    """What a detail is of."""
    return str(KEYS.get(key, key))


def value_words(key: str, value: Any) -> str:
    """A detail's value, or its values with commas between."""
    if isinstance(value, list):
        return ", ".join(value_words(key, one) for one in value)
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    return str(VALUES.get(value, value) if key in ("by", "methods") else value)

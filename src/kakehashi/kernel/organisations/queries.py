"""Reads about organisations."""

from collections.abc import Collection
from typing import Any

from kakehashi.kernel.audit.naming import Name
from kakehashi.kernel.organisations.models import Organisation


def names_in_trail(reader: Any, organisation: Organisation, ids: Collection[int]) -> dict[int, Name]:
    """Organisations by name: no secret to anybody who reads an audit trail."""
    return {one.pk: Name(one.label()) for one in Organisation.objects.filter(pk__in=ids)}

"""What a row said before each of its changes, newest first, in the words of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _

from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.models import Revision


@dataclass(frozen=True)
class Change:
    """One change: when, by whom (None: the node), and of each field its name and what it said before, and why."""

    at: datetime
    by: Person | None
    before: tuple[tuple[str, str], ...]
    reason: str = ""


def changes_of(row: Model) -> list[Change]:
    """Every change of a row, its fields in the order of the model."""
    order = {field.name: place for place, field in enumerate(row._meta.get_fields())}
    found = Revision.objects.filter(kind=row._meta.model_name or "", row=row.pk).select_related("changed_by")
    return [
        Change(one.changed_at, one.changed_by, tuple(_told(row, *said) for said in _sorted(one, order)), one.reason)
        for one in found
    ]


def _sorted(one: Revision, order: Mapping[str, int]) -> list[tuple[str, Any]]:
    """What a revision keeps; PostgreSQL gives it back in an order of its own."""
    return sorted(one.before.items(), key=lambda said: (order.get(said[0], -1), said[0]))


def _told(row: Model, name: str, value: Any) -> tuple[str, str]:
    """A field and its earlier value in words; of a row that was taken out, what kind it was."""
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        kind = row._meta.apps.get_model(row._meta.app_label, name)
        return _("Taken out: %(what)s") % {"what": kind._meta.verbose_name}, str(value)
    label = str(getattr(field, "verbose_name", name))
    if isinstance(value, bool):
        return label, _("yes") if value else _("no")
    choices = dict(getattr(field, "flatchoices", ()))
    return label, str(choices.get(value, "–" if value in (None, "") else value))

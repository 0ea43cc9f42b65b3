"""Writing rows whose earlier words stay readable: added whole, changed field by field, taken out with all they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.models import Revision

Row = TypeVar("Row", bound=Model)


def add(row: Row, *, by: Person | None, action: str, **detail: Any) -> Row:
    """Save a new row and tell the trail. Raises Invalid naming each field at fault."""
    with transaction.atomic():
        _check(row)
        row.save()
        audit.record(by, action, row, detail=detail)
    return row


def change(row: Row, changes: Mapping[str, Any], *, by: Person | None, action: str, **detail: Any) -> Row:
    """Give a row other words; what it said before is kept. Nothing is written where nothing differs. Raises Invalid."""
    with transaction.atomic():
        locked = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
        stood = {name: getattr(locked, name) for name in changes}
        before = {name: _plain(value) for name, value in stood.items() if value != changes[name]}
        if not before:
            return locked
        for name in before:
            setattr(locked, name, changes[name])
        _check(locked)
        locked.save(update_fields=list(before))
        keep_before(locked, before, by=by)
        audit.record(by, action, locked, detail=detail | {"changed": sorted(before)})
    return locked


def take_out(row: Model, *, of: Model, by: Person | None, action: str, said: str) -> None:
    """Delete a row that belongs to another; what it said is kept with that one."""
    with transaction.atomic():
        audit.record(by, action, of, detail={"kind": row._meta.model_name or "", "id": row.pk})
        keep_before(of, {row._meta.model_name or "": said}, by=by)
        row.delete()


def keep_before(row: Model, before: Mapping[str, Any], *, by: Person | None) -> None:
    """Keep what a row's fields said until now."""
    Revision.objects.create(kind=row._meta.model_name or "", row=row.pk, before=dict(before), changed_by=by)


def stripped(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with no blanks around their texts."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _check(row: Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error


def _plain(value: Any) -> Any:
    """What a field says, as JSON keeps it: another row by its name."""
    return value if isinstance(value, bool | int | None) else str(value)

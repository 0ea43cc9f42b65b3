"""Writing rows whose earlier words stay readable: added whole, changed field by field, taken out with all they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.models import Revision

Row = TypeVar("Row", bound=Model)


def add(row: Row, *, by: Person | None, action: str, **detail: Any) -> Row:
    """Save a new row and tell the trail. Raises Invalid naming each field at fault; Conflict where somebody else added
    the same at the same moment."""
    with once(), transaction.atomic():
        _check(row)
        row.save()
        audit.record(by, action, row, detail=detail)
    return row


def change(
    row: Row, changes: Mapping[str, Any], *, by: Person | None, action: str, reason: str = "", **detail: Any
) -> Row:
    """Give a row other words; what it said before is kept. Nothing is written where nothing differs. Raises Invalid;
    Conflict where it was taken out meanwhile."""
    with once(), transaction.atomic():
        locked = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
        if locked is None:
            raise Conflict(taken_out())
        stood = {name: getattr(locked, name) for name in changes}
        before = {name: _plain(value) for name, value in stood.items() if value != changes[name]}
        if not before:
            return locked
        for name in before:
            setattr(locked, name, changes[name])
        _check(locked)
        locked.save(update_fields=list(before))
        keep_before(locked, before, by=by, reason=reason)
        audit.record(by, action, locked, detail=detail | {"changed": sorted(before)})
    return locked


@contextmanager
def once() -> Iterator[None]:
    """Conflict where what is written inside would stand twice: somebody else wrote it at the same moment."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(_("Somebody added the same at the same moment: look at it first.")) from error


def take_out(row: Model, *, of: Model, by: Person | None, action: str, said: str) -> None:
    """Delete a row that belongs to another; what it said is kept with that one. Raises Conflict where somebody took it
    out before."""
    with transaction.atomic():
        if type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first() is None:
            raise Conflict(taken_out())
        audit.record(by, action, of, detail={"kind": row._meta.model_name or "", "id": row.pk})
        keep_before(of, {row._meta.model_name or "": said}, by=by)
        row.delete()


def keep_before(row: Model, before: Mapping[str, Any], *, by: Person | None, reason: str = "") -> None:
    """Keep what a row's fields said until now, and why that changed."""
    kind = row._meta.model_name or ""
    Revision.objects.create(kind=kind, row=row.pk, before=dict(before), reason=reason, changed_by=by)


def taken_out() -> str:
    """What is told of a row that is no longer there."""
    return _("It was taken out meanwhile: look at it anew.")


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

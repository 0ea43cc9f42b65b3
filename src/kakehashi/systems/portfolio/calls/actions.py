"""Every write to calls: one is made, changed before it opens, published."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Call, Programme

TEXTS = ("name", "name_en", "summary", "summary_en")


def make_call(
    *, by: Person | None, number: str, programme: Programme, opens: date, closes: date, name: str, **more: Any
) -> Call:
    """Make a call (``by=None``: the node's operator); ``more``: its further fields. Not published by that.

    Raises NotAllowed, Invalid naming each field at fault.
    """
    _insist(by, "call.make", None)
    call = Call(number=number.strip(), programme=programme)
    with transaction.atomic():
        _write(call, {"opens": opens, "closes": closes, "name": name} | more)
        audit.record(by, "call.make", call, detail={"number": call.number})
    return call


def change_call(*, by: Person | None, call: Call, **changes: Any) -> Call:
    """Change a call that has not opened yet. Raises NotAllowed, Invalid; Conflict once it has opened: what people
    answer to stays as it was."""
    _insist(by, "call.change", call)
    with transaction.atomic():
        locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if locked.opens <= timezone.localdate():
            raise Conflict(_("The call %(number)s has opened: it is not changed any more.") % {"number": locked.number})
        _write(locked, changes)
        audit.record(by, "call.change", locked, detail={"number": locked.number, "fields": sorted(changes)})
    return locked


def publish_call(*, by: Person | None, call: Call) -> Call:
    """Show a call to everybody from today on. Raises NotAllowed, Conflict where it is published already."""
    if by is not None:
        audit.insist(rules.may_publish_awards(by), by=by, action="call.publish", subject=call)
    with transaction.atomic():
        locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if locked.published_on is not None:
            raise Conflict(_("The call %(number)s is published already.") % {"number": locked.number})
        locked.published_on = timezone.localdate()
        locked.save(update_fields=["published_on"])
        audit.record(by, "call.publish", locked, detail={"number": locked.number})
    return locked


def _insist(by: Person | None, action: str, call: Call | None) -> None:
    if by is not None:
        audit.insist(rules.may_register_awards(by), by=by, action=action, subject=call)


def _write(call: Call, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(call, name, value.strip() if name in TEXTS else value)
    try:
        call.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    if call.closes < call.opens:
        raise Invalid({"closes": [_("The last day is not before the first.")]})
    call.save()

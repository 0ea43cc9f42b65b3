"""Every write to co-operation abroad: recorded, corrected, ended. What a row said before stays in its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.abroad.told import Read, lacking, read, said_of
from kakehashi.systems.portfolio.models import (
    Cooperation,
    CooperationChange,
    CooperationCountry,
    CooperationRevision,
)


def record_cooperation(
    *, by: Person | None, said: Mapping[str, str], code: str = "", reason: str = "", read_already: Read | None = None
) -> Cooperation:
    """Write down something done together (``by=None``: the node's operator); ``said``: the fields of ``told.FIELDS`` as
    text. Without a ``code`` it gets one of its kind and a number.

    Raises NotAllowed; Invalid naming each field at fault; Conflict where the same is recorded already, or
    somebody took the same code meanwhile.
    """
    _insist(by, "cooperation.record", None)
    told = _sound(read_already or read(said))
    if read_already is None and (faults := lacking(told)):
        raise Invalid(faults)
    row = Cooperation(code=code.strip() or f"new-{uuid4()}")
    try:
        with transaction.atomic():
            _write(row, told)
            if not code.strip():
                _insist_not_the_same_again(row)
                row.code = _free_code(row)
                row.save(update_fields=["code"])
            _keep(row, CooperationChange.RECORDED, by, reason)
            audit.record(by, "cooperation.record", row, detail={"code": row.code, "kind": row.kind})
    except IntegrityError as error:  # of two who record at once the second finds the code taken
        raise Conflict(_("Somebody recorded something at the same moment: send it once more.")) from error
    return row


def correct_cooperation(
    *,
    by: Person | None,
    row: Cooperation,
    said: Mapping[str, str],
    reason: str,
    read_already: Read | None = None,
    looked_at: Mapping[str, str] | None = None,
) -> Cooperation:
    """Say something else of a row; fields that are not named stay. What it said before stands in its revisions.

    ``looked_at``: what it said when ``read_already`` was made. Raises NotAllowed; Invalid naming each field at fault,
    also where no reason is given or nothing is different; Conflict where it says something else than was looked at.
    """
    _insist(by, "cooperation.correct", row)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why it is corrected.")]})
    with transaction.atomic():
        locked = _locked(row)
        before = said_of(locked)
        if looked_at is not None and before != looked_at:
            raise Conflict(_("%(code)s was changed meanwhile: look at the file again.") % {"code": locked.code})
        told = _sound(read_already or read(before | dict(said)))
        _keep_what_stood(locked)
        _write(locked, told)
        changed = [name for name, text in said_of(_locked(row)).items() if text != before[name]]
        if not changed:
            raise Invalid(_("Nothing is different from what it says already."))
        _keep(locked, CooperationChange.CORRECTED, by, reason)
        audit.record(by, "cooperation.correct", locked, detail={"code": locked.code, "fields": changed})
    return locked


def end_cooperation(*, by: Person | None, row: Cooperation, on: date, reason: str) -> Cooperation:
    """A memorandum, joint project or call ends; ``on`` is its last day. It stays, and counts no more from then on.

    Raises NotAllowed; Invalid (no reason, a day before it began or to come); Conflict where it has ended.
    """
    _insist(by, "cooperation.end", row)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why it ends.")]})
    with transaction.atomic():
        locked = _locked(row)
        if locked.ended_on is not None:
            raise Conflict(_("It has ended already, on %(day)s.") % {"day": locked.ended_on.isoformat()})
        if on > timezone.localdate():
            raise Invalid({"on": [_("This day has not come yet.")]})
        if locked.on is not None and on < locked.on:
            raise Invalid({"on": [_("It does not end before it begins.")]})
        _keep_what_stood(locked)
        locked.ended_on = on
        locked.save(update_fields=["ended_on"])
        _keep(locked, CooperationChange.ENDED, by, reason)
        audit.record(by, "cooperation.end", locked, detail={"code": locked.code, "on": on.isoformat()})
    return locked


def _insist(by: Person | None, action: str, row: Cooperation | None) -> None:
    if by is not None:
        audit.insist(rules.may_record_cooperation(by), by=by, action=action, subject=row)


def _locked(row: Cooperation) -> Cooperation:
    return Cooperation.objects.select_for_update(of=("self",)).select_related("programme").get(pk=row.pk)


def _insist_not_the_same_again(row: Cooperation) -> None:
    """What says in every field what another row says, under no code of its own, was sent twice."""
    said = said_of(row)
    for one in Cooperation.objects.filter(kind=row.kind, name=row.name).exclude(pk=row.pk):
        if said_of(one) == said:
            raise Conflict(_("The same is recorded already: %(code)s.") % {"code": one.code}, field="name")


def _free_code(row: Cooperation) -> str:
    """The kind and the row's number, or the next that is free: a file may have brought a code of this shape."""
    kind, number = row.kind.replace("_", "-"), row.pk
    while Cooperation.objects.filter(code=f"{kind}-{number}").exists():
        number += 1
    return f"{kind}-{number}"


def _sound(told: Read) -> Read:
    if told.faults:
        raise Invalid(told.faults)
    return told


def _write(row: Cooperation, told: Read) -> None:
    new = row.pk is None
    for name, value in told.values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    row.save()
    there: set[str] = set()
    if not new:
        row.countries.exclude(country__in=told.countries).delete()
        there = set(row.countries.values_list("country", flat=True))
    CooperationCountry.objects.bulk_create(
        CooperationCountry(cooperation=row, country=code) for code in told.countries if code not in there
    )


def _keep_what_stood(row: Cooperation) -> None:
    """What was installed has no revision of its own: the first change keeps what it said before."""
    if not row.revisions.exists():
        _keep(row, CooperationChange.INSTALLED, None, "")


def _keep(row: Cooperation, change: str, by: Person | None, reason: str) -> None:
    last = 0
    if change != CooperationChange.RECORDED:
        last = row.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    CooperationRevision.objects.create(
        cooperation=row, number=last + 1, change=change, by=by, reason=reason.strip()[:500], said=said_of(row)
    )

"""Every write to what is told of patient and public involvement."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.involving.rules import may_record
from kakehashi.systems.portfolio.models import Award, Involvement


def record_involvement(
    *, by: Person | None, award: Award, kind: str, on: date, what: str, document_url: str = ""
) -> Involvement:
    """Note that patients or members of the public took part (``by=None``: the node's operator).

    Raises NotAllowed, Invalid naming each field at fault, also where it stands already.
    """
    if by is not None:
        audit.insist(may_record(by), by=by, action="involvement.record", subject=award)
    if on > timezone.localdate():
        raise Invalid({"on": [_("This day has not come yet.")]})
    if on < award.begins:
        raise Invalid({"on": [_("The award had not begun then.")]})
    made = Involvement(
        award=award, kind=kind, on=on, what=what.strip(), document_url=document_url.strip(), recorded_by=by
    )
    try:
        made.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    with transaction.atomic():
        made.save()
        audit.record(by, "involvement.record", made, detail={"award": award.number, "kind": kind})
    return made


def take_back_involvement(*, by: Person, involvement: Involvement, reason: str) -> None:
    """From today on it counts no more; the row stays. Raises NotAllowed, Conflict where it is taken back already,
    Invalid without a reason."""
    audit.insist(may_record(by), by=by, action="involvement.take_back", subject=involvement)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why it is taken back.")]})
    with transaction.atomic():
        locked = Involvement.objects.select_for_update().get(pk=involvement.pk)
        if locked.taken_back_on is not None:
            raise Conflict(_("It is taken back already."))
        locked.taken_back_on = timezone.localdate()
        locked.save()
        audit.record(by, "involvement.take_back", locked, detail={"reason": reason.strip()[:500]})

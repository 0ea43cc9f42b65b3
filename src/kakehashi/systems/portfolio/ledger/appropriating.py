"""Entering an appropriation: the origin that every yen keeps."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Appropriation


def register_appropriation(
    *,
    by: Person | None,
    code: str,
    name: str,
    ministry: str,
    kind: str,
    fiscal_year: int,
    last_fiscal_year: int | None = None,
    name_en: str = "",
    source: str = "",
) -> Appropriation:
    """Enter a sum that a ministry's budget gives (``by=None``: the node's operator); its allotment is an entry.

    Raises NotAllowed, Invalid naming each field at fault.
    """
    if by is not None:
        audit.insist(rules.may_write_entries(by), by=by, action="appropriation.register")
    made = Appropriation(
        code=code.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
        ministry=ministry,
        kind=kind,
        fiscal_year=fiscal_year,
        last_fiscal_year=last_fiscal_year or fiscal_year,
        source=source.strip(),
    )
    with transaction.atomic():
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        audit.record(by, "appropriation.register", made, detail={"code": made.code})
    return made

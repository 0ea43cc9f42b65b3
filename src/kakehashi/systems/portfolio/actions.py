"""Every write to awards."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.models import Award


def register_award(
    *,
    by: Person | None,
    number: str,
    title: str,
    organisation: Organisation,
    begins: date,
    ends: date,
    title_en: str = "",
    programme: str = "",
    programme_en: str = "",
) -> Award:
    """Add an award to this node (``by=None``: the node's operator). Raises Invalid naming each field at fault."""
    award = Award(
        number=number.strip(),
        title=title.strip(),
        title_en=title_en.strip(),
        programme=programme.strip(),
        programme_en=programme_en.strip(),
        organisation=organisation,
        begins=begins,
        ends=ends,
    )
    with transaction.atomic():
        try:
            award.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        award.save()
        audit.record(by, "award.register", award, organisation=organisation, detail={"number": award.number})
    return award

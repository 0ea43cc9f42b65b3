"""Every write to organisations."""

from django.core.exceptions import ValidationError
from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Person


def register_organisation(
    *,
    by: Person | None,
    code: str,
    name: str,
    name_en: str = "",
    kind: str = Kind.HOSPITAL,
    country: str = "JP",
    prefecture: str = "",
    ror: str = "",
    erad_code: str = "",
) -> Organisation:
    """Add an organisation to this node (``by=None``: the node's operator, on the command line).

    ``prefecture``: its two-digit JIS X 0401 code. Raises Invalid naming each field that cannot be used, such as a code
    that is taken.
    """
    organisation = Organisation(
        code=code.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        country=country.strip().upper(),
        prefecture=prefecture.strip(),
        ror=ror.strip().removeprefix("https://ror.org/").lower(),
        erad_code=erad_code.strip(),
    )
    with transaction.atomic():
        try:
            organisation.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        organisation.save()
        audit.record(by, "organisation.register", organisation, detail={"code": organisation.code, "kind": kind})
    return organisation


def place_organisation(*, by: Person | None, organisation: Organisation, prefecture: str) -> Organisation:
    """Say in which prefecture an organisation lies (its two-digit JIS X 0401 code; empty: none). Raises Invalid."""
    with transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
        locked.prefecture = prefecture.strip()
        try:
            locked.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        locked.save(update_fields=["prefecture"])
        audit.record(by, "organisation.place", locked, detail={"prefecture": locked.prefecture})
    return locked

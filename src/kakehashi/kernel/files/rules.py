"""Who may read or remove an uploaded file."""

from typing import Any

from django.db.models import QuerySet

from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.people.queries import organisation_ids_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role, member_of_holder

may_read = member_of_holder
may_delete = member_of_holder & holds_role(Role.DATA_MANAGER, Role.CLINICIAN, Role.ADMINISTRATOR)


def visible_to(person: Any) -> QuerySet[StoredFile]:
    """The files this person may read."""
    return StoredFile.objects.filter(organisation_id__in=organisation_ids_of(person))

"""Who may read the audit trail of an organisation: its auditors and administrators."""

from typing import Any

from django.db.models import Q, QuerySet

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role

may_read_trail = holds_role(Role.AUDITOR, Role.ADMINISTRATOR)


def entries_of(organisation: Organisation) -> QuerySet[AuditEntry]:
    """What was done for an organisation, and what its people did for none (such as logging in)."""
    members = Membership.objects.filter(organisation=organisation).values_list("person_id", flat=True)
    actors = {f"person:{person_id}" for person_id in members}
    return AuditEntry.objects.filter(Q(organisation=str(organisation.pk)) | Q(organisation="", actor__in=actors))


def used_by(person: Any) -> bool:
    """Whether the rail shows the trail: to auditors and administrators of any of their organisations."""
    return not roles_of(person).isdisjoint((Role.AUDITOR, Role.ADMINISTRATOR))

"""Rules about belonging to an organisation and holding a role in it.

The subject is an Organisation or anything with an ``organisation_id``.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.queries import organisation_ids_of, roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import Rule, rule


def organisation_id_of(subject: Any) -> int | None:
    """The organisation that holds the subject."""
    if isinstance(subject, Organisation):
        return subject.pk
    found = getattr(subject, "organisation_id", None)
    return found if isinstance(found, int) else None


@rule("not_member", _("You do not belong to the organisation that holds this."))
def member_of_holder(person: Any, subject: Any) -> bool:
    """The person belongs today to the organisation that holds the subject."""
    holder = organisation_id_of(subject)
    return holder is not None and holder in organisation_ids_of(person)


def holds_role(*roles: Role) -> Rule:
    """The person holds one of these roles today in the organisation that holds the subject."""
    wanted = frozenset(str(role) for role in roles)

    @rule("wrong_role", _("This needs another role in the organisation that holds this."))
    def role_at_holder(person: Any, subject: Any) -> bool:
        holder = organisation_id_of(subject)
        return holder is not None and bool(wanted & roles_of(person, holder))

    role_at_holder.name = f"holds_role({', '.join(sorted(wanted))})"
    return role_at_holder


may_manage_people = holds_role(Role.ADMINISTRATOR)

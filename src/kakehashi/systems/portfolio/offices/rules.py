"""Who appoints people to the offices of an agency. Default deny."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.rules import held_at_agencies


@rule("not_appointing", _("People are appointed to the offices of an agency by its own administrators."))
def administers_the_agency(person: Any, agency: Any) -> bool:
    """The person is an administrator of this agency; without one named, of any."""
    held = [one.organisation for one in held_at_agencies(person, Role.ADMINISTRATOR)]
    return agency in held if isinstance(agency, Organisation) else bool(held)


may_appoint = logged_in & administers_the_agency

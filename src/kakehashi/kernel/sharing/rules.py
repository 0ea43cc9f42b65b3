"""Who may found networks and place institutions in them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.queries import holds_at, roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule


@rule("no_administrator", _("Networks are for administrators."))
def administers_somewhere(person: Any) -> bool:
    """The person administers some institution."""
    return Role.ADMINISTRATOR in roles_of(person)


@rule("no_agency_administrator", _("An agency's administrator, or the node's operator, changes networks."))
def administers_an_agency(person: Any) -> bool:
    """The person administers an agency: an institution placed in a network is seen by its members from then on."""
    return holds_at(person, (Role.ADMINISTRATOR,), (Kind.AGENCY,))


@rule("not_its_administrator", _("Only its own administrator takes an institution out of a network."))
def administers_it(person: Any, organisation: Any) -> bool:
    """The person administers this very institution."""
    return Role.ADMINISTRATOR in roles_of(person, organisation)


may_see_networks = logged_in & administers_somewhere
may_change_networks = logged_in & administers_an_agency
may_leave_network = logged_in & (administers_an_agency | administers_it)

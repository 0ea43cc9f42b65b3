"""Networks of institutions, read: who is whose hub, which analysis centres there are."""

from dataclasses import dataclass

from django.db.models import QuerySet

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.models import Network, NetworkMember, NetworkRole


@dataclass(frozen=True)
class Place:
    """An institution's place in a network."""

    network: Network
    organisation: Organisation
    role: NetworkRole
    hub: Organisation | None


def places(network: Network | None = None) -> list[Place]:
    """Every place in one network or in all: hubs first, then the others by code."""
    rows = NetworkMember.objects.select_related("network", "organisation", "hub")
    rows = rows.filter(network=network) if network else rows
    order = list(NetworkRole.values)
    found = [Place(row.network, row.organisation, NetworkRole(row.role), row.hub) for row in rows]
    return sorted(found, key=lambda one: (one.network.code, order.index(one.role), one.organisation.code))


def network_coded(code: str) -> Network:
    """The network of this code. Raises NotFound naming it."""
    found = Network.objects.filter(code=code.strip()).first()
    if found is None:
        raise NotFound(code)
    return found


def hubs_for(organisation_id: int) -> list[Organisation]:
    """The hubs that an institution may refer to: its own first, then the others of its networks; never itself."""
    own = NetworkMember.objects.filter(organisation_id=organisation_id).exclude(hub=None).values("hub_id")
    hubs = _partners(organisation_id, NetworkRole.HUB)
    first = set(hubs.filter(pk__in=own).values_list("pk", flat=True))
    return sorted(hubs, key=lambda one: (one.pk not in first, one.code))


def refers(organisation_id: int) -> bool:
    """Whether an institution mostly refers families on: it has a hub to ask and is none itself."""
    own = NetworkMember.objects.filter(organisation_id=organisation_id)
    return bool(hubs_for(organisation_id)) and not own.filter(role=NetworkRole.HUB).exists()


def analysis_centres_for(organisation_id: int) -> list[Organisation]:
    """The analysis centres of an institution's networks; itself too where it is one."""
    return list(_partners(organisation_id, NetworkRole.ANALYSIS, itself=True).order_by("code"))


def _partners(organisation_id: int, role: NetworkRole, *, itself: bool = False) -> QuerySet[Organisation]:
    networks = NetworkMember.objects.filter(organisation_id=organisation_id).values("network_id")
    members = NetworkMember.objects.filter(network_id__in=networks, role=role).values("organisation_id")
    found = Organisation.objects.filter(pk__in=members)
    return found if itself else found.exclude(pk=organisation_id)

"""Who asks, read from the database: a person acting for an institution, an institution, or a foreign node."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.queries import current_memberships, memberships_today
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.models import Grant, NetworkMember, OutbreakException
from kakehashi.kernel.sharing.states import Level, Purpose, Sector
from kakehashi.kernel.sharing.subject import NOBODY, Context, GrantInForce, Subject

TAKING_PART = frozenset(map(str, (Role.CLINICIAN, Role.DATA_MANAGER, Role.RESEARCHER, Role.DIAGNOSIS_COMMITTEE)))


def person_subject(
    person: Any, *, readers: Iterable[Role], organisation: int | None = None, day: date | None = None
) -> Subject:
    """A person acting for one of their institutions (the one chosen, else the longest-standing).

    ``readers``: the roles that read their own institution's records of the kind in question. What others share is seen
    as the institution acted for; what their institutions hold themselves is seen whichever they act for.
    """
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return NOBODY
    memberships = memberships_today(person) if day is None else list(current_memberships(person, day))
    day = day or timezone.localdate()
    if not memberships:
        return NOBODY
    acting = acted_for(person, memberships, organisation)
    roles = {one.role for one in memberships if one.organisation_id == acting.pk}
    wanted = {str(role) for role in readers}
    return Subject(
        name=f"person:{person.pk}",
        reads=frozenset(one.organisation_id for one in memberships if one.role in wanted),
        takes_part=not roles.isdisjoint(TAKING_PART),
        partners=partners_of(acting.pk),
        compatriots=institutions_in(acting.country),
        sector=sector_of(acting),
        grants=_grants(Q(person_id=person.pk) | Q(grantee_id=acting.pk), day),
    )


def institution_acted_for(person: Any) -> Organisation | None:
    """The institution that a person acts for: the one chosen, else the longest-standing; None without any."""
    memberships = memberships_today(person)
    return acted_for(person, memberships) if memberships else None


def acted_for(person: Any, memberships: Sequence[Membership], organisation: int | None = None) -> Organisation:
    """The same of memberships that are known, oldest first; at least one."""
    chosen = organisation or person.acting_organisation_id
    return next((one for one in memberships if one.organisation_id == chosen), memberships[0]).organisation


def institution_subject(organisation: Organisation, day: date | None = None) -> Subject:
    """Anyone of an institution who takes part: for explanations of who can see a record."""
    return institution_subjects([organisation], day)[organisation.pk]


def institution_subjects(
    organisations: Collection[Organisation], day: date | None = None, granted: Iterable[Grant] | None = None
) -> dict[int, Subject]:
    """The same of many institutions, by their ids: as many statements as for one.

    ``granted``: the only grants that can matter, where the question needs no others.
    """
    ids = {one.pk for one in organisations}
    networks: dict[int, set[int]] = {}
    members: dict[int, set[int]] = {}
    mine = NetworkMember.objects.filter(organisation_id__in=ids).values("network_id")
    together = NetworkMember.objects.filter(network_id__in=mine).values_list("network_id", "organisation_id")
    for network, organisation in together:
        networks.setdefault(organisation, set()).add(network)
        members.setdefault(network, set()).add(organisation)
    if granted is None:
        granted = Grant.in_force(day or timezone.localdate()).filter(grantee_id__in=ids).order_by("pk")
    received: dict[int, list[Grant]] = {}
    for row in granted:
        received.setdefault(row.grantee_id or 0, []).append(row)
    compatriots = _institutions_by_country({one.country for one in organisations})
    return {
        one.pk: Subject(
            name=f"organisation:{one.pk}",
            reads=frozenset({one.pk}),
            takes_part=True,
            partners=frozenset().union(*(members[network] for network in networks.get(one.pk, ()))) - {one.pk},
            compatriots=compatriots[one.country],
            sector=sector_of(one),
            grants=in_force(received.get(one.pk, ())),
        )
        for one in organisations
    }


def node_subject(name: str, *, country: str, sector: Sector = Sector.PUBLIC, day: date | None = None) -> Subject:
    """A foreign node: it reads nothing of ours, shares no network, and stands in its own country."""
    return Subject(
        name=f"node:{name}",
        takes_part=True,
        compatriots=institutions_in(country),
        sector=sector,
        grants=_grants(Q(node=name), day or timezone.localdate()),
    )


def context(day: date | None = None) -> Context:
    """Today's context: the institutions of countries with an outbreak exception in force."""
    day = day or timezone.localdate()
    countries = OutbreakException.in_force(day).values("country")
    return Context(day, frozenset(Organisation.objects.filter(country__in=countries).values_list("pk", flat=True)))


def partners_of(organisation_id: int) -> frozenset[int]:
    """The institutions that share a network with one, itself not."""
    networks = NetworkMember.objects.filter(organisation_id=organisation_id).values("network_id")
    members = NetworkMember.objects.filter(network_id__in=networks).values_list("organisation_id", flat=True)
    return frozenset(members) - {organisation_id}


def institutions_in(country: str) -> frozenset[int]:
    """The institutions of a country that this node knows."""
    return frozenset(Organisation.objects.filter(country=country).values_list("pk", flat=True))


def _institutions_by_country(countries: Collection[str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {country: set() for country in countries}
    rows = Organisation.objects.filter(country__in=countries).order_by().values_list("country", "pk")
    for country, organisation in rows:
        found[country].add(organisation)
    return {country: frozenset(known) for country, known in found.items()}


def sector_of(organisation: Organisation) -> Sector:
    """Companies are the private sector."""
    return Sector.PRIVATE if organisation.kind == Kind.COMPANY else Sector.PUBLIC


def _grants(to: Q, day: date) -> tuple[GrantInForce, ...]:
    return in_force(Grant.in_force(day).filter(to).order_by("pk"))


def in_force(rows: Iterable[Grant]) -> tuple[GrantInForce, ...]:
    """Grants as a subject carries them."""
    return tuple(
        GrantInForce(
            Level(row.level),
            frozenset({Purpose(row.purpose)}),
            row.kind,
            row.record_id,
            row.award_id,
            row.organisation_id,
            row.joined,
        )
        for row in rows
    )

"""Reads about people and their memberships."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel.audit.naming import Name
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person


def current_memberships(person: Person, on: date | None = None) -> QuerySet[Membership]:
    """The memberships in force on a day (today), oldest first, with their organisations.

    Where a token acts for the person, only those in the organisation that the token was made for.
    """
    in_force = _in_force(on or timezone.localdate())
    found = Membership.objects.filter(in_force, person_id=person.pk).select_related("organisation")
    narrowed = getattr(person, "token_organisation_id", None)
    return found if narrowed is None else found.filter(organisation_id=narrowed)


def memberships_by_person(people: Collection[int], on: date | None = None) -> dict[int, list[Membership]]:
    """The same of many people, by their ids, in one statement; who has none is left out."""
    found: dict[int, list[Membership]] = {}
    rows = Membership.objects.filter(_in_force(on or timezone.localdate()), person_id__in=people)
    for one in rows.select_related("organisation"):
        found.setdefault(one.person_id, []).append(one)
    return found


def _not_ended(day: date) -> Q:
    return Q(until=None) | Q(until__gte=day)


def _in_force(day: date) -> Q:
    return Q(since__lte=day) & _not_ended(day)


def organisation_ids_of(person: Person) -> frozenset[int]:
    """Ids of the organisations someone belongs to today; empty for visitors and people who may not log in."""
    return frozenset(organisation for organisation, _ in _roles(person))


def roles_of(person: Person, organisation: Organisation | int | None = None) -> frozenset[str]:
    """The roles someone holds today, in one organisation or in any."""
    wanted = organisation.pk if isinstance(organisation, Organisation) else organisation
    return frozenset(role for where, role in _roles(person) if wanted is None or where == wanted)


def _roles(person: Person) -> frozenset[tuple[int, str]]:
    if person.pk is None or not person.is_active:
        return frozenset()
    return frozenset(current_memberships(person).values_list("organisation_id", "role"))


def people_of(organisation: Organisation) -> QuerySet[Person]:
    """The people who belong to an organisation today, by name."""
    open_ones = Membership.objects.filter(_in_force(timezone.localdate()), organisation=organisation)
    return Person.objects.filter(pk__in=open_ones.values("person_id")).order_by("name", "email")


def people_holding(roles: Collection[str], organisation_ids: Collection[int]) -> QuerySet[Person]:
    """The people who may log in and hold one of these roles in one of these organisations today."""
    held = Membership.objects.filter(
        _in_force(timezone.localdate()), role__in=roles, organisation_id__in=organisation_ids
    )
    return Person.objects.filter(pk__in=held.values("person_id"), is_active=True).order_by("pk")


def names_in_trail(reader: Person, organisation: Organisation, ids: Collection[int]) -> dict[int, Name]:
    """The people of an organisation, today's and former ones, by name: for who reads its audit trail."""
    belonged = Membership.objects.filter(organisation=organisation).values("person_id")
    return {one.pk: Name(str(one)) for one in Person.objects.filter(pk__in=ids).filter(pk__in=belonged)}


def person_written(email: str) -> int | None:
    """The id of the person with this e-mail address, None for nobody."""
    return Person.objects.filter(email=email.lower()).values_list("pk", flat=True).first()


def memberships_in(organisation: Organisation) -> QuerySet[Membership]:
    """The memberships of an organisation that have not ended, those yet to begin too, with their people."""
    not_ended = _not_ended(timezone.localdate())
    return Membership.objects.filter(not_ended, organisation=organisation).select_related("person")

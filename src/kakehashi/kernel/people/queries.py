"""Reads about people and their memberships."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel.audit.naming import Name
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role

_read: ContextVar[dict[tuple[int, int | None], Sequence[Membership]] | None] = ContextVar("read", default=None)


def current_memberships(person: Person, on: date | None = None) -> QuerySet[Membership]:
    """The memberships in force on a day (today), oldest first, with their organisations.

    Where a token acts for the person, only those in the organisation that the token was made for.
    """
    in_force = _in_force(on or timezone.localdate())
    found = Membership.objects.filter(in_force, person_id=person.pk).select_related("organisation")
    narrowed = getattr(person, "token_organisation_id", None)
    return found if narrowed is None else found.filter(organisation_id=narrowed)


def memberships_today(person: Person) -> Sequence[Membership]:
    """Those of today, as they were read; none for visitors and people who may not log in."""
    if person.pk is None or not person.is_active:
        return ()
    read, key = _read.get(), (person.pk, getattr(person, "token_organisation_id", None))
    if read is None:
        return tuple(current_memberships(person))
    if key not in read:
        read[key] = tuple(current_memberships(person))
    return read[key]


@contextmanager
def read_once() -> Iterator[None]:
    """Within, ``memberships_today`` reads each person's from the database once: for what changes none of them.

    Within another, what that one has read serves."""
    if _read.get() is not None:
        yield
        return
    before = _read.set({})
    try:
        yield
    finally:
        _read.reset(before)


def holds_at(person: Person, roles: Collection[str], kinds: Collection[str]) -> bool:
    """Whether someone holds one of these roles today in an organisation of one of these kinds."""
    return any(role in roles and kind in kinds for _where, kind, role in _held(person))


def _held(person: Person) -> Iterable[tuple[int, str, str]]:
    """Organisation, its kind and role of each membership of today; alone, without reading more than that."""
    if _read.get() is not None:
        return [(one.organisation_id, one.organisation.kind, one.role) for one in memberships_today(person)]
    if person.pk is None or not person.is_active:
        return ()
    held = current_memberships(person).order_by()
    return held.values_list("organisation_id", "organisation__kind", "role")


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


def organisation_ids_of(person: Person, roles: Collection[str] = tuple(Role)) -> frozenset[int]:
    """Ids of the organisations someone belongs to today, in one of these roles; none for who may not log in."""
    return frozenset(where for where, _kind, role in _held(person) if role in roles)


def roles_of(person: Person, organisation: Organisation | int | None = None) -> frozenset[str]:
    """The roles someone holds today, in one organisation or in any."""
    wanted = organisation.pk if isinstance(organisation, Organisation) else organisation
    return frozenset(role for where, _kind, role in _held(person) if wanted is None or where == wanted)


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

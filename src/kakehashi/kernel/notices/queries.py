"""Reads about notices: always of one person, for that person."""

from django.db.models import QuerySet

from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Person


def notices_of(person: Person) -> QuerySet[Notice]:
    """All of a person's notices, newest first."""
    return Notice.objects.filter(person_id=person.pk)


def unread(person: Person) -> QuerySet[Notice]:
    """What the person has not read yet, newest first."""
    return notices_of(person).filter(read_at=None)


def unread_count(person: Person) -> int:
    """For the bell in the top bar."""
    return unread(person).count()

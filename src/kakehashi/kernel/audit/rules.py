"""Who may read the audit trail of an organisation: its auditors and administrators."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel.audit import chain
from kakehashi.kernel.audit.models import ACTING, AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role

AT_ONCE = 300

may_read_trail = holds_role(Role.AUDITOR, Role.ADMINISTRATOR)


def entries_of(organisation: Organisation) -> QuerySet[AuditEntry]:
    """What anybody did with what an organisation holds, what was done for it, also with what others hold, and what its
    people did for none (such as logging in) while they were its.

    What someone did for none before they came or after they left is another organisation's to see.
    """
    found = Q(organisation=str(organisation.pk))
    found |= Q(detail__contains=chain.canonical({ACTING: str(organisation.pk)})[1:-1])
    times = list(_times_of_membership(organisation).items())
    for place in range(0, len(times), AT_ONCE):  # a database bounds how deep a condition may be
        while_member = Q(*(_within(*one) for one in times[place : place + AT_ONCE]), _connector=Q.OR)
        found |= Q(pk__in=AuditEntry.objects.filter(while_member, organisation="").values("pk"))
    return AuditEntry.objects.filter(found)


def _times_of_membership(organisation: Organisation) -> dict[tuple[date, date | None], list[str]]:
    """(first day, last day or None) → the actors who belonged to the organisation then."""
    found: dict[tuple[date, date | None], list[str]] = {}
    held = Membership.objects.filter(organisation=organisation).values_list("since", "until", "person_id").distinct()
    for since, until, person_id in held:
        found.setdefault((since, until), []).append(f"person:{person_id}")
    return found


def _within(days: tuple[date, date | None], actors: list[str]) -> Q:
    first, last = days
    found = Q(actor__in=actors, at__gte=_midnight(first))
    return found if last is None else found & Q(at__lt=_midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def used_by(person: Any) -> bool:
    """Whether the rail shows the trail: to auditors and administrators of any of their organisations."""
    return not roles_of(person).isdisjoint((Role.AUDITOR, Role.ADMINISTRATOR))

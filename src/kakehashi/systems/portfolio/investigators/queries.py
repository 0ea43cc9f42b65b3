"""An award's investigators over time, and the awards of an investigator."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.systems.portfolio.models import Award, Participation


def not_ended(day: date) -> Q:
    """The participations that have not ended by a day."""
    return Q(until=None) | Q(until__gte=day)


def own_awards(person: object) -> QuerySet[Award]:
    """The awards that somebody is an investigator of today, by number; none for a visitor."""
    return Award.objects.filter(pk__in=parts_of(person).values("award_id"))


def parts_of(person: object) -> QuerySet[Participation]:
    """What somebody carries out today; nothing for a visitor."""
    key = getattr(person, "pk", None)
    if key is None or not getattr(person, "is_active", False):
        return Participation.objects.none()
    return Participation.objects.filter(not_ended(timezone.localdate()), person_id=key).order_by()


def history_of(award: Award) -> QuerySet[Participation]:
    """Everybody who carried the award out, in the order in which they began, principal investigators first."""
    found = Participation.objects.filter(award=award).select_related("person", "organisation")
    return found.order_by("-part", "since", "pk")

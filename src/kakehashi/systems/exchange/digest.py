"""The digest: one notice a day at most that there are new matches; how many, and nothing of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.kernel.notices import notices_of, notify
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases.public import people_working_on
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.queries import matches_for
from kakehashi.systems.exchange.states import MatchState

KIND = "exchange.matches"


@every_hour
def tell_new_matches(since: datetime | None = None) -> int:
    """Tell everyone who works on a case with matches they were not told of yet; how many people were told.

    ``since``: of the people only those are looked at whose cases have matches found from then on.
    """
    new = Match.objects.filter(state=MatchState.NEW, stands=True)
    if since is not None:
        new = new.filter(first_seen__gte=since)
    holders = new.order_by().values_list("case__organisation", flat=True).distinct()
    return sum(_tell(person) for person in people_working_on(holders))


def _tell(person: Person) -> bool:
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two workers do not tell the same twice
        last = notices_of(person).filter(kind=KIND).first()
        if last is not None and timezone.localdate(last.created_at) >= timezone.localdate():
            return False
        new = matches_for(person).filter(state=MatchState.NEW)
        count = (new.filter(first_seen__gt=last.created_at) if last is not None else new).count()
        if count:
            text = format_lazy(_("New matches for your cases: {number}"), number=count)
            notify(person, KIND, text, reverse("exchange:matches"))
    return bool(count)

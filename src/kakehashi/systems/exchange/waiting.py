"""What of the queue waits for someone: new matches, and what the other sides wrote."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.exchange.conversations.queries import unread_sides
from kakehashi.systems.exchange.queries import COUNTED, matches_for
from kakehashi.systems.exchange.states import MatchState


def waiting_for(person: Any) -> Iterator[Waiting]:
    """New matches and unread conversations, a line each of what waits for this person."""
    some = matches_for(person).filter(state=MatchState.NEW).order_by().values("pk", "first_seen")[: COUNTED + 1]
    new = some.aggregate(number=Count("pk"), since=Min("first_seen"))
    if new["number"]:
        said = _("New matches for your cases: {number}")
        if new["number"] > COUNTED:
            said = _("New matches for your cases: more than {number}")
        text = said.format(number=f"{min(new['number'], COUNTED):,}")
        yield Waiting(new["since"], text, reverse("exchange:matches"), _("Look through them"))
    unread = unread_sides(person).aggregate(number=Count("pk"), since=Min("last_at"))
    if unread["number"]:
        text = _("Conversations with something unread: {number}").format(number=unread["number"])
        yield Waiting(unread["since"], text, reverse("exchange:conversations"), _("Read them"))

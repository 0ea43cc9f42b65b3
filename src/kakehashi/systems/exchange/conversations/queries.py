"""Every read of conversations: what one side may see of the other at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.places import place_of
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.rules import Verdict
from kakehashi.systems.cases.public import working_on
from kakehashi.systems.exchange.conversations.rules import may_write, other_side
from kakehashi.systems.exchange.models import LastRead, Match, Side, SideMessage
from kakehashi.systems.exchange.queries import matches_for
from kakehashi.systems.exchange.states import SideState

SHOWN = 500
"""The latest messages of a conversation that its page shows."""


@dataclass(frozen=True)
class Identity:
    """Who speaks for a side: shown to the other once both have agreed."""

    name: str
    institution: str
    email: str


@dataclass(frozen=True)
class Said:
    """One message as a side may see it; ``author`` names nobody before both sides have agreed."""

    author: str
    own: bool
    unread: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Conversed:
    """A conversation as one side may see it: of the other side, its messages and what it has agreed to; no case."""

    side: Side
    place: str
    messages: tuple[Said, ...]
    earlier: int
    other_agreed: bool
    opened_at: datetime | None
    ours: Identity | None
    theirs: Identity | None
    writing: Verdict


def sides_for(person: Any) -> QuerySet[Side]:
    """The sides that someone may speak for, with how far they have read (``read_to``)."""
    read = LastRead.objects.filter(side=OuterRef("pk"), person_id=person.pk).values("message_id")
    sides = Side.objects.filter(working_on(person, "case")).select_related("case__organisation", "conversation")
    return sides.annotate(read_to=Coalesce(Subquery(read), 0))


def unread_sides(person: Any) -> QuerySet[Side]:
    """Those on which the other side has written something that the person has not been shown."""
    return sides_for(person).filter(heard__gt=F("read_to"))


def side_for(person: Any, side_id: int) -> Side:
    """One side. Raises NotFound alike for what is not there and what is not for this person."""
    found = sides_for(person).filter(pk=side_id).first()
    if found is None:
        raise NotFound(_("Conversation"))
    return found


def side_of(match: Match) -> Side | None:
    """The side of the conversation that belongs to a match; None while nobody wrote."""
    if match.other_id is None:
        return None
    pair = Q(conversation__first=match.other_id) | Q(conversation__second=match.other_id)
    return Side.objects.filter(pair, case=match.case_id).select_related("case__organisation", "conversation").first()


def match_of(side: Side) -> Match:
    """The match that a side looks at; one that was never written for a side that may not know of the other case."""
    other = other_side(side).case
    found = Match.objects.filter(case=side.case_id, other=other).select_related("case", "other").first()
    return found or Match(case=side.case, other=other, score=0)


def writing_verdict(person: Any, match: Match, side: Side | None) -> Verdict:
    """Whether someone may write to the other side of a match now, and why not."""
    known = match.pk is not None and matches_for(person).filter(pk=match.pk).exists()
    return may_write(person, match, heard=bool(side and side.heard), known=known)


def conversation_for(person: Person, side: Side) -> Conversed:
    """A conversation as the person may see it; recorded as read in the trail."""
    other = other_side(side)
    written = SideMessage.objects.filter(conversation=side.conversation_id)
    total = written.count()
    latest = list(written.select_related("by").order_by("-pk")[:SHOWN])[::-1]
    read = LastRead.objects.filter(side=side, person=person).values_list("message_id", flat=True).first() or 0
    opened = side.conversation.opened_at
    audit.read_of(person, "case", [side.case_id], action="case.correspondence")
    return Conversed(
        side=side,
        place=shown_place(other),
        messages=tuple(
            Said(
                author=_author(one, own=one.side_id == side.pk, other=other, opened=opened),
                own=one.side_id == side.pk,
                unread=one.side_id != side.pk and one.pk > read,
                at=one.at,
                text=one.text,
            )
            for one in latest
        ),
        earlier=total - len(latest),
        other_agreed=other.state != SideState.UNNAMED,
        opened_at=opened,
        ours=_identity(side) if side.state != SideState.UNNAMED else None,
        theirs=_identity(other) if opened is not None else None,
        writing=writing_verdict(person, match_of(side), side),
    )


def shown_place(other: Side) -> str:
    """Who the other side is: by kind and country, by name once both sides have agreed."""
    return other.organisation.label() if other.opened else place_of(other.organisation)


def _identity(side: Side) -> Identity:
    assert side.agreed_by is not None
    return Identity(str(side.agreed_by), side.organisation.label(), side.agreed_by.email)


def _author(one: SideMessage, *, own: bool, other: Side, opened: datetime | None) -> str:
    """Own people by name. The other side's: none before it is opened; then who agreed, and who wrote after that."""
    if own:
        return str(one.by)
    if opened is not None and (one.by_id == other.agreed_by_id or one.at >= opened):
        return noted(one.by, other.organisation.label())
    return _("A clinician: %(place)s") % {"place": shown_place(other)}

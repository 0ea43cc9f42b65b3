"""Every write of a conversation: a message, having read, agreeing to be named and taking that back."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.notices import notify
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.shell import Text
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.public import may_work_on, people_working_on, registrant_of
from kakehashi.systems.exchange.conversations.queries import match_of, side_of, writing_verdict
from kakehashi.systems.exchange.conversations.rules import lost_sight, other_side
from kakehashi.systems.exchange.models import Conversation, LastRead, Match, Side, SideMessage
from kakehashi.systems.exchange.models.conversations import LONGEST_MESSAGE
from kakehashi.systems.exchange.states import MatchState, SideState

logger = logging.getLogger(__name__)
KIND = "exchange.conversation"
MOST_AN_HOUR = 30
"""Messages of one person, over all their conversations."""
MOST_UNANSWERED = 3
"""Messages of one side that the other has answered none of."""


def write_to_match(*, by: Person, match: Match, text: str) -> SideMessage:
    """Write to the other side of a match of this node; the first message begins the conversation.

    NEW becomes CONTACTED on the writer's side, and DISCUSSING on both sides once each has written. Raises NotAllowed
    (see ``rules.may_write``), Invalid (empty, too long), Conflict (too many messages).
    """
    said = _checked(text)
    with transaction.atomic():
        return _write(by, begin(by=by, match=match), said)


def write_to_side(*, by: Person, side: Side, text: str) -> SideMessage:
    """Write on in a conversation, also where its match is no longer shown. Errors as ``write_to_match``."""
    audit.insist(writing_verdict(by, match_of(side), side), by=by, action="case.write", subject=("case", side.case_id))
    said = _checked(text)
    with transaction.atomic():
        return _write(by, side, said)


def mark_read(*, by: Person, side: Side) -> None:
    """The person was shown every message there is now. Raises NotAllowed."""
    audit.insist(may_work_on(by, side.case_id), by=by, action="case.correspondence", subject=("case", side.case_id))
    LastRead.objects.update_or_create(side=side, person=by, defaults={"message_id": side.heard, "at": timezone.now()})


def agree(*, by: Person, side: Side) -> Side:
    """Let the other side know one's name, institution and e-mail address as soon as it has agreed too.

    Raises NotAllowed, Conflict (agreed already).
    """
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=side.conversation_id)
        _lapse_if_lost(other_side(side))
        agreed = advance(side, "agree", by=by)
        other = other_side(agreed)
        if other.state == SideState.AGREED:
            conversation.opened_at = timezone.now()
            conversation.save(update_fields=["opened_at"])
            agreed = advance(agreed, "name", by=by)
            advance(other, "name", by=by)
            tell(other, _("Both sides of a conversation about one of your matches are now named to each other."))
        else:
            tell(other, _("The other side of a conversation about one of your matches agreed to be named."))
    return agreed


def take_back(*, by: Person, side: Side) -> Side:
    """Take the agreement back, as long as the other side has not agreed too. Raises NotAllowed, Conflict."""
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=side.conversation_id)
        return advance(side, "take_back", by=by)


def lapse_agreements(case_ids: Collection[int] | None = None) -> int:
    """Let the agreements lapse of sides that may no longer know of the other case: of all, or of the conversations
    about some cases; how many.

    Both sides are told. Who still wants to be named agrees anew, as far as they may still write. A side that fails is
    logged, asked again within the hour, and keeps none of the others.
    """
    agreed = Side.objects.filter(state=SideState.AGREED, agreed_knowing=True)
    asked = set(case_ids) if case_ids is not None else None
    lapsed = 0
    for side in agreed.select_related("conversation").order_by("pk"):
        if asked is not None and asked.isdisjoint((side.conversation.first_id, side.conversation.second_id)):
            continue
        try:
            if lost_sight(side):  # most have not: these lock nothing
                with transaction.atomic():
                    Conversation.objects.select_for_update().get(pk=side.conversation_id)
                    lapsed += _lapse_if_lost(side)
        except Exception:
            logger.exception("the agreement of side %d of a conversation could not be let lapse", side.pk)
    return lapsed


def _lapse_if_lost(side: Side) -> bool:
    """In the transaction that has locked the conversation: whether the side's agreement stood and lapsed."""
    side.refresh_from_db()
    if side.state != SideState.AGREED or not lost_sight(side):
        return False
    side = advance(side, "lapse", by=None)
    for told in (side, other_side(side)):
        tell(
            told,
            _(
                "An agreement to be named in a conversation about one of your matches has lapsed: the two cases are no "
                "longer shown to each other as they were."
            ),
        )
    return True


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or "\x00" in said:
        raise Invalid({"text": [_("Write something.")]})
    if len(said) > LONGEST_MESSAGE:
        raise Invalid({"text": [_("A message has at most 5,000 characters. Shorten it, or send it in parts.")]})
    return said


def begin(*, by: Person, match: Match) -> Side:
    """One's side of the conversation about a match, begun now where nobody has. Raises NotAllowed."""
    side = side_of(match)
    audit.insist(writing_verdict(by, match, side), by=by, action="case.write", subject=("case", match.case_id))
    if side is not None:
        return side
    assert match.other is not None
    cases = sorted((match.case, match.other), key=lambda case: case.pk)
    conversation, made = Conversation.objects.get_or_create(first=cases[0], second=cases[1])
    if made:
        for case in cases:
            Side.objects.create(conversation=conversation, case=case, organisation_id=case.organisation_id)
    return Side.objects.select_related("conversation").get(conversation=conversation, case=match.case)


def _write(by: Person, side: Side, said: str) -> SideMessage:
    now = timezone.now()
    Conversation.objects.select_for_update().get(pk=side.conversation_id)
    recent = SideMessage.objects.filter(by=by, at__gt=now - timedelta(hours=1)).count()
    if recent >= MOST_AN_HOUR:
        raise Conflict(_("You have written 30 messages within the hour. Go on in a while."))
    other = other_side(side)
    answered = SideMessage.objects.filter(side=other).exists()
    if not answered and SideMessage.objects.filter(side=side).count() >= MOST_UNANSWERED:
        raise Conflict(_("The other side has not answered yet. Wait for its answer before you write more."))
    message = SideMessage.objects.create(conversation_id=side.conversation_id, side=side, by=by, at=now, text=said)
    Side.objects.filter(pk=side.pk).update(last_at=now)
    Side.objects.filter(pk=other.pk).update(last_at=now, heard=message.pk)
    audit.record(by, "case.write", ("case", side.case_id), detail={"conversation": side.conversation_id})
    _move_matches(by, side, other, answered)
    tell(other, _("There is a new message about one of your matches."))
    return message


def _move_matches(by: Person, side: Side, other: Side, answered: bool) -> None:
    """Bring the states of both directions to where the conversation is; what is decided stays decided."""
    both = Q(case=side.case_id, other=other.case_id) | Q(case=other.case_id, other=side.case_id)
    for match in Match.objects.filter(both).order_by("pk"):
        own = match.case_id == side.case_id
        if own and match.state == MatchState.NEW:
            advance(match, "discuss" if answered else "contact", by=by)
        elif own and answered and match.state == MatchState.CONTACTED:
            advance(match, "discuss", by=by)
        elif not own and answered and match.state in (MatchState.NEW, MatchState.CONTACTED):
            advance(match, "answered", by=by)


def tell(side: Side, text: Text) -> None:
    """Give a notice, on the site and by mail, to those who speak for a side; it holds nothing of a patient."""
    link = reverse("exchange:conversation", args=[side.pk])
    for person in _speakers(side):
        notify(person, KIND, text, link)


def _speakers(side: Side) -> list[Person]:
    """Who wrote for the side and who registered its case, if they still work on it; else all who do."""
    wrote = {one.pk: one for one in Person.objects.filter(pk__in=side.messages.values("by"), is_active=True)}
    registrant = registrant_of(side.case_id)
    if registrant is not None:
        wrote[registrant.pk] = registrant
    working = [person for _pk, person in sorted(wrote.items()) if may_work_on(person, side.case_id)]
    return working or people_working_on([side.organisation_id])

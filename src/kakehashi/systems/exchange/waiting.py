"""What of the queue waits for someone: new matches, what the other sides wrote, and what they put to them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases.public import of_one_patient, organisations_worked_for, working_on
from kakehashi.systems.exchange.conversations.queries import unread_sides
from kakehashi.systems.exchange.conversations.rules import offered
from kakehashi.systems.exchange.models import Match, Proposal, Side
from kakehashi.systems.exchange.queries import COUNTED, matches_for
from kakehashi.systems.exchange.states import OPEN, MatchState, ProposalState, SideState

SINGLY_AT_MOST = 20


def waiting_for(person: Any) -> Iterator[Waiting]:
    """New matches and unread conversations, a line each; and each step of another side that asks for one of ours."""
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
    yield from _proposed(person)
    yield from _asking_for_names(person)
    yield from _confirmed_across(person)


def _proposed(person: Any) -> Iterator[Waiting]:
    """Diagnoses that other sides proposed for a case of ours."""
    found = Proposal.objects.filter(working_on(person, "to__case"), state=ProposalState.PROPOSED)
    found = found.exclude(of_one_patient("match__case", "match__other"))
    for one in found.select_related("to__case").order_by("at")[:SINGLY_AT_MOST]:
        text = _("Proposed diagnosis for {id}").format(id=one.to.case.public_id)
        yield Waiting(one.at, text, reverse("exchange:conversation", args=[one.to_id]), _("Record it or decline"))


def _asking_for_names(person: Any) -> Iterator[Waiting]:
    """Other sides that agreed to be named, where ours has not: while both cases stand and neither side dismissed."""
    first, second = OuterRef("conversation__first"), OuterRef("conversation__second")
    pair = Q(case=first, other=second) | Q(case=second, other=first)
    dismissed = Match.objects.filter(pair, state=MatchState.DISMISSED)
    agreed = Side.objects.filter(conversation=OuterRef("conversation"), state=SideState.AGREED).values("agreed_at")
    ours = Side.objects.filter(organisation__in=organisations_worked_for(person), state=SideState.UNNAMED)
    asked = ours.annotate(asked_at=Subquery(agreed[:1])).filter(~Exists(dismissed), asked_at__isnull=False)
    rows = (
        asked.order_by("asked_at", "pk")
        .select_related("case", "conversation__first", "conversation__second")
        .defer("case__description", "conversation__first__description", "conversation__second__description")
    )
    standing = (one for one in rows if offered(one.conversation.first) and offered(one.conversation.second))
    for side in islice(standing, SINGLY_AT_MOST):
        text = _("The other side of the match of {id} agreed to be named").format(id=side.case.public_id)
        link = reverse("exchange:conversation", args=[side.pk])
        yield Waiting(side.asked_at, text, link, _("Look, and agree or not"))


def _confirmed_across(person: Any) -> Iterator[Waiting]:
    """Matches that the other side has confirmed, and ours has not decided; by when they were confirmed.

    Asked from what others confirmed, which is little, and not from all that one's institution has open.
    """
    ours = Match.objects.filter(case=OuterRef("other"), other=OuterRef("case"), state__in=OPEN)
    across = Match.objects.filter(working_on(person, "other"), state=MatchState.CONFIRMED)
    undecided = across.annotate(ours=Subquery(ours.values("pk")[:1])).filter(ours__isnull=False)
    rows = undecided.order_by("confirmed_at", "pk").values_list("ours", "confirmed_at")[:COUNTED]
    since = {pk: at for pk, at in rows if at is not None}
    known = {one.pk: one for one in matches_for(person).filter(pk__in=list(since))} if since else {}
    for pk in [pk for pk in since if pk in known][:SINGLY_AT_MOST]:
        text = _("The other side confirmed the match of {id}").format(id=known[pk].case.public_id)
        yield Waiting(since[pk], text, reverse("exchange:match", args=[pk]), _("Confirm or dismiss"))

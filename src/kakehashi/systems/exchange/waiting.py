"""What of the queue waits for someone: new matches, what the other sides wrote, and what they put to them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases.public import working_on
from kakehashi.systems.exchange.conversations.queries import unread_sides
from kakehashi.systems.exchange.conversations.rules import other_side
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
    for one in found.select_related("to__case").order_by("at")[:SINGLY_AT_MOST]:
        text = _("Proposed diagnosis for {id}").format(id=one.to.case.public_id)
        yield Waiting(one.at, text, reverse("exchange:conversation", args=[one.to_id]), _("Record it or decline"))


def _asking_for_names(person: Any) -> Iterator[Waiting]:
    """Other sides that agreed to be named, where ours has not."""
    ours = Side.objects.filter(working_on(person, "conversation__sides__case"), conversation__sides__state="unnamed")
    agreed = ours.filter(state=SideState.AGREED).select_related("conversation").order_by("agreed_at")
    for one in agreed[:SINGLY_AT_MOST]:
        side = other_side(one)
        text = _("The other side of the match of {id} agreed to be named").format(id=side.case.public_id)
        since = one.agreed_at or one.last_at
        yield Waiting(since, text, reverse("exchange:conversation", args=[side.pk]), _("Look, and agree or not"))


def _confirmed_across(person: Any) -> Iterator[Waiting]:
    """Matches that the other side has confirmed, and ours has not decided."""
    across = Match.objects.filter(case=OuterRef("other"), other=OuterRef("case"), state=MatchState.CONFIRMED)
    ours = Match.objects.filter(working_on(person, "case"), Exists(across), state__in=OPEN).order_by("pk")
    few = list(ours.values_list("pk", flat=True)[:SINGLY_AT_MOST])
    for one in matches_for(person).filter(pk__in=few).order_by("pk") if few else ():
        text = _("The other side confirmed the match of {id}").format(id=one.case.public_id)
        yield Waiting(one.last_seen, text, reverse("exchange:match", args=[one.pk]), _("Confirm or dismiss"))

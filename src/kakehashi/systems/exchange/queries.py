"""Every read of the queue of matches: what a person may be shown now, whatever was true when it was matched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.sharing.asking import TOLD_FROM
from kakehashi.kernel.sharing.states import Level
from kakehashi.systems.cases.public import Sight
from kakehashi.systems.exchange.models import Match, Side
from kakehashi.systems.exchange.states import MatchState, SideState

COUNTED = 1000
"""So many matches are counted and paged through: whether each may still be known is asked of the database. Of more it
is said that there are more; filters narrow them down."""
TAKEN_UP = (MatchState.CONTACTED, MatchState.DISCUSSING, MatchState.CONFIRMED)
"""Shown even where the two are no longer alike enough: people have begun to talk."""


def matches_for(person: Any, level: Level = Level.EXISTS, *, sight: Sight | None = None) -> QuerySet[Match]:
    """The matches of the cases that someone works on, whose other case may be known at this level: decided now.

    ``sight``: the person's own, where it was read already.
    """
    sight = sight or Sight(person)
    held = [one.pk for one in sight.organisations]
    ours = Match.objects.filter(organisation=held[0]) if len(held) == 1 else Match.objects.filter(organisation__in=held)
    shown = ours.filter(Q(stands=True) | Q(state__in=TAKEN_UP)).filter(known_now(sight, level))
    return shown.select_related("case__organisation", "peer", "foreign")


def known_now(sight: Sight, level: Level) -> Q:
    """The matches whose other side may be known at this level, as a condition."""
    answered = sight.worked_on("case") & Q(foreign__isnull=False)
    return sight.known_pairs("case", "other", level) | answered


def tell(person: Any, matches: Sequence[Match], *, sight: Sight | None = None) -> None:
    """Cut each match down to what may be known now, and record that the person was told.

    Adds what the other side has let them know: which institution it is, and that it has confirmed the match.
    """
    pairs = {(one.case_id, one.other_id) for one in matches if one.other_id is not None}
    others = (sight or Sight(person)).known_others(pairs)
    named, confirmed = named_places(pairs), _confirmed_across(pairs)
    for one in matches:
        if one.other_id is None:
            continue
        pair = (one.case_id, one.other_id)
        one.known, one.named_place, one.confirmed_across = others[pair], named.get(pair, ""), pair in confirmed
        if one.known.level <= Level.EXISTS:
            one.score, one.findings, one.genes = TOLD_FROM, "", ""
    audit.read_of(person, "case", sorted({other for _, other in pairs}), action="case.told")


def named_places(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The other institution's name for those pairs (case, other) whose sides are named to each other."""
    cases = {case_id for case_id, _other in pairs}
    named = Side.objects.filter(conversation__sides__case__in=cases, state=SideState.NAMED)
    return {
        (both.first_id + both.second_id - one.case_id, one.case_id): one.organisation.label()
        for one in named.select_related("organisation", "conversation")
        for both in (one.conversation,)
    }


def _confirmed_across(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those pairs (case, other) of which the other case's people have confirmed theirs."""
    cases = {case_id for case_id, _other in pairs}
    across = Match.objects.filter(case__in={other for _case, other in pairs}, other__in=cases)
    confirmed = across.filter(state=MatchState.CONFIRMED).values_list("other_id", "case_id")
    return {(case_id, other) for case_id, other in confirmed if case_id is not None}


def match_for(person: Any, match_id: int) -> Match:
    """One match, as far as it may be known. Raises NotFound alike for what is not there and what may not be known."""
    found = matches_for(person).filter(pk=match_id).first()
    if found is None:
        raise NotFound(_("Match"))
    tell(person, [found])
    return found


def counted(matches: QuerySet[Match], states: Collection[str]) -> int:
    """How many stand in one of these states; COUNTED + 1 where there are more than COUNTED."""
    return matches.order_by().filter(state__in=states)[: COUNTED + 1].count()

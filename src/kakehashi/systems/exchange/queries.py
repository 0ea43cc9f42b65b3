"""Every read of the queue of matches: what a person may be shown now, whatever was true when it was matched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.sharing.states import Level
from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases.public import STEP_EXISTS, known_others, known_pairs, worked_on
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.states import Dismissal, MatchState

TAKEN_UP = (MatchState.CONTACTED, MatchState.DISCUSSING, MatchState.CONFIRMED)
"""Shown even where the two are no longer alike enough: people have begun to talk."""


def matches_for(person: Any, level: Level = Level.EXISTS) -> QuerySet[Match]:
    """The matches of the cases that someone works on, whose other case may be known at this level: decided now."""
    known = known_pairs(person, "case", "other", level)
    answered = worked_on(person, "case") & Q(foreign__isnull=False)
    shown = Match.objects.filter(Q(stands=True) | Q(state__in=TAKEN_UP)).filter(known | answered)
    return shown.select_related("case__organisation", "peer", "foreign")


def tell(person: Any, matches: Sequence[Match]) -> None:
    """Cut each match down to what may be known now, and record that the person was told."""
    pairs = {(one.case_id, one.other_id) for one in matches if one.other_id is not None}
    others = known_others(person, pairs)
    for one in matches:
        if one.other_id is None:
            continue
        one.known = others[one.case_id, one.other_id]
        if one.known.level <= Level.EXISTS:
            one.score, one.findings, one.genes = one.score // STEP_EXISTS * STEP_EXISTS, "", ""
    audit.read_of(person, "case", sorted({other for _, other in pairs}), action="case.told")


def match_for(person: Any, match_id: int) -> Match:
    """One match, as far as it may be known. Raises NotFound alike for what is not there and what may not be known."""
    found = matches_for(person).filter(pk=match_id).first()
    if found is None:
        raise NotFound(_("Match"))
    tell(person, [found])
    return found


@dataclass(frozen=True)
class Precision:
    """How often a decided match was confirmed, and why the others were dismissed: (reason, how many)."""

    confirmed: int
    decided: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        return self.confirmed / self.decided


def precision_of(matches: QuerySet[Match]) -> Precision | None:
    """None while nothing is decided."""
    decided = matches.filter(state__in=(MatchState.CONFIRMED, MatchState.DISMISSED)).order_by()
    counts = {row["dismissal"]: row["number"] for row in decided.values("dismissal").annotate(number=Count("pk"))}
    if not counts:
        return None
    reasons = tuple((str(one.label), counts[one.value]) for one in Dismissal if one.value in counts)
    return Precision(counts.get("", 0), sum(counts.values()), reasons)


def counts_by_state(matches: QuerySet[Match]) -> dict[str, int]:
    """How many stand in each state; states without any are left out."""
    return dict(matches.order_by().values_list("state").annotate(Count("pk")))


def waiting_for(person: Any) -> Iterator[Waiting]:
    """New matches, as one line of what waits for this person."""
    new = matches_for(person).filter(state=MatchState.NEW).aggregate(number=Count("pk"), since=Min("first_seen"))
    if new["number"]:
        text = _("New matches for your cases: {number}").format(number=new["number"])
        yield Waiting(new["since"], text, reverse("exchange:matches"), _("Look through them"))

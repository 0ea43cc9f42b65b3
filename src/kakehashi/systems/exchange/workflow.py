"""The table of every move of a match; ``kernel.workflow.advance`` is the only way to make one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.rules import may_answer, may_triage
from kakehashi.systems.exchange.states import OPEN, Dismissal, MatchState


def _reviewed(match: Match, *, by: Any, note: str) -> None:
    """Keep what was known when it was decided: the queue's precision is judged by that."""
    if match.other_id is not None and (match.findings or match.genes):
        match.reviewed_score, match.reviewed_gene = match.score, bool(match.genes)


def _confirm(match: Match, *, by: Any, note: str) -> None:
    """From now on it waits for the other side, which is told since when."""
    match.confirmed_at = timezone.now()
    _reviewed(match, by=by, note=note)


def _dismiss(match: Match, *, by: Any, note: str) -> None:
    """The note of a dismissal is one of its reasons, by code."""
    if note not in Dismissal.values:
        raise Invalid({"note": [_now("Choose why: %(codes)s.") % {"codes": ", ".join(Dismissal.values)}]})
    match.dismissal = note
    _reviewed(match, by=by, note=note)


def _reopen(match: Match, *, by: Any, note: str) -> None:
    match.dismissal, match.confirmed_at, match.reviewed_score, match.reviewed_gene = "", None, None, False


MATCH_FLOW = Workflow(
    "exchange.Match",
    states=MatchState,
    moves=[
        Move(
            "contact",
            sources=[MatchState.NEW],
            target=MatchState.CONTACTED,
            rule=may_triage,
            label_staff=_("Contacted"),
            label_applicant=_("Contacted"),
        ),
        Move(
            "discuss",
            sources=[MatchState.NEW, MatchState.CONTACTED],
            target=MatchState.DISCUSSING,
            rule=may_triage,
            label_staff=_("Discussing"),
            label_applicant=_("Discussing"),
        ),
        Move(
            "answered",  # by the other side's message; no button
            sources=[MatchState.NEW, MatchState.CONTACTED],
            target=MatchState.DISCUSSING,
            rule=may_answer,
            label_staff=_("The other side has answered"),
            label_applicant=_("The other side has answered"),
        ),
        Move(
            "confirm",
            sources=OPEN,
            target=MatchState.CONFIRMED,
            rule=may_triage,
            label_staff=_("Confirm the match"),
            label_applicant=_("Confirm the match"),
            act=_confirm,
        ),
        Move(
            "dismiss",
            sources=OPEN,
            target=MatchState.DISMISSED,
            rule=may_triage,
            label_staff=_("Dismiss"),
            label_applicant=_("Dismiss"),
            needs_note=True,
            act=_dismiss,
        ),
        Move(
            "reopen",
            sources=[MatchState.CONFIRMED, MatchState.DISMISSED],
            target=MatchState.NEW,
            rule=may_triage,
            label_staff=_("Open again"),
            label_applicant=_("Open again"),
            act=_reopen,
        ),
    ],
)

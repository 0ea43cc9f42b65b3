"""The table of how the two sides come to be named to each other; ``actions.agree`` makes its moves."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import ALLOWED, Verdict, by_the_node, rule
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.exchange.conversations.queries import match_of, writing_verdict
from kakehashi.systems.exchange.conversations.rules import (
    both_agreed,
    knows,
    may_speak,
    other_side,
    sight_lost,
)
from kakehashi.systems.exchange.models import Side
from kakehashi.systems.exchange.states import SideState


@rule("not_asked", _("Who may not write to the other side cannot ask it to be named."))
def may_ask(person: Any, side: Any) -> Verdict:
    """The other side has agreed, so this is the answer; or the person may write to it."""
    if other_side(side).state != SideState.UNNAMED:
        return ALLOWED
    return writing_verdict(person, match_of(side), side)


def _agree(side: Side, *, by: Any, note: str) -> None:
    side.agreed_by, side.agreed_at, side.agreed_knowing = by, timezone.now(), knows(side)


def _take_back(side: Side, *, by: Any, note: str) -> None:
    side.agreed_by, side.agreed_at, side.agreed_knowing = None, None, False


SIDE_FLOW = Workflow(
    "exchange.Side",
    states=SideState,
    moves=[
        Move(
            "agree",
            sources=[SideState.UNNAMED],
            target=SideState.AGREED,
            rule=may_speak & may_ask,
            label_staff=_("Agree to be named"),
            label_applicant=_("Agree to be named"),
            act=_agree,
        ),
        Move(
            "take_back",
            sources=[SideState.AGREED],
            target=SideState.UNNAMED,
            rule=may_speak,
            label_staff=_("Take the agreement back"),
            label_applicant=_("Take the agreement back"),
            act=_take_back,
        ),
        Move(
            "lapse",
            sources=[SideState.AGREED],
            target=SideState.UNNAMED,
            rule=by_the_node & sight_lost,
            label_staff=_("The agreement lapses"),
            label_applicant=_("The agreement lapses"),
            act=_take_back,
        ),
        Move(
            "name",
            sources=[SideState.AGREED],
            target=SideState.NAMED,
            rule=both_agreed,
            label_staff=_("Named to each other"),
            label_applicant=_("Named to each other"),
        ),
    ],
)

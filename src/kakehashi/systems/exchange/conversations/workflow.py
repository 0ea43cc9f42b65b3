"""The table of how the two sides come to be named to each other; ``actions.agree`` makes its moves."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.exchange.conversations.rules import both_agreed, may_speak
from kakehashi.systems.exchange.models import Side
from kakehashi.systems.exchange.states import SideState


def _agree(side: Side, *, by: Any, note: str) -> None:
    side.agreed_by, side.agreed_at = by, timezone.now()


def _take_back(side: Side, *, by: Any, note: str) -> None:
    side.agreed_by, side.agreed_at = None, None


SIDE_FLOW = Workflow(
    "exchange.Side",
    states=SideState,
    moves=[
        Move(
            "agree",
            sources=[SideState.UNNAMED],
            target=SideState.AGREED,
            rule=may_speak,
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
            "name",
            sources=[SideState.AGREED],
            target=SideState.NAMED,
            rule=both_agreed,
            label_staff=_("Named to each other"),
            label_applicant=_("Named to each other"),
        ),
    ],
)

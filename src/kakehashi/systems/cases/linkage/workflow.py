"""The table of a side's answers. An answer can be changed; each change is in the trail."""

from typing import Any

from django.utils import timezone

from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.cases.linkage.registrations import draw_registrations
from kakehashi.systems.cases.linkage.rules import may_answer
from kakehashi.systems.cases.linkage.states import Answered
from kakehashi.systems.cases.models.linkage import SuspicionSide


def _answer(side: SuspicionSide, *, by: Any, note: str) -> None:
    side.answered_by, side.answered_at, side.keep = by, timezone.now(), ""
    side.save()
    draw_registrations([side.suspicion.first_id, side.suspicion.second_id])  # before it is recorded: that comes last


def _move(name: str, target: Answered) -> Move:
    sources = [state for state in Answered if state != target]
    return Move(name, sources, target, may_answer, target.label, target.label, act=_answer)


SIDE_FLOW = Workflow(
    "cases.SuspicionSide",
    states=Answered,
    moves=[
        _move("say_same", Answered.SAME),
        _move("say_different", Answered.DIFFERENT),
        _move("cannot_say", Answered.UNSURE),
    ],
)

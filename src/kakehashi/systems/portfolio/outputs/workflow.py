"""The table of every move of an output: what was expected comes or does not, what is there is taken back."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.rules import by_the_node
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import OutputKind, OutputState

TOLD_BY_CASES = (OutputKind.DIAGNOSIS,)
"""Kinds that another system tells: nobody writes them by hand."""


def _end(output: Any, *, by: Any, note: str) -> None:
    """From a day on, today unless it is said, it stands no more; the reason is kept beside what showed it."""
    _by_hand(output, by=by, note=note)
    output.taken_back_on = output.taken_back_on or timezone.localdate()
    output.evidence = "\n".join(text for text in (output.evidence, note.strip()) if text)


def _by_hand(output: Any, *, by: Any, note: str) -> None:
    if output.kind in TOLD_BY_CASES:
        raise Conflict(_now("A diagnosis is taken back where it was made: reopen its case."))


def _by_its_case(output: Any, *, by: Any, note: str) -> None:
    if output.kind not in TOLD_BY_CASES:
        raise Conflict(_now("No case tells of this output: it is changed by hand."))


def _stand_again(output: Any, *, by: Any, note: str) -> None:
    _by_its_case(output, by=by, note=note)
    output.taken_back_on = None


may_change = by_the_node | rules.may_record_outputs
_S = OutputState
OUTPUT_FLOW = Workflow(
    "portfolio.Output",
    states=OutputState,
    moves=[
        Move("confirm", [_S.EXPECTED], _S.FINAL, may_change, _("Confirm"), _("Confirm"), act=_by_hand),
        Move(
            "give_up",
            [_S.EXPECTED],
            _S.GIVEN_UP,
            may_change,
            _("Expect it no longer"),
            _("Expect it no longer"),
            needs_note=True,
            act=_end,
        ),
        Move(
            "take_back",
            [_S.FINAL],
            _S.TAKEN_BACK,
            may_change,
            _("Take it back"),
            _("Take it back"),
            needs_note=True,
            act=_end,
        ),
        Move(
            "case_reopened",
            [_S.FINAL],
            _S.TAKEN_BACK,
            by_the_node,
            _("Its case is reopened"),
            _("Its case is reopened"),
            act=_by_its_case,
        ),
        Move(
            "diagnosed_again",
            [_S.TAKEN_BACK],
            _S.FINAL,
            by_the_node,
            _("Its case is diagnosed again"),
            _("Its case is diagnosed again"),
            act=_stand_again,
        ),
    ],
)

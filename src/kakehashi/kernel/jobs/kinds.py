"""What the kinds of jobs are called, and what one came to: each system says it of its own when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kakehashi.kernel.shell import Text


@dataclass(frozen=True)
class Outcome:
    """What a finished job came to, in the language in force. ``refused``: it did nothing of what it was asked to."""

    text: str
    refused: bool = False


_LABELS: dict[str, Text] = {}
_OUTCOMES: dict[str, Callable[[Any], Outcome]] = {}


def name_kind(kind: str, label: Text, outcome: Callable[[Any], Outcome] | None = None) -> None:
    """Say what a kind of jobs is called, and how a job's result (as JSON) is said."""
    _LABELS[kind] = label
    if outcome is not None:
        _OUTCOMES[kind] = outcome


def kind_label(kind: str) -> str:
    """A kind in words; one that nobody named stays as it is written."""
    return str(_LABELS.get(kind, kind))


def outcome_of(kind: str, result: Any) -> Outcome | None:
    """What a finished job of this kind came to; None where its system says nothing of it, or there is no result."""
    say = _OUTCOMES.get(kind)
    return say(result) if say is not None and result is not None else None

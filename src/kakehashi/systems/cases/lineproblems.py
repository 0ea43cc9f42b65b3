"""What is wrong in a small file that is looked at before it is taken over, line by line, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.systems.cases.vocabulary import in_words


@dataclass(frozen=True)
class LineProblem:
    """One thing that is wrong. ``line``: of the file, None for the whole; ``column`` and ``value``: where in the line
    and what stands there, "" where that cannot be said."""

    line: int | None
    text: str
    column: str = ""
    value: str = ""


def told(problems: Iterable[Problem]) -> tuple[LineProblem, ...]:
    """What a reader of such files found, in the language in force."""
    return tuple(LineProblem(one.line, in_words(one)) for one in problems)

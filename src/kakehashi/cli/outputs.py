"""Answers of the command line: JSON lines and JSON for scripts, tables for people.

Keys and their order are a promise: others script against them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from kakehashi.cli import counted
from kakehashi.protocols.phenopacket.problems import Language, shown

if TYPE_CHECKING:  # rich is imported only where a table is drawn
    from rich.console import Console
    from rich.table import Table

BAR_CELLS: Final = 12
TABLE_WIDTH: Final = 110
"""Columns of a table that goes to a file or a pipe."""

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


class Answer(Protocol):
    """One patient's answer: plain for scripts, drawn for a person."""

    def plain(self) -> dict[str, Any]: ...
    def draw(self, console: Console) -> None: ...


class Answers:
    """Writes one answer a patient to standard output, each at once, in the order they come."""

    def __init__(self, form: str) -> None:
        self.form = form
        self._stream = sys.stdout.buffer
        self._console: Console | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def write(self, answer: Answer) -> None:
        """Write one patient's answer."""
        if self.form == "table":
            answer.draw(self.console)
            self.console.print()
        elif self.form == "jsonl":
            self._put(json.dumps(answer.plain(), ensure_ascii=False) + "\n")
        else:
            text = json.dumps(answer.plain(), ensure_ascii=False, indent=2)
            self._put(("[\n" if self._count == 0 else ",\n") + text)
        self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.form == "json" and not isinstance(error, OSError | KeyboardInterrupt):
            self._put("\n]\n" if self._count else "[]\n")

    @property
    def console(self) -> Console:
        """Where tables are drawn; made when first needed."""
        if self._console is None:
            from rich.console import Console

            if isinstance(sys.stdout, TextIOWrapper):  # a locale without these characters shows "?" instead
                sys.stdout.reconfigure(errors="replace")
            console = Console(highlight=False)
            self._console = console if console.is_terminal else Console(highlight=False, width=TABLE_WIDTH)
        return self._console

    def _put(self, text: str) -> None:
        self._stream.write(text.encode("utf-8", "backslashreplace"))
        self._stream.flush()


def bar(share: float, cells: int = BAR_CELLS) -> str:
    """A share of 0…1 as a bar of blocks."""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def percent(share: float) -> str:
    """``56 %``, ``0.3 %``, ``<0.1 %``."""
    if share <= 0:
        return "0 %"
    if share < 0.001:
        return "<0.1 %"
    return f"{share:.1%}".replace("%", " %") if share < 0.1 else f"{share:.0%}".replace("%", " %")


def grid(*justified: Literal["left", "right"]) -> Table:
    """Columns without lines or headings; only the last one wraps."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    for place, justify in enumerate(justified, 1):
        last = place == len(justified)
        table.add_column(justify=justify, no_wrap=not last, overflow="fold")
    return table


def heading(console: Console, name: str, facts: Iterable[str]) -> None:
    """A patient's headline: the id in bold, facts behind it."""
    console.print("  ".join([f"[bold]{safe(name or '–')}[/bold]", *facts]), soft_wrap=True)


def of_findings(count: int, language: Language) -> str:
    """``1 finding``, ``8 findings``."""
    return f"所見 {count:,} 件" if language == "ja" else counted(count, "finding")


def note(console: Console, text: str, style: str = "dim") -> None:
    """One line below or above a table, never broken."""
    console.print(f"[{style}]{safe(text, 1000)}[/{style}]", soft_wrap=True)


def safe(text: str, length: int = 200) -> str:
    """Text from a file, safe inside rich's markup and a terminal."""
    from rich.markup import escape

    return escape(shown(text, length))


def listed(items: Iterable[str], most: int, language: Language) -> str:
    """The first items, and how many more there are."""
    items = list(items)
    more = len(items) - most
    rest = ("" if more <= 0 else f" ほか{more}件") if language == "ja" else ("" if more <= 0 else f" +{more}")
    return ("、" if language == "ja" else ", ").join(items[:most]) + rest

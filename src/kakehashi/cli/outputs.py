"""Answers of the command line: JSON lines and JSON for scripts, tables for people.

Keys and their order are a promise: others script against them.
"""

import json
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kakehashi.protocols.phenopacket.problems import Language, shown

BAR_CELLS: Final = 12
TABLE_WIDTH: Final = 110
"""Columns of a table that goes to a file or a pipe."""

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


class Drawing(Protocol):
    """An answer that can be drawn for a person."""

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

    def write(self, plain: dict[str, Any], drawing: Drawing) -> None:
        """One patient's answer: ``plain`` for scripts, ``drawing`` for people."""
        if self.form == "table":
            drawing.draw(self.console)
            self.console.print()
        elif self.form == "jsonl":
            self._put(json.dumps(plain, ensure_ascii=False) + "\n")
        else:
            text = json.dumps(plain, ensure_ascii=False, indent=2)
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
    table = Table.grid(padding=(0, 1))
    for place, justify in enumerate(justified, 1):
        last = place == len(justified)
        table.add_column(justify=justify, no_wrap=not last, overflow="fold")
    return table


def heading(text: str, *more: str) -> Text:
    """A patient's headline: the id in bold, facts behind it."""
    line = Text(shown(text, 200), style="bold")
    for part in more:
        line.append(f"  {part}", style="not bold")
    return line


def safe(text: str) -> str:
    """Text from a file, safe inside rich's markup and a terminal."""
    return escape(shown(text, 200))


def listed(items: Iterable[str], most: int, language: Language) -> str:
    """The first items, and how many more there are."""
    items = list(items)
    more = len(items) - most
    rest = ("" if more <= 0 else f" ほか{more}件") if language == "ja" else ("" if more <= 0 else f" +{more}")
    return ("、" if language == "ja" else ", ").join(items[:most]) + rest

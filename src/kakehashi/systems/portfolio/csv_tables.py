"""A small CSV file that somebody hands in: its heading, then each row with its line and its cells by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.listing import cell_said
from kakehashi.kernel.punctuation import labelled

Value = TypeVar("Value")


@dataclass
class CsvRow:
    """A row: the line it ends on, its cells by column without the blanks around them, what is wrong with it."""

    line: int
    cells: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def read(self, name: str, reader: Callable[[str], Value]) -> Value | None:
        """What the cell of a column says, "" where there is no such column; None, its fault noted, for ValueError."""
        try:
            return reader(self.cells.get(name, ""))
        except ValueError as error:
            self.faults.append(labelled(name, str(error)))
            return None


class CsvTable:
    """A table with its heading read. Everything that is wrong with it as a whole is Invalid, under ``file``."""

    def __init__(self, text: str) -> None:
        self._reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
        try:
            self.head = tuple(name.strip() for name in self._reader.fieldnames or ())
        except csv.Error as error:
            raise self._no_csv() from error
        self._reader.fieldnames = self.head

    def insist_on(self, needed: Sequence[str], known: Sequence[str]) -> None:
        """Raise Invalid for a heading that lacks a column, has a strange one, or one twice."""
        faults = []
        if missing := [name for name in needed if name not in self.head]:
            faults.append(_("The heading lacks %(columns)s.") % {"columns": ", ".join(missing)})
        if strange := [name for name in self.head if name not in known]:
            said = _("The heading has %(columns)s; it may have %(known)s.")
            faults.append(said % {"columns": ", ".join(strange), "known": ", ".join(known)})
        if twice := sorted({name for name in self.head if self.head.count(name) > 1}):
            faults.append(_("The heading has %(columns)s twice.") % {"columns": ", ".join(twice)})
        if faults:
            raise Invalid({"file": faults})

    def rows(self, *, most: int) -> list[CsvRow]:
        """Every row. Raises Invalid for none at all, and for more than ``most``."""
        try:
            rows = [self._row(cells) for cells in islice(self._reader, most + 1)]
        except csv.Error as error:
            raise self._no_csv() from error
        if not rows:
            raise Invalid({"file": [_("The file holds no row.")]})
        if len(rows) > most:
            raise Invalid({"file": [_("The file holds more than %(most)s rows: part it.") % {"most": f"{most:,}"}]})
        return rows

    def _row(self, cells: dict[str, str]) -> CsvRow:
        beyond = cells.pop("", None) if "" not in self.head else None
        row = CsvRow(self._reader.line_num, {name: cell_said(text.strip()) for name, text in cells.items()})
        if beyond is not None:
            row.faults.append(_("The line has more cells than the heading."))
        return row

    def _no_csv(self) -> Invalid:
        return Invalid({"file": [_("Line %(line)d is no CSV.") % {"line": self._reader.line_num}]})


def seal_of(looked: Iterable[object]) -> str:
    """What a look at a file came to, in a few letters: what is confirmed must be what was shown."""
    return sha256(repr(list(looked)).encode()).hexdigest()[:16]


def insist_unchanged(seal: str, looked: Iterable[object]) -> None:
    """Raise Conflict where a file comes to something else than was shown (``seal``; "": nothing was)."""
    if seal and seal != seal_of(looked):
        raise Conflict(_("The node has changed since the file was looked at: look at it again."))

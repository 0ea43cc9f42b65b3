"""Many entries from a table (CSV): every row looked at, everything wrong with each told at once; then all or none.

The heading has ``kind``, ``on``, ``appropriation``, ``amount_yen``, ``reference``, and as wanted ``fiscal_year`` (else
that of the day), ``place``, ``programme``, ``award``, ``institution``, ``to_institution``, ``memo``. Rows take
effect in their order: one may spend what the one before it pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.fiscal import fiscal_year, year_said
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio.csv_cells import Choices, day_of, yen_of
from kakehashi.systems.portfolio.csv_tables import CsvRow, CsvTable
from kakehashi.systems.portfolio.ledger.balances import accounts_touched, shift
from kakehashi.systems.portfolio.ledger.booking import book, booked_already, booked_before, written_as
from kakehashi.systems.portfolio.ledger.checking import faults_of
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.ledger.told import Named, Told, entry_of
from kakehashi.systems.portfolio.models import Entry
from kakehashi.systems.portfolio.uploads import text_of

NEEDED = ("kind", "on", "appropriation", "amount_yen", "reference")
WANTED = ("fiscal_year", "place", "programme", "award", "institution", "to_institution", "memo")
TEXTS = ("kind", "appropriation", "reference", "place", "programme", "award", "institution", "to_institution", "memo")
LARGEST_MB = 10
MOST = 50_000
STEP = 1_000
KIND = Choices(EntryKind.choices)


@dataclass
class Row:
    """A row of the file: its line, what it tells, what would be booked, and everything that is wrong with it."""

    line: int
    cells: dict[str, str]
    told: Told | None = None
    new: NewEntry | None = None
    faults: list[str] = field(default_factory=list)


Progress = Callable[[str, int, int], None]
"""Told of the step in hand, how many rows of how many are done."""


def look_at(content: bytes, progress: Progress | None = None) -> list[Row]:
    """The rows of a file with what each would book, or what is wrong with it. Writes nothing.

    Raises Invalid (under ``file``) for one that cannot be read at all, or holds more than MOST rows.
    """
    rows = _read(content)
    told = progress or (lambda _step, _done, _total: None)
    named = Named(row.told for row in rows if row.told is not None)
    for done, row in enumerate(rows, 1):
        if row.told is not None:
            try:
                row.new = entry_of(row.told, named)
            except Invalid as error:
                row.faults += [labelled(name, str(text)) for name, texts in error.problems.items() for text in texts]
        if done % STEP == 0 or done == len(rows):
            told("read", done, len(rows))
    _check(rows, told)
    return rows


def book_rows(rows: Sequence[Row], *, by: Person | None) -> list[Entry]:
    """Book what ``look_at`` found nothing wrong with: all rows or none. Raises Invalid naming the lines at fault,
    Conflict where the ledger has changed since, NotAllowed."""
    if faulty := {str(row.line): row.faults for row in rows if row.faults}:
        raise Invalid(faulty)
    return book([row.new for row in rows if row.new is not None], by=by)


def _check(rows: Sequence[Row], told: Progress) -> None:
    """What is wrong with the entries themselves: routes, times, what is booked already, what there is not."""
    whole = [row for row in rows if row.new is not None]
    new = [row.new for row in whole if row.new is not None]
    for place, texts in faults_of(new):
        whole[place - 1].faults += texts
    for place, number in booked_before(new).items():
        whole[place].faults.append(booked_already(new[place], number))
    first: dict[object, Row] = {}
    for row, one in zip(whole, new, strict=True):
        same = first.setdefault(written_as(one), row)
        if same is not row:
            row.faults.append(_("The same as line %(line)d, under the same document.") % {"line": same.line})
    accounts = accounts_touched(new)
    for done, (row, one) in enumerate(zip(whole, new, strict=True), 1):
        if not row.faults:
            try:
                shift(accounts, one, row.line)
            except Conflict as error:
                row.faults.append(error.detail)
        if done % STEP == 0 or done == len(whole):
            told("check", done, len(whole))


def _read(content: bytes) -> list[Row]:
    table = CsvTable(text_of(content, largest_mb=LARGEST_MB))
    table.insist_on(NEEDED, (*NEEDED, *WANTED))
    return [_row(one) for one in table.rows(most=MOST)]


def _row(read: CsvRow) -> Row:
    day, yen, kind = read.read("on", _needed_day), read.read("amount_yen", yen_of), read.read("kind", KIND.read)
    year = fiscal_year(day) if day else None
    if (written := read.cells.get("fiscal_year")) and (year := year_said(written)) is None:
        read.faults.append(_("fiscal_year: “%(text)s” is no year of four digits.") % {"text": written})
    row = Row(read.line, read.cells, faults=read.faults)
    if kind is not None and day is not None and year is not None and yen is not None:
        texts = {name: read.cells.get(name, "") for name in TEXTS}
        row.told = Told(on=day, fiscal_year=year, amount_yen=yen, **texts | {"kind": kind})
    return row


def _needed_day(text: str) -> date:
    day = day_of(text)
    if day is None:
        raise ValueError(_("Write the day, as 2026-04-01 or R8.4.1."))
    return day

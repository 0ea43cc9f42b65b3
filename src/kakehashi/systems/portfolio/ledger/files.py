"""Many entries from a table (CSV): every row looked at, everything wrong with each told at once; then all or none.

The heading has ``kind``, ``on``, ``appropriation``, ``amount_yen``, ``reference``, and as wanted ``fiscal_year`` (else
that of the day), ``place``, ``programme``, ``award``, ``institution``, ``to_institution``, ``memo``. Rows take
effect in their order: one may spend what the one before it pays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.fiscal import fiscal_year, parse_recent_date, year_said
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio.ledger.balances import accounts_touched, shift
from kakehashi.systems.portfolio.ledger.booking import book, booked_already, booked_before, written_as
from kakehashi.systems.portfolio.ledger.checking import faults_of
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.told import Named, Told, entry_of
from kakehashi.systems.portfolio.models import Entry
from kakehashi.systems.portfolio.uploads import text_of

NEEDED = ("kind", "on", "appropriation", "amount_yen", "reference")
WANTED = ("fiscal_year", "place", "programme", "award", "institution", "to_institution", "memo")
TEXTS = ("kind", "appropriation", "reference", "place", "programme", "award", "institution", "to_institution", "memo")
LARGEST_MB = 10
MOST = 50_000
STEP = 1_000


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
    reader = csv.DictReader(io.StringIO(text_of(content, largest_mb=LARGEST_MB)), restkey="", restval="")
    try:
        head = [name.strip() for name in reader.fieldnames or ()]
        _insist_on(head)
        reader.fieldnames = head
        rows = [_row(reader.line_num, cells) for cells in islice(reader, MOST + 1)]
    except csv.Error as error:
        said = _("Line %(line)d is no CSV.") % {"line": reader.line_num}
        raise Invalid({"file": [said]}) from error
    if not rows:
        raise Invalid({"file": [_("The file holds no entry.")]})
    if len(rows) > MOST:
        raise Invalid({"file": [_("The file holds more than %(most)s entries: part it.") % {"most": f"{MOST:,}"}]})
    return rows


def _insist_on(head: Sequence[str]) -> None:
    """Raise Invalid for a heading that is not as it must be."""
    faults = []
    if missing := [name for name in NEEDED if name not in head]:
        faults.append(_("The heading lacks %(columns)s.") % {"columns": ", ".join(missing)})
    if strange := [name for name in head if name not in (*NEEDED, *WANTED)]:
        said = _("The heading has %(columns)s; it may have %(known)s.")
        faults.append(said % {"columns": ", ".join(strange), "known": ", ".join((*NEEDED, *WANTED))})
    if twice := sorted({name for name in head if head.count(name) > 1}):
        faults.append(_("The heading has %(columns)s twice.") % {"columns": ", ".join(twice)})
    if faults:
        raise Invalid({"file": faults})


def _row(line: int, cells: dict[str, str]) -> Row:
    row = Row(line, {name: value for name, value in cells.items() if name})
    if "" in cells:
        row.faults.append(_("The line has more cells than the heading."))
    day = year = yen = None
    try:
        day = parse_recent_date(cells["on"])
    except ValueError:
        row.faults.append(_("on: “%(text)s” is no day: write it as 2026-04-01 or R8.4.1.") % {"text": cells["on"]})
    written = cells.get("fiscal_year", "").strip()
    if not written:
        year = fiscal_year(day) if day else None
    elif (year := year_said(written)) is None:
        row.faults.append(_("fiscal_year: “%(text)s” is no year of four digits.") % {"text": written})
    amount = cells["amount_yen"].strip().replace(",", "")
    if amount.isascii() and amount.isdigit() and len(amount) <= 18:
        yen = int(amount)
    else:
        row.faults.append(_("amount_yen: “%(text)s” is no whole number of yen.") % {"text": cells["amount_yen"]})
    if day is not None and year is not None and yen is not None:
        texts = {name: cells.get(name, "").strip() for name in TEXTS}
        row.told = Told(on=day, fiscal_year=year, amount_yen=yen, **texts)
    return row

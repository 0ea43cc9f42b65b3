"""A small CSV file of which all rows are written or none: read whole, each row with its line and its cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid

LARGEST_MB = 2
MOST = 2_000
QUOTED = ("'=", "'+", "'-", "'@")
"""How a cell begins that was quoted on its way out, so that no spreadsheet runs it as a formula."""


def text_of(content: bytes) -> str:
    """A file's text. Raises Invalid (under ``file``) for one that is too large or not UTF-8."""
    if len(content) > LARGEST_MB * 1024 * 1024:
        raise Invalid({"file": [_("The file is larger than %(most)d MB: part it.") % {"most": LARGEST_MB}]})
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError as error:
        said = _("The file is not UTF-8 (byte %(byte)d): save it as UTF-8.") % {"byte": error.start}
        raise Invalid({"file": [said]}) from error


def rows_of(text: str) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """The heading, and each row's line and cells by column; cells beyond the heading under "". Raises Invalid."""
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="")
    try:
        head = tuple(name.strip() for name in reader.fieldnames or ())
        reader.fieldnames = head
        rows = [(reader.line_num, {name: _cell(cell) for name, cell in row.items()}) for row in reader]
    except csv.Error as error:
        said = _("Line %(line)d is no CSV.") % {"line": reader.line_num}
        raise Invalid({"file": [said]}) from error
    if not rows:
        raise Invalid({"file": [_("The file holds no row.")]})
    if len(rows) > MOST:
        raise Invalid({"file": [_("The file holds more than %(most)s rows: part it.") % {"most": f"{MOST:,}"}]})
    return head, rows


def insist_on(head: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> None:
    """Raise Invalid for a heading that lacks a column, has a strange one, or one twice."""
    faults = []
    if missing := [name for name in needed if name not in head]:
        faults.append(_("The heading lacks %(columns)s.") % {"columns": ", ".join(missing)})
    if strange := [name for name in head if name not in known]:
        said = _("The heading has %(columns)s; it may have %(known)s.")
        faults.append(said % {"columns": ", ".join(strange), "known": ", ".join(known)})
    if twice := sorted({name for name in head if head.count(name) > 1}):
        faults.append(_("The heading has %(columns)s twice.") % {"columns": ", ".join(twice)})
    if faults:
        raise Invalid({"file": faults})


def _cell(cell: str | list[str]) -> str:
    """A cell's text; what stands beyond the heading is told by being there."""
    text = (cell if isinstance(cell, str) else "…").strip()
    return text[1:] if text.startswith(QUOTED) else text

"""CSV: a heading with ``kind``, ``reference``, ``on``, and as wanted ``title``, ``title_en``, ``where``, ``awards``,
``top_journal`` (1 or 0), ``sureness`` (expected, final), ``evidence_url``, ``evidence``."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.models import OutputState
from kakehashi.systems.portfolio.outputs.actions import NewOutput
from kakehashi.systems.portfolio.outputs.reading.entries import Entry, day_of, parts_of

NEEDED = ("kind", "reference", "on")
TEXTS = ("title", "title_en", "where", "evidence_url", "evidence")
KNOWN = (*NEEDED, *TEXTS, "awards", "top_journal", "sureness")


def read(text: str) -> list[Entry]:
    """The rows of the table. Raises ValueError for a heading that is not as above."""
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="")
    try:
        head = [name.strip() for name in reader.fieldnames or ()]
        _insist_on(head)
        reader.fieldnames = head
        return [_entry(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(_("Line %(line)d is no CSV.") % {"line": reader.line_num}) from error


def _insist_on(head: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in head]:
        raise ValueError(_("The heading lacks %(columns)s.") % {"columns": ", ".join(missing)})
    if strange := [name for name in head if name not in KNOWN]:
        said = _("The heading has %(columns)s; it may have %(known)s.")
        raise ValueError(said % {"columns": ", ".join(strange), "known": ", ".join(KNOWN)})


def _entry(line: int, row: dict[str, str]) -> Entry:
    if "" in row:
        return Entry(line, None, problem=_("The line has more cells than the heading."))
    try:
        on, note = day_of(parts_of(row["on"]))
    except ValueError as error:
        return Entry(line, None, problem=str(error))
    told = NewOutput(
        kind=row["kind"].strip(),
        reference=row["reference"],
        on=on,
        top_journal=row.get("top_journal", "").strip() == "1",
        sureness=row.get("sureness", "").strip() or OutputState.FINAL,
        **{name: row[name] for name in TEXTS if name in row},
    )
    return Entry(line, told, tuple(row.get("awards", "").replace(",", " ").replace(";", " ").split()), note)

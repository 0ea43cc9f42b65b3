"""Outputs out of files: CSV, BibTeX, Crossref's JSON. ``read`` answers what each entry tells."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.portfolio.outputs.reading import bibtex, crossref, tables
from kakehashi.systems.portfolio.outputs.reading.entries import Entry

READERS: dict[str, Callable[[str], list[Entry]]] = {
    "csv": tables.read,
    "bibtex": bibtex.read,
    "crossref": crossref.read,
}
LARGEST_MB = 5
MOST = 20_000


def read(content: bytes, shape: str) -> list[Entry]:
    """The entries of a file. Raises Invalid (under ``file``) for one that is too large or cannot be read at all."""
    if len(content) > LARGEST_MB * 1024 * 1024:
        raise Invalid({"file": [_("The file is larger than %(most)d MB: part it.") % {"most": LARGEST_MB}]})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("The file is not UTF-8 (byte %(byte)d): save it as UTF-8.") % {"byte": error.start}
        raise Invalid({"file": [said]}) from error
    try:
        entries = READERS[shape](text)
    except ValueError as error:
        raise Invalid({"file": [str(error)]}) from error
    if not entries:
        raise Invalid({"file": [_("The file holds no entry.")]})
    if len(entries) > MOST:
        raise Invalid({"file": [_("The file holds more than %(most)s entries: part it.") % {"most": f"{MOST:,}"}]})
    return entries

"""Outputs out of files: CSV, BibTeX, Crossref's JSON. ``read`` answers what each entry tells."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.portfolio.outputs.reading import bibtex, crossref, tables
from kakehashi.systems.portfolio.outputs.reading.entries import Entry
from kakehashi.systems.portfolio.uploads import text_of

LARGEST_MB = 5
MOST = 20_000
READERS: dict[str, Callable[[str], list[Entry]]] = {
    "csv": partial(tables.read, most=MOST),
    "bibtex": bibtex.read,
    "crossref": crossref.read,
}


def read(content: bytes, shape: str) -> list[Entry]:
    """The entries of a file. Raises Invalid (under ``file``) for one that is too large or cannot be read at all."""
    text = text_of(content, largest_mb=LARGEST_MB)
    try:
        entries = READERS[shape](text)
    except ValueError as error:
        raise Invalid({"file": [str(error)]}) from error
    if not entries:
        raise Invalid({"file": [_("The file holds no entry.")]})
    if len(entries) > MOST:
        raise Invalid({"file": [_("The file holds more than %(most)s entries: part it.") % {"most": f"{MOST:,}"}]})
    return entries

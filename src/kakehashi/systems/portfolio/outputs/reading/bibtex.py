"""BibTeX and biblatex: papers and datasets by their ``doi``, patents by their ``number``; awards wherever a field that
is no title names their numbers."""

from __future__ import annotations

from bibtexparser import middlewares
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry as Block
from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.models import OutputKind
from kakehashi.systems.portfolio.outputs.actions import NewOutput
from kakehashi.systems.portfolio.outputs.reading.entries import Entry, day_of, parts_of, titles
from kakehashi.systems.portfolio.outputs.recognising import numbers_in

KINDS = {"dataset": OutputKind.DATASET, "patent": OutputKind.PATENT}
WITHOUT_NUMBERS = ("title", "abstract", "doi", "url")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read(text: str) -> list[Entry]:
    """The entries of a file; what is no BibTeX stands among them with its line."""
    layers = [middlewares.NormalizeFieldKeys(), middlewares.LatexDecodingMiddleware()]
    library = parse_string(text, append_middleware=layers)
    broken = [
        Entry((block.start_line or 0) + 1, None, problem=_("This is no BibTeX.")) for block in library.failed_blocks
    ]
    return sorted([*(_entry(block) for block in library.entries), *broken], key=lambda one: one.place)


def _entry(block: Block) -> Entry:
    line = (block.start_line or 0) + 1
    said = {field.key: str(field.value).strip() for field in block.fields}
    kind = KINDS.get(block.entry_type.lower(), OutputKind.PAPER)
    reference = said.get("number" if kind == OutputKind.PATENT else "doi", "")
    if not reference:
        wanted = "number" if kind == OutputKind.PATENT else "doi"
        return Entry(line, None, problem=_("The entry has no %(field)s.") % {"field": wanted})
    try:
        on, note = day_of(_parts(said))
    except ValueError as error:
        return Entry(line, None, problem=str(error))
    title, title_en = titles(said.get("title", "").replace("{", "").replace("}", ""))
    told = NewOutput(
        kind=kind,
        reference=reference,
        on=on,
        where=said.get("journal") or said.get("journaltitle") or said.get("booktitle") or said.get("publisher") or "",
        title=title,
        title_en=title_en,
    )
    named = " ".join(text for key, text in said.items() if key not in WITHOUT_NUMBERS)
    return Entry(line, told, tuple(numbers_in(named)), note)


def _parts(said: dict[str, str]) -> list[int]:
    """The date of an entry: biblatex's ``date``, else ``year`` and ``month``. Raises ValueError."""
    if said.get("date"):
        return parts_of(said["date"].partition("/")[0])
    if not said.get("year"):
        return []
    month = said.get("month", "").lower()[:3]
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month) if month.isascii() and month.isdigit() else 0
    return parts_of(said["year"]) + ([number] if number else [])

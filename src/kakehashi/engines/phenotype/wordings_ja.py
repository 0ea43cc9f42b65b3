"""The project's own Japanese wordings of common findings (`wordings_ja.tsv`), so that a clinician finds けいれん or
小頭症 with any release and before any label table is installed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from kakehashi.engines.phenotype.obo import term_number
from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines

FILE = Path(__file__).with_name("wordings_ja.tsv")
COLUMNS = ("id", "label", "instead", "wordings")


@dataclass(frozen=True, slots=True)
class Wordings:
    """How clinicians write one finding. `label` is its English label when the row was written, for the reader of the
    file; `instead` says that the first wording replaces the label table's, which is wrong there.
    """

    number: int
    label: str
    instead: bool
    texts: tuple[str, ...]


def version() -> str:
    """Eight hexadecimal digits that change with the file's content."""
    return f"{zlib.crc32(FILE.read_bytes()):08x}"


def read_wordings() -> list[Wordings]:
    """All rows of the file. Errors: ParseError."""
    return parse_wordings(FILE.read_bytes(), source=FILE.name)


def parse_wordings(data: bytes, *, source: str) -> list[Wordings]:
    """All rows in `data`: id, English label, "instead" or nothing, wordings between bars. Errors: ParseError."""
    rows: list[Wordings] = []
    for line_number, line in lines(data, source=source):
        cells = tuple(line.split("\t"))
        if not line or line.startswith("#") or cells == COLUMNS:
            continue
        number = term_number(cells[0])
        if len(cells) != len(COLUMNS) or number is None or cells[2] not in ("", "instead") or not cells[3]:
            raise ParseError(
                source,
                line_number,
                "expected id, label, 'instead' or nothing, and wordings between bars",
                "id・ラベル・instead（または空欄）・縦線区切りの語が必要です。",
            )
        rows.append(Wordings(number, cells[1], cells[2] == "instead", tuple(cells[3].split("|"))))
    return rows

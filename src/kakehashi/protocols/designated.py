"""The list of designated intractable diseases of Japan as a CSV file: one disease a row, read whole or not at all.

The ministry publishes the list as a document; a hospital keeps it as a table. Named columns, in any order, under their
Japanese headings too: number, name_ja, and where known name_en, references (several in a cell) or omim, orpha, mondo.
Comma or tab between columns, UTF-8 or Shift_JIS (as Excel saves it).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kakehashi.protocols.phenopacket.problems import Problem, Wording

MAX_MIB: Final = 4
MAX_PROBLEMS: Final = 100
NUMBER: Final = re.compile(r"[1-9]\d{0,3}(?:-\d{1,2})?", re.ASCII)
HEADINGS: Final = {
    "number": ("number", "no", "no.", "番号", "告示番号", "疾病番号"),
    "name_ja": ("name_ja", "ja", "病名", "疾病名", "疾患名", "告示病名", "指定難病名"),
    "name_en": ("name_en", "en", "英語名", "英語病名", "英名"),
    "references": ("references", "ids", "参照", "外部id"),
    "omim": ("omim", "mim", "omim_id"),
    "orpha": ("orpha", "orphanet", "orpha_id", "orphacode"),
    "mondo": ("mondo", "mondo_id"),
}
_WRITTEN_NUMBER: Final = re.compile(
    r"(?:指定難病|告示番号?|第|No\.?|designated disease|NANBYO:|\s)*(\d{1,4}(?:-\d{1,2})?)\s*号?",
    re.IGNORECASE | re.ASCII,
)
_SOURCES: Final = {"OMIM": r"\d{6}", "ORPHA": r"\d{1,7}", "MONDO": r"\d{7}"}
_ALSO: Final = {"MIM": "OMIM", "ORPHANET": "ORPHA"}
_MOST: Final = {"number": 20, "name_ja": 200, "name_en": 300}


@dataclass(frozen=True, slots=True)
class DesignatedRow:
    """A disease of the list. ``references``: ids of the same disease elsewhere ("OMIM:154700", "ORPHA:558")."""

    number: str
    name_ja: str
    name_en: str = ""
    references: tuple[str, ...] = ()


class DesignatedListError(ValueError):
    """A file that is no such list; ``problems`` say line, column and what to do, ``cut``: there are more than these."""

    def __init__(self, *problems: Problem, cut: bool = False) -> None:
        super().__init__("; ".join(f"line {one.line}: {one.en}" if one.line else one.en for one in problems))
        self.problems = problems
        self.cut = cut


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


WORDS: Final[dict[str, Wording]] = {
    "too-large": _error(
        "the file is larger than {limit} MiB",
        "ファイルが {limit} MiB を超えています",
        "the list has some hundred rows; give that table alone",
        "指定難病は数百件です。その一覧だけのファイルにしてください",
    ),
    "encoding": _error(
        "the file is neither UTF-8 nor Shift_JIS text",
        "UTF-8 でも Shift_JIS でもないファイルです",
        "save the table as CSV, not as a workbook",
        "ブック形式ではなく CSV で保存してください",
    ),
    "columns": _error(
        "the column {missing} is missing",
        "列「{missing}」がありません",
        "the first line names the columns: number,name_ja,name_en,references",
        "1 行目に列名を number,name_ja,name_en,references のように記載してください",
    ),
    "empty": _error(
        "the file holds no disease",
        "疾病が 1 件も記載されていません",
        "give one row a disease beneath the headings",
        "見出しの下に 1 行に 1 疾病ずつ記載してください",
    ),
    "number": _error(
        '"{value}" is no number of the list',
        "「{value}」は告示番号ではありません",
        "write the number alone, such as 167",
        "167 のように番号だけを記載してください",
    ),
    "twice": _error(
        "the number {value} stands in line {before} already",
        "番号 {value} は {before} 行目にもあります",
        "remove one of the two, or correct its number",
        "どちらかを削除するか、番号を直してください",
    ),
    "name": _error(
        "the disease has no Japanese name",
        "病名が空欄です",
        "write the name as the list has it",
        "告示の病名を記載してください",
    ),
    "too-long": _error(
        "the value has more than {limit} characters",
        "{limit} 文字を超えています",
        "check that the columns are parted as the headings say",
        "列の区切りが見出しと合っているか確認してください",
    ),
    "reference": _error(
        '"{value}" is no id of OMIM, Orphanet or MONDO',
        "「{value}」は OMIM・Orphanet・MONDO の ID ではありません",
        "write OMIM:154700, ORPHA:558 or MONDO:0007947, several parted by a semicolon",
        "OMIM:154700、ORPHA:558、MONDO:0007947 のように記載し、複数あるときはセミコロンで区切ってください",
    ),
}


def read_designated(data: bytes) -> list[DesignatedRow]:
    """The diseases of the list, in its order. Raises DesignatedListError with all that is wrong (MAX_PROBLEMS)."""
    text = _decoded(data)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
    problems: list[Problem] = []
    found: list[DesignatedRow] = []
    lines: dict[str, int] = {}
    try:
        places = _columns(next(rows, []))
        for cells in rows:
            line = rows.line_num
            if not any(cell.strip() for cell in cells):
                continue
            said = {name: _plain(cells[place]) if place < len(cells) else "" for name, place in places.items()}
            row, wrong = _row(said, line)
            if row.number in lines and not wrong:
                wrong.append(_problem("twice", "number", line, value=row.number, before=lines[row.number]))
            lines.setdefault(row.number, line)
            problems += wrong
            found.append(row)
            if len(problems) > MAX_PROBLEMS:
                break
    except csv.Error:
        problems.append(_problem("encoding", "", rows.line_num))
    if not problems and not found:
        problems.append(_problem("empty", "", None))
    if problems:
        raise DesignatedListError(*problems[:MAX_PROBLEMS], cut=len(problems) > MAX_PROBLEMS)
    return found


def plain_number(text: str) -> str:
    """The number that a person wrote: "指定難病１６７", "No. 167", "167" → "167"; as it stands where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _WRITTEN_NUMBER.fullmatch(plain)
    return found[1].lstrip("0") or plain if found else plain


def _decoded(data: bytes) -> str:
    if len(data) > MAX_MIB * 1024 * 1024:
        raise DesignatedListError(_problem("too-large", "", None, limit=MAX_MIB))
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DesignatedListError(_problem("encoding", "", None))


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each column stands. Raises DesignatedListError naming those that are missing."""
    written = [_plain(one).casefold().replace(" ", "_") for one in headings]
    places = {
        name: at
        for name, words in HEADINGS.items()
        if (at := next((written.index(w) for w in words if w in written), -1)) >= 0
    }
    missing = [name for name in ("number", "name_ja") if name not in places]
    if missing:
        raise DesignatedListError(_problem("columns", "", 1, missing=", ".join(missing)))
    return places


def _row(said: dict[str, str], line: int) -> tuple[DesignatedRow, list[Problem]]:
    problems = []
    number = plain_number(said["number"])
    if not NUMBER.fullmatch(number):
        problems.append(_problem("number", "number", line, value=said["number"]))
    if not said["name_ja"]:
        problems.append(_problem("name", "name_ja", line))
    for column, most in _MOST.items():
        if len(said.get(column, "")) > most:
            problems.append(_problem("too-long", column, line, limit=most))
    references: list[str] = []
    for column, written in _references(said):
        source, _colon, rest = written.rpartition(":")
        source = source.strip().upper() or column.upper()
        source = _ALSO.get(source, source)
        if re.fullmatch(_SOURCES.get(source, r"(?!)"), rest.strip(), re.ASCII):
            references.append(f"{source}:{rest.strip()}")
        else:
            problems.append(_problem("reference", column, line, value=written))
    return DesignatedRow(number, said["name_ja"], said.get("name_en", ""), tuple(dict.fromkeys(references))), problems


def _references(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in ("references", "omim", "orpha", "mondo"):
        for written in re.split(r"[;|,、，\s]+", re.sub(r"\s*:\s*", ":", said.get(column, ""))):
            if written:
                yield column, written


def _plain(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).split())


def _problem(code: str, column: str, line: int | None, **values: object) -> Problem:
    return WORDS[code].problem(code, column, **values).at_line(line)

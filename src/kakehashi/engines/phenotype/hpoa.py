"""Reader of phenotype.hpoa, the disease annotations of the HPO (format of 2023 onwards, twelve columns).

https://obophenotype.github.io/human-phenotype-ontology/annotations/phenotype_hpoa/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kakehashi.engines.phenotype.obo import term_number
from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines, read_bytes

COLUMNS = (
    "database_id",
    "disease_name",
    "qualifier",
    "hpo_id",
    "reference",
    "evidence",
    "onset",
    "frequency",
    "sex",
    "modifier",
    "aspect",
    "biocuration",
)
ASPECTS = ("P", "I", "C", "M", "H")  # phenotype, inheritance, clinical course, modifier, past medical history
EVIDENCES = ("IEA", "PCS", "TAS", "ICE")  # ICE (individual clinical experience) only in older releases
SEXES = ("", "MALE", "FEMALE")

# HPO frequency terms as the middle of the band they stand for (HP:0040279's children).
FREQUENCY_TERMS = {
    40280: 1.0,  # obligate, 100 %
    40281: 0.895,  # very frequent, 80–99 %
    40282: 0.545,  # frequent, 30–79 %
    40283: 0.17,  # occasional, 5–29 %
    40284: 0.025,  # very rare, 1–4 %
    40285: 0.0,  # excluded, 0 %
}

_DISEASE_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*:[A-Za-z0-9._-]+\Z")
_COUNT = re.compile(r"(\d{1,9})/(\d{1,9})\Z")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)%\Z")


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a finding was seen in a disease.

    kind "count": `numerator` of `denominator` patients; "percent" and "term": `value` alone (0–1); "none": not given.
    `value` is None only for "none".
    """

    kind: str
    value: float | None
    numerator: int = 0
    denominator: int = 0


NOT_GIVEN = Frequency("none", None)


class Annotation(NamedTuple):
    """One row; terms are numbers (1250 for HP:0001250), `onset` 0 where it is not given.

    A tuple, as there are hundreds of thousands.
    """

    line: int
    disease_id: str
    disease_name: str
    negated: bool
    term: int
    references: tuple[str, ...]
    evidence: str
    onset: int
    frequency: Frequency
    sex: str
    modifiers: tuple[int, ...]
    aspect: str
    biocuration: str


@dataclass(slots=True)
class HpoaDocument:
    """A whole phenotype.hpoa: its version ("2025-01-16", "" when not said) and its rows in file order."""

    version: str
    rows: list[Annotation]


def read_hpoa(path: Path) -> HpoaDocument:
    """The annotations of the phenotype.hpoa at `path` (plain or gzip). Errors: ParseError with file and line."""
    return parse_hpoa(read_bytes(path), source=path.name)


def parse_hpoa(data: bytes, *, source: str = "phenotype.hpoa") -> HpoaDocument:
    """The annotations in `data`, every column checked. Errors: ParseError with `source` and line."""
    document = HpoaDocument(version="", rows=[])
    header_seen = False
    frequencies: dict[str, Frequency] = {}
    references: dict[str, tuple[str, ...]] = {}
    for number, line in lines(data, source=source):
        if not line:
            continue
        if line.startswith("#"):
            name, _, value = line.lstrip("#").partition(":")
            if name.strip() in ("version", "date"):
                document.version = value.strip()
            continue
        cells = line.split("\t")
        if not header_seen:
            if tuple(cells) != COLUMNS:
                raise ParseError(
                    source,
                    number,
                    f"the column names are not those of phenotype.hpoa ({', '.join(COLUMNS)})",
                    f"列名が phenotype.hpoa のもの（{', '.join(COLUMNS)}）と違います。",
                )
            header_seen = True
            continue
        if len(cells) != len(COLUMNS):
            raise ParseError(
                source,
                number,
                f"number of columns: {len(cells)} instead of {len(COLUMNS)}",
                f"列が {len(COLUMNS)} ではなく {len(cells)} あります。",
            )
        document.rows.append(_row(cells, number, source, frequencies, references))
    if not header_seen:
        raise ParseError(
            source, 0, "holds no header line; is this phenotype.hpoa?", "見出し行がありません。phenotype.hpoa ですか。"
        )
    if not document.rows:
        raise ParseError(source, 0, "holds no annotation", "注釈が一行もありません。")
    return document


def _row(
    cells: list[str],
    line: int,
    source: str,
    frequencies: dict[str, Frequency],
    references: dict[str, tuple[str, ...]],
) -> Annotation:
    disease, name, qualifier, term, reference, evidence, onset, frequency, sex, modifier, aspect, biocuration = cells
    if not _DISEASE_ID.match(disease):
        raise _bad(source, line, "database_id", disease, "an id such as OMIM:154700", "OMIM:154700 のような id")
    if qualifier not in ("", "NOT"):
        raise _bad(source, line, "qualifier", qualifier, "empty or NOT", "空欄または NOT")
    if evidence not in EVIDENCES:
        raise _bad(source, line, "evidence", evidence, "one of IEA, PCS, TAS, ICE", "IEA・PCS・TAS・ICE のいずれか")
    if sex.upper() not in SEXES:
        raise _bad(source, line, "sex", sex, "empty, MALE or FEMALE", "空欄・MALE・FEMALE のいずれか")
    if aspect not in ASPECTS:
        raise _bad(source, line, "aspect", aspect, "one of P, I, C, M, H", "P・I・C・M・H のいずれか")
    if frequency not in frequencies:
        frequencies[frequency] = parse_frequency(frequency, source=source, line=line)
    if reference not in references:
        references[reference] = tuple(dict.fromkeys(part.strip() for part in reference.split(";") if part.strip()))
    return Annotation(
        line=line,
        disease_id=disease,
        disease_name=name.strip(),
        negated=qualifier == "NOT",
        term=_term(term, "hpo_id", source, line),
        references=references[reference],
        evidence=evidence,
        onset=_term(onset, "onset", source, line) if onset else 0,
        frequency=frequencies[frequency],
        sex=sex.upper(),
        modifiers=_terms(modifier, "modifier", source, line) if modifier else (),
        aspect=aspect,
        biocuration=biocuration,
    )


def parse_frequency(text: str, *, source: str = "phenotype.hpoa", line: int = 0) -> Frequency:
    """The frequency column: empty, "3/7", "45%" or an HPO frequency term. Errors: ParseError."""
    if not text:
        return NOT_GIVEN
    if found := _COUNT.match(text):
        numerator, denominator = int(found.group(1)), int(found.group(2))
        if denominator and numerator <= denominator:
            return Frequency("count", numerator / denominator, numerator, denominator)
    elif found := _PERCENT.match(text):
        value = float(found.group(1)) / 100
        if value <= 1:
            return Frequency("percent", value)
    else:
        number = term_number(text)
        if number in FREQUENCY_TERMS:
            return Frequency("term", FREQUENCY_TERMS[number])
    raise _bad(
        source,
        line,
        "frequency",
        text,
        "3/7 (seen/examined), 45% or a frequency term such as HP:0040282",
        "3/7（有所見数/検査数）、45%、または HP:0040282 のような頻度の用語",
    )


def _term(text: str, column: str, source: str, line: int) -> int:
    number = term_number(text)
    if number is None:
        raise _bad(source, line, column, text, "an HPO id such as HP:0001250", "HP:0001250 のような HPO の id")
    return number


def _terms(text: str, column: str, source: str, line: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_term(part, column, source, line) for part in text.split(";") if part))


def _bad(source: str, line: int, column: str, value: str, wanted_en: str, wanted_ja: str) -> ParseError:
    return ParseError(
        source,
        line,
        f"{column} is {value[:60]!r}, expected {wanted_en}",
        f"{column} が {value[:60]!r} です。{wanted_ja}が必要です。",
    )

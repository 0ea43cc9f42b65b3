"""The field's own bilingual terms (`terms.tsv`): several hundred concepts, with the wordings of both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("terms.tsv")
NO_SUBJECTS = ("stage", "programme")
KINDS = ("stage", "modality", "method", "organ", "target", "disease", "programme", "finding")


@dataclass(frozen=True, slots=True)
class Term:
    """One concept. ``kind`` is one of KINDS."""

    kind: str
    ja: tuple[str, ...]
    en: tuple[str, ...]


def read_terms(data: str | None = None) -> list[Term]:
    """All rows of the table, or of `data` in its form. Errors: ValueError naming the line."""
    rows: list[Term] = []
    text = FILE.read_text(encoding="utf-8") if data is None else data
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#") or line == "kind\tja\ten":
            continue
        cells = line.split("\t")
        if len(cells) != 3 or cells[0] not in KINDS or not (cells[1] and cells[2]):
            raise ValueError(f"{FILE.name}, line {number}: expected kind, Japanese wordings and English wordings")
        rows.append(Term(cells[0], tuple(cells[1].split("|")), tuple(cells[2].split("|"))))
    return rows


def without(terms: Iterable[Term], wordings: Iterable[str]) -> list[Term]:
    """The terms none of whose wordings is one of `wordings` (any case)."""
    left_out = {wording.casefold() for wording in wordings}
    return [term for term in terms if not left_out & {one.casefold() for one in (*term.ja, *term.en)}]

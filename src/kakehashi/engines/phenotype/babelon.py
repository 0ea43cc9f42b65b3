"""Reader of Babelon TSV, the translation tables of HPO and other ontologies (https://github.com/monarch-initiative/babelon).

Only rows with a translation are kept; rows marked NOT_TRANSLATED or valued "NA" are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines, read_bytes

_NEEDED = ("translation_language", "subject_id", "predicate_id", "translation_value", "translation_status")
_LABEL = "rdfs:label"
_SYNONYM_SCOPES = {
    "oboInOwl:hasExactSynonym": "EXACT",
    "oboInOwl:hasBroadSynonym": "BROAD",
    "oboInOwl:hasNarrowSynonym": "NARROW",
    "oboInOwl:hasRelatedSynonym": "RELATED",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """A label (`scope` "") or a synonym (`scope` EXACT …) of `subject_id` in `language`."""

    subject_id: str
    language: str
    text: str
    scope: str
    status: str


@dataclass(slots=True)
class BabelonDocument:
    """The translated rows and the release of the ontology they were made for ("" when not said)."""

    release: str
    rows: list[Translation]


def read_babelon(path: Path, *, language: str = "ja") -> BabelonDocument:
    """The translations into `language` of the table at `path` (plain or gzip). Errors: ParseError."""
    return parse_babelon(read_bytes(path), source=path.name, language=language)


def parse_babelon(data: bytes, *, source: str = "hp-ja.babelon.tsv", language: str = "ja") -> BabelonDocument:
    """The translations into `language` in `data`; definitions are not kept. Errors: ParseError with line."""
    document = BabelonDocument(release="", rows=[])
    place: dict[str, int] | None = None
    for number, line in lines(data, source=source):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if place is None:
            place = {name: index for index, name in enumerate(cells)}
            missing = [name for name in _NEEDED if name not in place]
            if missing:
                raise ParseError(
                    source,
                    number,
                    f"is no Babelon table: the column {missing[0]} is missing",
                    f"Babelon の表ではありません。列 {missing[0]} がありません。",
                )
            continue
        if len(cells) != len(place):
            raise ParseError(
                source,
                number,
                f"number of columns: {len(cells)} instead of {len(place)}",
                f"列が {len(place)} ではなく {len(cells)} あります。",
            )
        version = cells[place["source_version"]] if "source_version" in place else ""
        if version and not document.release:
            document.release = version.removesuffix("/hp.owl").rsplit("/", 1)[-1]
        _add(document.rows, cells, place, language)
    if place is None:
        raise ParseError(
            source, 0, "holds no header line; is this a Babelon TSV?", "見出し行がありません。Babelon TSV ですか。"
        )
    return document


def _add(rows: list[Translation], cells: list[str], place: dict[str, int], language: str) -> None:
    text = cells[place["translation_value"]].strip()
    status = cells[place["translation_status"]].strip()
    predicate = cells[place["predicate_id"]].strip()
    scope = "" if predicate == _LABEL else _SYNONYM_SCOPES.get(predicate)
    if (
        scope is None
        or text in ("", "NA")
        or status == "NOT_TRANSLATED"
        or cells[place["translation_language"]].strip() != language
    ):
        return
    rows.append(Translation(cells[place["subject_id"]].strip(), language, text, scope, status))

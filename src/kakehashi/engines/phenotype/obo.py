"""Reader of hp.obo (OBO flat file format 1.4): the terms of the Human Phenotype Ontology.

Only what the engine uses is kept: id, name, definition, synonyms with scope and type, alternative ids, parents,
obsoletion with its replacements. Other tags, other stanzas and other ontologies' terms are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines, read_bytes

SCOPES = ("EXACT", "BROAD", "NARROW", "RELATED")

_TERM_ID = re.compile(r"HP:(\d{7})\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another wording of a term. `scope` is one of SCOPES, `kind` the synonym type ("layperson", …) or ""."""

    text: str
    scope: str
    kind: str = ""
    language: str = "en"


@dataclass(slots=True)
class OboTerm:
    """One [Term] stanza; ids are numbers (1250 for HP:0001250), `line` is where its id stands."""

    number: int
    line: int
    name: str = ""
    definition: str = ""
    synonyms: list[Synonym] = field(default_factory=list)
    alternative_numbers: list[int] = field(default_factory=list)
    parent_numbers: list[int] = field(default_factory=list)
    is_obsolete: bool = False
    replaced_by: list[int] = field(default_factory=list)
    consider: list[int] = field(default_factory=list)


@dataclass(slots=True)
class OboDocument:
    """A whole hp.obo: its release date ("2025-01-16", "" when not said) and its terms in file order."""

    release: str
    terms: list[OboTerm]


def term_number(text: str) -> int | None:
    """1250 of "HP:0001250"; None when `text` is no HPO id in its canonical form."""
    found = _TERM_ID.match(text)
    return int(found.group(1)) if found else None


def read_obo(path: Path) -> OboDocument:
    """The terms of the hp.obo at `path` (plain or gzip). Errors: ParseError with file and line."""
    return parse_obo(read_bytes(path), source=path.name)


def parse_obo(data: bytes, *, source: str = "hp.obo") -> OboDocument:
    """The terms in `data`. Errors: ParseError with `source` and line.

    Checked: every term has a name, ids are not given twice, parents exist and are current.
    Cycles are found where the ontology is ordered (`compile.topological_order`).
    """
    document = OboDocument(release="", terms=[])
    stanza = ""
    term: OboTerm | None = None
    for number, line in lines(data, source=source):
        if line.startswith("["):
            stanza, term = line.strip(), None
            continue
        tag, colon, value = line.partition(":")
        if not colon:
            if line.strip() and not line.startswith("!"):
                raise ParseError(
                    source, number, f"expected 'tag: value', got {line[:60]!r}", "「tag: value」の形ではありません。"
                )
            continue
        value = value.strip()
        if stanza == "":
            if tag == "data-version":
                document.release = value.removeprefix("hp/releases/").removesuffix("/hp.obo").strip("/")
        elif stanza == "[Term]":
            if tag == "id":
                if term is not None:
                    raise ParseError(
                        source, number, "a second id in one [Term]", "一つの [Term] に id が二つあります。"
                    )
                own = term_number(value)
                if own is None:
                    if value.startswith("HP:"):
                        raise ParseError(
                            source, number, f"{value!r} is no HPO id", f"{value!r} は HPO の id ではありません。"
                        )
                    stanza = "[other ontology]"
                    continue
                term = OboTerm(number=own, line=number)
                document.terms.append(term)
            elif term is None:
                raise ParseError(
                    source, number, "[Term] must begin with its id", "[Term] は id から始まる必要があります。"
                )
            else:
                _read_tag(term, tag, value, source, number)
    _check(document, source)
    return document


def _read_tag(term: OboTerm, tag: str, value: str, source: str, line: int) -> None:
    if tag == "name":
        term.name = _unescape(value)
    elif tag == "def":
        term.definition = _quoted(value, source, line)[0]
    elif tag == "synonym":
        text, rest = _quoted(value, source, line)
        words = rest.split("[")[0].split()
        scope = words[0] if words and words[0] in SCOPES else "RELATED"
        kind = " ".join(words[1:]) if words and words[0] in SCOPES else ""
        term.synonyms.append(Synonym(text, scope, kind))
    elif tag == "is_obsolete":
        term.is_obsolete = value == "true"
    elif tag in ("is_a", "alt_id", "replaced_by", "consider"):
        target = value.split("!")[0].split("{")[0].strip()
        other = term_number(target)
        if other is None:
            if target.startswith("HP:") or not target:
                raise ParseError(source, line, f"{target!r} is no HPO id", f"{target!r} は HPO の id ではありません。")
            return
        {
            "is_a": term.parent_numbers,
            "alt_id": term.alternative_numbers,
            "replaced_by": term.replaced_by,
            "consider": term.consider,
        }[tag].append(other)


def _quoted(value: str, source: str, line: int) -> tuple[str, str]:
    found = _QUOTED.match(value)
    if not found:
        raise ParseError(source, line, "expected a text in double quotes", "二重引用符で囲まれた文がありません。")
    return _unescape(found.group(1)), value[found.end() :]


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), text)


def _check(document: OboDocument, source: str) -> None:
    seen: dict[int, OboTerm] = {}
    for term in document.terms:
        if term.number in seen:
            raise ParseError(
                source,
                term.line,
                f"HP:{term.number:07d} was already defined in line {seen[term.number].line}",
                f"HP:{term.number:07d} は {seen[term.number].line} 行目ですでに定義されています。",
            )
        if not term.name:
            raise ParseError(
                source, term.line, f"HP:{term.number:07d} has no name", f"HP:{term.number:07d} に name がありません。"
            )
        seen[term.number] = term
    current = {number for number, term in seen.items() if not term.is_obsolete}
    if not current:
        raise ParseError(source, 0, "holds no HPO term; is this hp.obo?", "HPO の用語がありません。hp.obo ですか。")
    for term in document.terms:
        for parent in term.parent_numbers:
            if not term.is_obsolete and parent not in current:
                raise ParseError(
                    source,
                    term.line,
                    f"HP:{term.number:07d} is a child of HP:{parent:07d}, which is not a current term of the file",
                    f"HP:{term.number:07d} の親 HP:{parent:07d} は、このファイルの現行の用語ではありません。",
                )

"""Phenopackets from files: JSON, JSON lines, YAML, each also gzipped, folders and streams.

``documents`` gives what was written (phenopackets, families, cohorts), ``patients`` one phenopacket a patient: the
proband of a family, every member of a cohort. Both are lazy: JSON lines of any length are read in constant memory. A
mistake becomes an ``Entry`` with problems, so that the caller decides whether to go on.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, TypeVar

from kakehashi.protocols.phenopacket.documents import Cohort, Document, Family, Phenopacket
from kakehashi.protocols.phenopacket.jsontext import Tree, decoded, is_whole_json, parse_json
from kakehashi.protocols.phenopacket.problems import PhenopacketError, Problem
from kakehashi.protocols.phenopacket.reading_problems import reading_problem, refused, unreadable
from kakehashi.protocols.phenopacket.sources import SUFFIXES, Bounded, format_of, opened
from kakehashi.protocols.phenopacket.structure import kind_of, read_message, read_tree

MAX_LINE_BYTES: Final = 16 * 2**20
MAX_JSON_BYTES: Final = 256 * 2**20
MAX_YAML_BYTES: Final = 64 * 2**20

_SPACE: Final = b" \t\r\n\xef\xbb\xbf"
_FATAL: Final = {"bad-gzip", "too-packed", "unreadable-file"}

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Entry(Generic[D]):
    """One document of a file, or what is wrong with it. ``path`` is where it lies (``$``, ``$[3]``).

    ``family``: the family that a patient is the proband of, where the file says one.
    """

    source: str
    line: int | None
    path: str
    document: D | None
    problems: tuple[Problem, ...] = ()
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class _Raw:
    """A tree of a file, not yet a document; or the problems that left no tree."""

    line: int | None
    path: str
    tree: Tree = None
    as_text: Callable[[], Tree] | None = None
    problems: tuple[Problem, ...] = ()


def loads(text: str | bytes, *, yaml: bool | None = None) -> Document:
    """The one document in a text, JSON or YAML (``None``: by its first character). Raises PhenopacketError."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    found = list(documents(io.BytesIO(data), "-", form=None if yaml is None else "yaml" if yaml else "json"))
    problems = [problem for entry in found for problem in entry.problems]
    if problems:
        raise PhenopacketError(*problems)
    if len(found) > 1 or found[0].document is None:
        raise unreadable("not-phenopacket", what=f"{len(found)} documents")
    return found[0].document


def documents(
    source: Path | BinaryIO, name: str | None = None, *, form: str | None = None
) -> Iterator[Entry[Document]]:
    """Every document of a file, folder or stream, in order."""
    for label, raw in _raws(source, name, form):
        yield _entry(label, raw, lambda raw: read_tree(raw.tree, raw.as_text))


def patients(
    source: Path | BinaryIO, name: str | None = None, *, form: str | None = None
) -> Iterator[Entry[Phenopacket]]:
    """Every patient of a file, folder or stream, in order; a bad member of a cohort does not hide the others."""
    for label, raw in _raws(source, name, form):
        for part in _split(raw):
            yield _proband(_entry(label, part, _patient))


def _entry(label: str, raw: _Raw, read: Callable[[_Raw], D]) -> Entry[D]:
    problems = raw.problems
    document = None
    if not problems:
        try:
            document = read(raw)
        except PhenopacketError as error:
            problems = error.problems
    placed = tuple(problem.beneath(raw.path).at_line(problem.line or raw.line) for problem in problems)
    return Entry(label, raw.line, raw.path, document, placed)


def _proband(entry: Entry[Phenopacket | Family]) -> Entry[Phenopacket]:
    """A patient's entry: of a family the proband, with the family beside."""
    family = entry.document if isinstance(entry.document, Family) else None
    packet = entry.document.proband if isinstance(entry.document, Family) else entry.document
    return Entry(entry.source, entry.line, entry.path, packet, entry.problems, family)


def _patient(raw: _Raw) -> Phenopacket | Family:
    document = read_tree(raw.tree, raw.as_text)
    if isinstance(document, Family) and document.proband is None:
        raise unreadable("no-proband", "$.proband")
    if isinstance(document, Cohort):
        raise unreadable("not-phenopacket", what="a cohort inside a cohort")
    return document


def _split(raw: _Raw) -> Iterator[_Raw]:
    tree = raw.tree
    if not raw.problems and isinstance(tree, dict) and isinstance(members := tree.get("members"), list):
        try:
            if kind_of(tree) is Cohort:
                read_message(Cohort, {name: value for name, value in tree.items() if name != "members"}, raw.as_text)
        except PhenopacketError as error:
            yield replace(raw, tree=None, problems=error.problems)
        for at, member in enumerate(members):
            yield _Raw(raw.line, f"{raw.path}.members[{at}]", member, _member(raw.as_text, "members", at))
    else:
        yield raw


def _member(as_text: Callable[[], Tree] | None, *steps: str | int) -> Callable[[], Tree] | None:
    def inside(whole: Callable[[], Tree]) -> Tree:
        tree: Any = whole()
        for step in steps:
            tree = tree[step]
        return tree  # type: ignore[no-any-return]

    return None if as_text is None else partial(inside, as_text)


def _raws(source: Path | BinaryIO, name: str | None, form: str | None) -> Iterator[tuple[str, _Raw]]:
    label = name or (str(source) if isinstance(source, Path) else "-")
    try:
        if not isinstance(source, Path):
            yield from ((label, raw) for raw in _guarded(source, form))
        elif source.is_dir():
            files = sorted(
                path for path in source.rglob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file()
            )
            if not files:
                raise unreadable("empty-folder")
            for path in files:
                yield from _raws(path, None, form)
        else:
            named = form or (None if source.is_fifo() or source.is_char_device() else format_of(source.name))
            with opened(source) as stream:
                yield from ((label, raw) for raw in _guarded(stream, named))
    except PhenopacketError as error:
        yield label, _Raw(None, "$", problems=error.problems)
    except OSError as error:
        yield label, _Raw(None, "$", problems=(refused(error),))


def _guarded(stream: BinaryIO, form: str | None) -> Iterator[_Raw]:
    """What ends a whole file (damage, size, syntax) as a last entry."""
    empty = True
    try:
        for raw in _formed(Bounded(stream), form):
            empty = False
            yield raw
        if empty:
            yield _Raw(None, "$", problems=(reading_problem("empty-input"),))
    except PhenopacketError as error:
        yield _Raw(None, "$", problems=error.problems)


def _formed(stream: Bounded, form: str | None) -> Iterator[_Raw]:
    if form == "yaml":
        yield from _yaml_trees(stream)
    elif form == "jsonl":
        yield from _line_trees(stream)
    else:
        first = _first_line(stream)
        start = first.strip(_SPACE)[:1]
        if form is None and start not in (b"{", b"["):
            yield from _yaml_trees(stream)
        elif start == b"{" and _begins_lines(stream, first):
            yield from _line_trees(stream)
        else:
            yield from _json_trees(stream)


def _first_line(stream: Bounded) -> bytes:
    """The first line that is not blank, left in the stream."""
    while (line := stream.line(MAX_JSON_BYTES)) and not line.strip(_SPACE):
        pass
    stream.unread(line)
    return line


def _begins_lines(stream: Bounded, first: bytes) -> bool:
    """Whether a text that begins with ``{`` is one JSON object a line, even when the first line is damaged."""
    if not first.rstrip().endswith(b"}"):
        return False
    if is_whole_json(first.decode("utf-8-sig", "replace")):
        return True
    stream.line(MAX_JSON_BYTES)
    second = stream.line(MAX_JSON_BYTES)
    stream.unread(second)
    stream.unread(first)
    return second.lstrip().startswith(b"{")


def _json_trees(stream: Bounded) -> Iterator[_Raw]:
    skipped = stream.number
    try:
        tree = parse_json(decoded(stream.rest(MAX_JSON_BYTES)))
    except PhenopacketError as error:
        raise PhenopacketError(*(_shifted(problem, skipped) for problem in error.problems)) from None
    yield from _elements(_Raw(None, "$", tree))


def _shifted(problem: Problem, lines: int) -> Problem:
    return replace(problem, line=None if problem.line is None else problem.line + lines)


def _elements(whole: _Raw) -> Iterator[_Raw]:
    """The documents of an array, or the one document."""
    if isinstance(whole.tree, list):
        for at, tree in enumerate(whole.tree):
            yield _Raw(whole.line, f"{whole.path}[{at}]", tree, _member(whole.as_text, at))
    else:
        yield whole


def _yaml_trees(stream: Bounded) -> Iterator[_Raw]:
    from kakehashi.protocols.phenopacket.yamltext import parse_yaml  # libyaml only where there is YAML

    skipped = stream.number
    text = "\n" * skipped + decoded(stream.rest(MAX_YAML_BYTES))
    for at, tree in enumerate(parse_yaml(text)):
        if tree is not None:  # nothing between two ---
            yield from _elements(_Raw(None, "$", tree, partial(_document_as_text, text, at)))


def _document_as_text(text: str, at: int) -> Tree:
    from kakehashi.protocols.phenopacket.yamltext import parse_yaml

    return next(islice(parse_yaml(text, as_text=True), at, None))


def _line_trees(stream: Bounded) -> Iterator[_Raw]:
    while True:
        try:
            line = stream.line(MAX_LINE_BYTES)
            if not line:
                return
            if line.strip(_SPACE):
                yield _Raw(stream.number, "$", parse_json(decoded(line)))
        except PhenopacketError as error:
            if error.problems[0].code in _FATAL:
                raise
            problems = (replace(problem, line=stream.number) for problem in error.problems)
            yield _Raw(stream.number, "$", problems=tuple(problems))

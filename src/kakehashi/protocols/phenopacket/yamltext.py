"""YAML read as data only: YAML 1.2's core types, no tags, and aliases that cannot blow up.

Built from libyaml's events without recursion. Plain dates stay text; ``NO`` and ``off`` stay text (YAML 1.1 would make
them false); ``as_text`` keeps plain numbers as text too, for fields that want text (``id: 007``).
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from kakehashi.protocols.phenopacket.jsontext import Tree, check_tree, child_path, unkeepable
from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.protocols.phenopacket.reading_problems import unreadable
from kakehashi.protocols.phenopacket.shape import MAX_DEPTH

MAX_NODES: Final = 2_000_000
"""Most values in one document, aliases counted as often as they are used."""

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,300}\Z")
_REAL: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: Final[dict[str, Tree]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE: Final = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")} | {"!"}


def parse_yaml(text: str, *, as_text: bool = False) -> Iterator[Tree]:
    """The trees of a YAML text, one for each of its documents. Raises PhenopacketError with the line."""
    builder = _Builder(as_text)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else None
            if isinstance(event, yaml.DocumentEndEvent):
                if builder.aliased:  # depth and size as if every alias were written out
                    check_tree(builder.root)
                yield builder.root
                builder = _Builder(as_text)
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                try:
                    builder.take(event)
                except PhenopacketError as error:
                    raise PhenopacketError(*(problem.at_line(line) for problem in error.problems)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, "?")
        raise unreadable("not-yaml", "$", line, reason=error.problem or "syntax", column=column) from None
    except yaml.reader.ReaderError as error:
        raise unreadable("not-yaml", reason=error.reason, column=error.position) from None
    except RecursionError:
        raise unreadable("too-deep", limit=MAX_DEPTH) from None


class _Builder:
    """Puts one document together from events; open collections wait on a stack."""

    def __init__(self, as_text: bool) -> None:
        self.as_text = as_text
        self.root: Tree = None
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Tree, int]] = {}
        self.nodes = 0
        self.aliased = False

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._place(self._scalar(event), 1, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise unreadable("yaml-alias", self._path(), name=event.anchor)
            self.aliased = True
            self._place(*self.anchors[event.anchor], None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._check_tag(event.tag)
            if len(self.open) >= MAX_DEPTH:
                raise unreadable("too-deep", self._path(), limit=MAX_DEPTH)
            if self.open and self.open[-1].wants_key:
                raise unreadable("yaml-key", self._path())
            self.anchors.pop(event.anchor or "", None)
            self.open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor, self.nodes))
            self._count(1)
        else:
            done = self.open.pop()
            size = self.nodes - done.before
            self.nodes = done.before
            self._place(done.value, size, done.anchor)

    def _count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise unreadable("too-large", self._path(), limit=f"{MAX_NODES:,} values")

    def _place(self, value: Tree, size: int, anchor: str | None) -> None:
        self._count(size)
        if anchor:
            self.anchors[anchor] = (value, size)
        if not self.open:
            self.root = value
            return
        top = self.open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.wants_key:
            if not isinstance(value, str) or value == "<<":
                raise unreadable("yaml-key", self._path())
            if value in top.value:
                raise unreadable("duplicate-key", child_path(self._path(), value), name=value)
            top.key, top.wants_key = value, False
        else:
            top.value[top.key] = value
            top.wants_key = True

    def _scalar(self, event: yaml.ScalarEvent) -> Tree:
        self._check_tag(event.tag)
        text = str(event.value)
        if what := unkeepable(text):
            raise unreadable("bad-character", self._path(), what=what)
        is_key = bool(self.open) and self.open[-1].wants_key
        if not event.implicit[0] or is_key or (event.tag or "").endswith(":str"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if self.as_text:
            return text
        if _INTEGER.match(text):
            return int(text)
        if _REAL.match(text) and math.isfinite(value := float(text)):
            return value
        return text

    def _check_tag(self, tag: str | None) -> None:
        if tag is not None and tag not in _CORE:
            raise unreadable("yaml-tag", self._path(), tag=tag)

    def _path(self) -> str:
        path = "$"
        for level in self.open[:-1]:
            path = child_path(path, len(level.value) if isinstance(level.value, list) else level.key)
        if self.open and isinstance(self.open[-1].value, list):
            path = child_path(path, len(self.open[-1].value))
        elif self.open and not self.open[-1].wants_key:
            path = child_path(path, self.open[-1].key)
        return path


class _Open:
    """A mapping or sequence whose end has not come yet."""

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, before: int) -> None:
        self.value: Any = value
        self.anchor = anchor
        self.before = before
        self.key = ""
        self.wants_key = isinstance(value, dict)

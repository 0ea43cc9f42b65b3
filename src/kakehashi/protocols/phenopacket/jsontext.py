"""Strict JSON: no duplicate names, no NaN, nothing that UTF-8 or a database cannot hold. RFC 8259 and I-JSON (7493)."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.protocols.phenopacket.reading_problems import json_reason_ja, unreadable
from kakehashi.protocols.phenopacket.shape import MAX_DEPTH

Tree = dict[str, Any] | list[Any] | str | int | float | bool | None

_ESCAPED: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def decoded(data: bytes) -> str:
    """UTF-8 text of a file's bytes, a byte order mark allowed."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable("not-utf8", "$", line, position=error.start + 1) from None


def child_path(path: str, step: str | int) -> str:
    """``$.a`` + ``b`` → ``$.a.b``; ``$`` + 3 → ``$[3]``; unusual names are quoted."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if _PLAIN_NAME.match(step) else f"{path}[{json.dumps(step, ensure_ascii=True)}]"


class _Twice(dict[str, Any]):
    """An object in which a name came twice."""

    name: str = ""


class _NotFinite:
    """NaN, Infinity, or a number too large for a double."""

    def __init__(self, text: str) -> None:
        self.text = text


def _repeated(names: Iterable[str]) -> str:
    """The first name that comes a second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def parse_json(text: str) -> Tree:
    """The tree of one JSON text. Raises PhenopacketError with line, column or path."""
    suspicious = _ESCAPED.search(text) is not None or "\0" in text

    def gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal suspicious
        found = dict(pairs)
        if len(found) != len(pairs):
            suspicious = True
            found = _Twice(found)
            found.name = _repeated(name for name, _ in pairs)
        return found

    def real(digits: str) -> Any:
        nonlocal suspicious
        value = float(digits)
        if math.isfinite(value):
            return value
        suspicious = True
        return _NotFinite(digits)

    def constant(name: str) -> _NotFinite:
        nonlocal suspicious
        suspicious = True
        return _NotFinite(name)

    try:
        tree = json.loads(text, object_pairs_hook=gathered, parse_float=real, parse_constant=constant)
    except json.JSONDecodeError as error:
        reason_ja = json_reason_ja(error.msg)
        raise unreadable(
            "not-json", "$", error.lineno, reason=error.msg, reason_ja=reason_ja, column=error.colno
        ) from None
    except RecursionError:
        raise unreadable("too-deep", limit=MAX_DEPTH) from None
    except ValueError:  # an integer of thousands of digits
        reason = "a number with too many digits"
        raise unreadable("not-json", reason=reason, reason_ja=json_reason_ja(reason), column="?") from None
    if suspicious:
        check_tree(tree)
    return tree  # type: ignore[no-any-return]


def check_tree(tree: Any) -> None:
    """Raise for the first thing in a tree that cannot be kept: doubled names, numbers, characters, depth."""
    for path, depth, node in walked(tree):
        if depth > MAX_DEPTH:
            raise unreadable("too-deep", path, limit=MAX_DEPTH)
        if isinstance(node, _Twice):
            raise unreadable("duplicate-key", child_path(path, node.name), name=node.name)
        if isinstance(node, _NotFinite):
            raise unreadable("not-finite", path, value=node.text)
        for text in (node,) if isinstance(node, str) else node if isinstance(node, dict) else ():
            if what := unkeepable(text):
                raise unreadable("bad-character", path, what=what)


def unkeepable(text: str) -> str:
    """Name of the character that UTF-8 or PostgreSQL refuses, or nothing."""
    if "\0" in text:
        return "U+0000"
    if text.isascii():
        return ""
    bad = next((mark for mark in text if "\ud800" <= mark <= "\udfff"), "")
    return f"U+{ord(bad):04X}" if bad else ""


def walked(tree: Any) -> Iterator[tuple[str, int, Any]]:
    """Every node of a tree with its path and depth, in document order, without recursion."""
    waiting: list[tuple[str, int, Any]] = [("$", 1, tree)]
    while waiting:
        path, depth, node = waiting.pop()
        yield path, depth, node
        if isinstance(node, dict):
            waiting.extend((child_path(path, name), depth + 1, node[name]) for name in reversed(node))
        elif isinstance(node, list):
            waiting.extend((f"{path}[{at}]", depth + 1, node[at]) for at in reversed(range(len(node))))


def is_whole_json(line: str) -> bool:
    """Whether one line is a JSON value by itself (so that the file is JSON lines)."""
    try:
        parse_json(line)
    except PhenopacketError as error:
        return error.problems[0].code != "not-json"
    return True

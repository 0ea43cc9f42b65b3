"""Reading what strangers send: bounded in size, depth and number; a value or a clear error, whatever the bytes.

A request is all or nothing (``read_request``). An answer is read patient by patient (``read_reply``): one that cannot
be read is counted and left out, so that a peer's single bad record does not hide its good ones.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from kakehashi.protocols.mme.problems import MmeError
from kakehashi.protocols.mme.shapes import MatchRequest, Result, Shape

Read = TypeVar("Read", bound=Shape)


@dataclass(frozen=True)
class Limits:
    """What is read at most. ``bytes`` of a body, ``depth`` of nesting, ``items`` of all lists and objects together."""

    bytes: int = 2_000_000
    depth: int = 24
    items: int = 100_000
    results: int = 200


@dataclass(frozen=True)
class Reply:
    """A peer's answer: the results that could be read, best first, and how many could not."""

    results: tuple[Result, ...]
    unreadable: int = 0
    beyond_limit: int = 0
    disclaimer: str = ""
    terms: str = ""


def read_request(body: bytes, limits: Limits | None = None) -> MatchRequest:
    """The request to match. Raises MmeError: 422 the body is missing or no JSON, 413 too large, 400 invalid data."""
    tree = _tree(body, limits or Limits())
    if "patient" not in tree:
        raise MmeError(400, "patient is missing")
    try:
        return MatchRequest.model_validate(tree)
    except ValidationError as error:
        raise MmeError(400, _first(error)) from None


def read_reply(body: bytes, limits: Limits | None = None) -> Reply:
    """A peer's answer. Raises MmeError (status 502) when nothing of it can be read as one."""
    limits = limits or Limits()
    try:
        tree = _tree(body, limits)
    except MmeError as error:
        raise MmeError(502, error.message) from None
    results = tree.get("results")
    if not isinstance(results, list):
        raise MmeError(502, "the answer has no list of results")
    readable, unreadable = [], 0
    for one in results[: limits.results]:
        try:
            readable.append(Result.model_validate(_with_link(one)))
        except ValidationError:
            unreadable += 1
    readable.sort(key=lambda result: -result.score.patient)
    said = {name: value for name in ("disclaimer", "terms") if isinstance(value := tree.get(name), str)}
    beyond = max(0, len(results) - limits.results)
    return Reply(tuple(readable), unreadable, beyond, **{name: text[:20_000] for name, text in said.items()})


def _with_link(result: Any) -> Any:
    """A result whose contact gives a bare mail address, as some peers do, with the scheme it lacks."""
    match result:
        case {"patient": {"contact": {"href": str(href)}}} if ":" not in href and href.count("@") == 1:
            patient = result["patient"]
            contact = patient["contact"] | {"href": f"mailto:{href.strip()}"}
            return result | {"patient": patient | {"contact": contact}}
    return result


def _tree(body: bytes, limits: Limits) -> Mapping[str, Any]:
    if len(body) > limits.bytes:
        raise MmeError(413, f"the body is larger than {limits.bytes} bytes")
    if not body.strip():
        raise MmeError(422, "the body is missing; send a JSON object")
    try:
        tree = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MmeError(422, "the body is not readable as JSON (UTF-8)") from None
    if not isinstance(tree, dict):
        raise MmeError(400, "the body is not a JSON object")
    _measure(tree, limits)
    return tree


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _measure(tree: Any, limits: Limits) -> None:
    """Refuse a tree that is nested too deeply or holds too much, before anything walks through it."""
    items, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > limits.depth:
            raise MmeError(400, f"nested more than {limits.depth} levels deep")
        children = list(node.values()) if isinstance(node, dict) else node
        items += len(children)
        if items > limits.items:
            raise MmeError(400, f"more than {limits.items} items")
        waiting.extend((child, depth + 1) for child in children if isinstance(child, dict | list))


def _first(error: ValidationError) -> str:
    """What is wrong, by its place; never the value that was sent."""
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"]) or "the body"
    more = error.error_count() - 1
    return f"{place}: {problem['msg']}" + (f" (and {more} more)" if more else "")

"""The one reader of the facts: every YAML file of `data`, merged by subject, checked, typed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import ValidationError

from kakehashi.systems.portfolio.facts.shapes.facts import Facts

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as quick where libyaml is there


class FactsUnreadable(Exception):
    """A data file is not what it should be: the message names file, row, field, and what was expected."""


@cache
def load() -> Facts:
    """All facts shipped with the package. Raises FactsUnreadable."""
    return read(files("kakehashi.systems.portfolio.facts") / "data")


def read(folder: Traversable) -> Facts:
    """The facts of every ``*.yaml`` in a folder; a subject may be spread over several files. Raises FactsUnreadable."""
    merged: dict[str, Any] = {}
    for file in sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name):
        for subject, rows in _mapping(file).items():
            _join(merged, subject, rows, file.name)
    try:
        return Facts.model_validate(merged)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        raise FactsUnreadable(told) from error


def _mapping(file: Traversable) -> dict[str, Any]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise FactsUnreadable(f"{file.name} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise FactsUnreadable(f"{file.name} holds no mapping from subjects to rows")
    return content


def _join(merged: dict[str, Any], subject: str, rows: Any, name: str) -> None:
    if isinstance(rows, list):
        merged.setdefault(subject, []).extend(rows)
    elif isinstance(rows, dict) and not (rows.keys() & merged.get(subject, {}).keys()):
        merged.setdefault(subject, {}).update(rows)
    else:
        raise FactsUnreadable(f"{name}: {subject} must be a list of rows, or a mapping whose keys stand once")

"""What every message of the Phenopacket Schema has in common: the protobuf JSON mapping on pydantic models.

Read: camelCase and snake_case names, ``null`` for "not said", enum names and numbers, 64-bit integers as text or
number. Written: camelCase, only what was said, 64-bit integers as text. Fields that the schema does not know are
kept as they are, so that nothing of a source file is lost.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StrictBool, model_validator
from pydantic_core import PydanticCustomError

MAX_DEPTH: Final = 64
"""Deepest nesting read or written; the schema itself needs about fifteen levels."""


def camel(name: str) -> str:
    """The JSON name that protobuf gives a field: ``meta_data`` → ``metaData``, ``iso8601duration`` as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def depth_of(value: object) -> int:
    """How deep lists and objects are nested in a plain tree; counts no further than ``MAX_DEPTH + 1``."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, dict | list):
            deepest = max(deepest, depth)
            if depth > MAX_DEPTH:
                break
            waiting.extend((child, depth + 1) for child in (node.values() if isinstance(node, dict) else node))
    return deepest


def _shallow(value: Any) -> Any:
    if isinstance(value, dict | list) and depth_of(value) > MAX_DEPTH - 20:
        raise PydanticCustomError("too_deep", "nested too deeply")
    return value


def _whole_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _real_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return value


def _real_text(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


Text = str
Flag = StrictBool
Whole = Annotated[int, BeforeValidator(_whole_number), Field(ge=-(2**31), lt=2**31)]
Unsigned = Annotated[int, BeforeValidator(_whole_number), Field(ge=0, lt=2**32)]
Long = Annotated[
    int,
    BeforeValidator(_whole_number),
    Field(ge=0, lt=2**64),
    PlainSerializer(str, return_type=str, when_used="json"),
]
"""Unsigned 64-bit: written as text, as the protobuf JSON mapping says (JavaScript cannot hold it as a number)."""
Real = Annotated[
    float,
    BeforeValidator(_real_number),
    PlainSerializer(_real_text, return_type=float | str, when_used="json"),
]
"""A double; infinity and "not a number" are written as text, as the protobuf JSON mapping says."""
Timestamp = str
"""RFC 3339 text, kept letter for letter; the validator says when it is no date."""
Json = Annotated[Any, BeforeValidator(_shallow)]
"""Kept as it is (VRS variations)."""


def numbered(names: Sequence[str]) -> BeforeValidator:
    """Accept an enum's number for its name, as the protobuf JSON mapping does."""

    def name_of(value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
            return names[value]
        return value

    return BeforeValidator(name_of)


class Message(BaseModel):
    """Base of every message. ``ONE_OF`` lists groups of fields of which at most one may be given."""

    model_config = ConfigDict(
        alias_generator=camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="allow",
        protected_namespaces=(),
    )
    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, data: Any) -> Any:
        if isinstance(data, dict) and None in data.values():
            return {key: value for key, value in data.items() if value is not None}
        return data

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if extra := self.__pydantic_extra__:
            names = type(self).model_fields
            for key, value in extra.items():
                if key in names:
                    raise PydanticCustomError("named_twice", "given as {first} and {second}", _both_names(key))
                _shallow(value)
        for group in self.ONE_OF:
            given = [name for name in group if getattr(self, name) is not None]
            if len(given) > 1:
                raise PydanticCustomError("one_of", "only one of {given}", {"given": ", ".join(map(camel, given))})
        return self

    @property
    def unknown_fields(self) -> dict[str, Any]:
        """Fields that the schema does not know, as read."""
        return self.__pydantic_extra__ or {}

    def chosen(self, group: int = 0) -> str | None:
        """Which field of a one-of group is given."""
        return next((name for name in self.ONE_OF[group] if getattr(self, name) is not None), None)


def _both_names(name: str) -> dict[str, Any]:
    return {"first": camel(name), "second": name}

"""The small language in which the sharing table is written: one statement, read in two ways.

A Test says something of a record's fields. ``holding(test)`` makes a predicate of it for a record in memory,
``as_q(test)`` the filter the database applies: the decision and its queryset twin cannot drift apart, because they are
the same rows. A field that is NULL passes only where the operator's name says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q


class Op(Enum):
    """How a field is compared with a value."""

    IS = "is"
    IS_NOT = "is not"
    IN = "in"
    AT_LEAST = "at least"
    BY = "given and not after"
    NONE_OR_BY = "not given, or not after"
    NONE_OR_FROM = "not given, or not before"


@dataclass(frozen=True, slots=True)
class Compare:
    """One field compared with one value. ``IS_NOT`` is for fields that are never NULL."""

    field: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class NoOptOut:
    """No opt-out of secondary use is in force for the record on this day (``record.opted_out`` in memory)."""

    day: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    tests: tuple[Test, ...]


FEW = 8
"""So many values lead to records; more are rather looked for among records found otherwise."""

Test = Compare | NoOptOut | AllOf | AnyOf
ALWAYS = AllOf(())
NEVER = AnyOf(())


def all_of(*tests: Test) -> Test:
    """Every test holds; what is always or never so is reckoned away."""
    if NEVER in tests:
        return NEVER
    kept = tuple(test for test in tests if test != ALWAYS)
    return kept[0] if len(kept) == 1 else AllOf(kept)


def any_of(*tests: Test) -> Test:
    """At least one test holds."""
    if ALWAYS in tests:
        return ALWAYS
    kept = tuple(test for test in tests if test != NEVER)
    return kept[0] if len(kept) == 1 else AnyOf(kept)


def compare(field: str, op: Op, value: Any) -> Test:
    """A comparison; membership of an empty set never holds."""
    return NEVER if op is Op.IN and not value else Compare(field, op, value)


def holding(test: Test) -> Callable[[Any], bool]:
    """The predicate of a test for a record in memory."""
    if isinstance(test, AllOf | AnyOf):
        return _joined([holding(one) for one in test.tests], every=isinstance(test, AllOf))
    if isinstance(test, NoOptOut):
        return lambda record: not record.opted_out
    return _comparing(test.field, test.op, test.value)


def _joined(tests: list[Callable[[Any], bool]], *, every: bool) -> Callable[[Any], bool]:
    if not tests:
        return lambda record: every
    first, rest = tests[0], tests[1:]
    if not rest:
        return first
    others = _joined(rest, every=every)
    if every:
        return lambda record: first(record) and others(record)
    return lambda record: first(record) or others(record)


def _comparing(field: str, op: Op, value: Any) -> Callable[[Any], bool]:
    def by(record: Any) -> bool:
        found = getattr(record, field)
        return found is not None and found <= value

    def none_or_by(record: Any) -> bool:
        found = getattr(record, field)
        return found is None or found <= value

    def none_or_from(record: Any) -> bool:
        found = getattr(record, field)
        return found is None or found >= value

    return {
        Op.IS: lambda record: getattr(record, field) == value,
        Op.IS_NOT: lambda record: getattr(record, field) != value,
        Op.IN: lambda record: getattr(record, field) in value,
        Op.AT_LEAST: lambda record: getattr(record, field) >= value,
        Op.BY: by,
        Op.NONE_OR_BY: none_or_by,
        Op.NONE_OR_FROM: none_or_from,
    }[op]


def as_q(test: Test, kind: str) -> Q:
    """The database's filter of a test, for records of a kind (a model's label such as ``cases.case``)."""
    if isinstance(test, AllOf):
        whole = Q()
        for one in test.tests:
            whole &= as_q(one, kind)
        return whole
    if isinstance(test, AnyOf):
        if not test.tests:
            return Q(pk__in=[])
        either = as_q(test.tests[0], kind)
        for one in test.tests[1:]:
            either |= as_q(one, kind)
        return either
    if isinstance(test, NoOptOut):
        from kakehashi.kernel.sharing.models import OptOut

        return Q(~Exists(OptOut.in_force(test.day).filter(kind=kind, record_id=OuterRef("pk"))))
    return _filtering(test.field, test.op, test.value)


class _OneOf(Func):
    """A column holds one of many values, sent as one parameter: Django takes its time over each of a list.

    SQLite is to test the column, not to search by it. It keeps no counts of single values: the cases of forty hospitals
    in a state seem fewer to it than those of a class, and are a hundred times as many.
    """

    arity = 1
    output_field = BooleanField()

    def __init__(self, field: Any, values: tuple[Any, ...]) -> None:
        super().__init__(field)
        self.values = values

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        column, given = compiler.compile(self.source_expressions[0])
        return f"+{column} IN (SELECT value FROM json_each(%s))", (*given, json.dumps(self.values))  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        column, given = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s)", (*given, list(self.values))


def _filtering(field: str, op: Op, value: Any) -> Q:
    if op is Op.IS:
        return Q(**{field: value})
    if op is Op.IS_NOT:
        return ~Q(**{field: value})
    if op is Op.IN and len(value) > FEW:
        return Q(_OneOf(F(field), tuple(sorted(value))))
    if op is Op.IN:
        return Q(**{f"{field}__in": sorted(value)})
    if op is Op.AT_LEAST:
        return Q(**{f"{field}__gte": value})
    if op is Op.BY:
        return Q(**{f"{field}__lte": value})
    none = Q(**{f"{field}__isnull": True})
    return none | Q(**{f"{field}__{'lte' if op is Op.NONE_OR_BY else 'gte'}": value})

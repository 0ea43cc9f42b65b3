"""Requests, and the conditions that a choice among them must meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Level:
    """One amount at which a request may be granted, and its score then (0 or more)."""

    amount_yen: int
    score: int | Decimal

    def __post_init__(self) -> None:
        if type(self.amount_yen) is not int or self.amount_yen < 0:
            raise ValueError(f"amount {self.amount_yen!r}: it must be whole yen, 0 or more")
        if type(self.score) is not int and not isinstance(self.score, Decimal):
            raise ValueError(f"score {self.score!r}: it must be an integer or a Decimal; floats are not exact")
        if not Decimal(self.score).is_finite() or self.score < 0:
            raise ValueError(f"score {self.score}: it must be a number, 0 or more")


@dataclass(frozen=True)
class Request:
    """What is asked for: at most one of its levels is granted. ``tags``: what it belongs to (project, ministry …)."""

    id: str
    levels: tuple[Level, ...]
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError(f"request {self.id}: at least one amount must be asked for")

    @classmethod
    def of(cls, id: str, amount_yen: int, score: int | Decimal, tags: Iterable[str] = ()) -> Request:
        """A request for one amount."""
        return cls(id, (Level(amount_yen, score),), frozenset(tags))


@dataclass(frozen=True)
class Budget:
    """All grants together cost at most this. Every problem has one; here it stands to be named in a clash."""

    yen: int


@dataclass(frozen=True)
class Limit:
    """Grants with this tag (None: all) number, or cost, at least or at most so much."""

    tag: str | None
    unit: Literal["yen", "count"]
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"the limit on {self.tag or 'everything'} says neither at least nor at most how much")


@dataclass(frozen=True)
class AtMostOf:
    """Of these requests at most so many are granted; 1: they exclude each other."""

    ids: frozenset[str]
    at_most: int = 1


@dataclass(frozen=True)
class Requires:
    """A request is granted only where another one is."""

    id: str
    needs: str


@dataclass(frozen=True)
class Fund:
    """A request must be granted, at this level (its place from 0) or, with None, at any."""

    id: str
    level: int | None = None


@dataclass(frozen=True)
class Leave:
    """A request must not be granted."""

    id: str


Condition = Budget | Limit | AtMostOf | Requires | Fund | Leave


@dataclass(frozen=True)
class Problem:
    """Requests, budget and conditions. ValueError where an id stands twice, or a condition names one there is not."""

    requests: tuple[Request, ...]
    budget_yen: int
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if type(self.budget_yen) is not int:
            raise ValueError(f"budget {self.budget_yen!r}: it must be whole yen")
        levels = {request.id: len(request.levels) for request in self.requests}
        if len(levels) < len(self.requests):
            counted = Counter(request.id for request in self.requests)
            twice = sorted(name for name, times in counted.items() if times > 1)
            raise ValueError(f"these ids stand twice among the requests: {', '.join(twice)}")
        for condition in self.conditions:
            unknown = sorted(set(named(condition)) - levels.keys())
            if unknown:
                raise ValueError(f"{condition}: there is no request {', '.join(unknown)}")
            if isinstance(condition, Fund) and not 0 <= (condition.level or 0) < levels[condition.id]:
                raise ValueError(f"{condition}: the request has {levels[condition.id]} levels, counted from 0")

    @property
    def all_conditions(self) -> tuple[Condition, ...]:
        """The budget and the others."""
        return (Budget(self.budget_yen), *self.conditions)


def named(condition: Condition) -> tuple[str, ...]:
    """The requests that a condition names."""
    match condition:
        case AtMostOf(ids=ids):
            return tuple(ids)
        case Requires(id=one, needs=other):
            return (one, other)
        case Fund(id=one) | Leave(id=one):
            return (one,)
        case _:
            return ()

"""The problem in integers: a variable for each level of each request, a row for each condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kakehashi.engines.allocation.conditions import (
    AtMostOf,
    Budget,
    Condition,
    Fund,
    Leave,
    Limit,
    Problem,
    Requires,
)

MOST_STEPS = 10**9
"""All scores together, counted in their smallest step, must stay below this for the solver's bound to be a proof."""


@dataclass(frozen=True)
class Row:
    """low ≤ Σ coefficient × variable ≤ high, all integers; None: no bound."""

    coefficients: Mapping[int, int]
    low: int | None = None
    high: int | None = None

    def of(self, chosen: frozenset[int]) -> int:
        """The sum for what is chosen."""
        if len(self.coefficients) < len(chosen):
            return sum(number for variable, number in self.coefficients.items() if variable in chosen)
        return sum(self.coefficients.get(variable, 0) for variable in chosen)

    def holds(self, chosen: frozenset[int]) -> bool:
        total = self.of(chosen)
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


@dataclass(frozen=True)
class Model:
    """Variables in the order of the requests' ids and their levels.

    ``groups``: the variables of each request, of which at most one is chosen. ``values``: scores in steps of
    10^−``digits``. ``costs``: yen.
    """

    ids: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    values: tuple[int, ...]
    costs: tuple[int, ...]
    digits: int
    tags: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, problem: Problem) -> Model:
        """ValueError where scores have too many digits to be told apart."""
        requests = sorted(problem.requests, key=lambda request: request.id)
        levels = [level for request in requests for level in request.levels]
        digits = max((_decimals(Decimal(level.score)) for level in levels), default=0)
        values = tuple(int(Decimal(level.score).scaleb(digits)) for level in levels)
        if sum(values) >= MOST_STEPS:
            raise ValueError(
                f"the scores add up to {sum(values):,} steps of {Decimal(1).scaleb(-digits)}; "
                f"round them so that it is less than {MOST_STEPS:,}"
            )
        groups, start = [], 0
        for request in requests:
            groups.append(tuple(range(start, start + len(request.levels))))
            start += len(request.levels)
        return cls(
            tuple(request.id for request in requests),
            tuple(groups),
            values,
            tuple(level.amount_yen for level in levels),
            digits,
            tuple(request.tags for request in requests),
        )

    def value_of(self, steps: int) -> Decimal:
        """A sum of scores as it was given."""
        return Decimal(steps).scaleb(-self.digits)

    def rows(self, conditions: Iterable[Condition]) -> list[Row]:
        """The conditions as rows."""
        place = {name: number for number, name in enumerate(self.ids)}
        return [row for condition in conditions for row in self._rows(condition, place)]

    def _rows(self, condition: Condition, place: Mapping[str, int]) -> Iterator[Row]:
        match condition:
            case Budget(yen=yen):
                yield Row(dict(enumerate(self.costs)), high=yen)
            case Limit(tag=tag, unit=unit, at_least=low, at_most=high):
                inside = [
                    group for group, tags in zip(self.groups, self.tags, strict=True) if tag is None or tag in tags
                ]
                variables = [variable for group in inside for variable in group]
                yield Row({one: self.costs[one] if unit == "yen" else 1 for one in variables}, low, high)
            case AtMostOf(ids=ids, at_most=high):
                yield Row({one: 1 for name in ids for one in self.groups[place[name]]}, high=high)
            case Requires(id=name, needs=needed):
                yield Row(
                    dict.fromkeys(self.groups[place[name]], 1) | dict.fromkeys(self.groups[place[needed]], -1), high=0
                )
            case Fund(id=name, level=level):
                group = self.groups[place[name]]
                yield Row(dict.fromkeys(group if level is None else (group[level],), 1), low=1)
            case Leave(id=name):
                yield Row(dict.fromkeys(self.groups[place[name]], 1), high=0)


def _decimals(score: Decimal) -> int:
    exponent = score.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

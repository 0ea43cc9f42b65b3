"""One property of many rows as a column of codes, and counting by several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
DENSE = 4_000_000
"""So many combinations are counted by their place in an array; beyond, by sorting the rows."""


@dataclass(frozen=True)
class Column:
    """``keys[codes[row]]`` is the value of a row; a value stands once among the keys."""

    codes: Numbers
    keys: tuple[Any, ...]

    @classmethod
    def of(cls, values: Iterable[Hashable]) -> Column:
        """A column of any values."""
        code: dict[Hashable, int] = {}
        codes = np.fromiter((code.setdefault(value, len(code)) for value in values), np.int64)
        return cls(codes, tuple(code))

    @classmethod
    def same(cls, value: Hashable, rows: int) -> Column:
        """A column in which every row has one value."""
        return cls(np.zeros(rows, np.int64), (value,))

    def at(self, rows: NDArray[Any]) -> Column:
        """The column of some rows: a mask, or their places; -1: no row, whose value is None."""
        if rows.dtype == np.bool_:
            return Column(self.codes[rows], self.keys)
        if not len(self.codes):
            return Column.same(None, len(rows))
        none = self.keys.index(None) if None in self.keys else len(self.keys)
        codes = np.where(rows < 0, none, self.codes[rows])
        return Column(codes, self.keys if None in self.keys else (*self.keys, None))

    def mapped(self, to: Callable[[Any], Hashable]) -> Column:
        """The column of what each value stands for: asked once a value."""
        renamed = Column.of(to(key) for key in self.keys)
        return Column(renamed.codes[self.codes], renamed.keys)

    def is_(self, value: Hashable) -> NDArray[np.bool_]:
        """Which rows have a value."""
        has: NDArray[np.bool_] = self.codes == (self.keys.index(value) if value in self.keys else -1)
        return has

    def among(self, values: Collection[Hashable]) -> NDArray[np.bool_]:
        """Which rows have one of some values."""
        has: NDArray[np.bool_] = np.array([key in values for key in self.keys], np.bool_)[self.codes]
        return has

    def value(self, row: int) -> Any:
        """The value of one row."""
        return self.keys[self.codes[row]]


def tally(columns: Sequence[Column], yen: Numbers | None = None) -> list[tuple[Any, ...]]:
    """How many rows have each combination of values, or what their yen come to: ``(value, …, number)``, combinations
    that no row has left out. Integers throughout: yen are never rounded."""
    rows = len(columns[0].codes)
    combined, size = np.zeros(rows, np.int64), 1
    for column in columns:
        combined, size = combined * max(len(column.keys), 1) + column.codes, size * max(len(column.keys), 1)
    if size <= DENSE:
        present = np.flatnonzero(np.bincount(combined, minlength=1))
        place = np.zeros(size, np.int64)
        place[present] = np.arange(len(present))
        groups = place[combined]
    else:
        present, groups = np.unique(combined, return_inverse=True)
    if yen is None:
        numbers = np.bincount(groups, minlength=len(present))
    else:
        numbers = np.zeros(len(present), np.int64)
        np.add.at(numbers, groups, yen)
    keys: list[list[Any]] = []
    rest = present
    for column in reversed(columns):
        rest, codes = np.divmod(rest, max(len(column.keys), 1))
        keys.append([column.keys[code] for code in codes])
    return list(zip(*reversed(keys), numbers.tolist(), strict=True))


def distinct(columns: Sequence[Column]) -> NDArray[np.bool_]:
    """Of rows that agree in all columns the first: True."""
    combined = np.zeros(len(columns[0].codes), np.int64)
    for column in columns:
        combined = combined * max(len(column.keys), 1) + column.codes
    first = np.zeros(len(combined), np.bool_)
    first[np.unique(combined, return_index=True)[1]] = True
    return first

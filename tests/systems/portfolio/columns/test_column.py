"""Counting by columns tells what counting row by row tells, exactly."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.systems.portfolio.columns import column
from kakehashi.systems.portfolio.columns.column import Column, distinct, tally

VALUES = st.one_of(st.none(), st.sampled_from(["mext", "mhlw", ""]), st.integers(-2, 3))
ROWS = st.lists(st.tuples(VALUES, VALUES, st.integers(-(10**15), 10**15)), max_size=60)


@given(ROWS)
def test_a_tally_is_what_the_rows_come_to(rows):
    first, second = (Column.of(row[side] for row in rows) for side in (0, 1))
    yen = np.array([row[2] for row in rows], np.int64)
    assert sorted(tally([first, second]), key=repr) == sorted(
        ((*key, number) for key, number in Counter(row[:2] for row in rows).items()), key=repr
    )
    sums = {}
    for one, other, amount in rows:
        sums[one, other] = sums.get((one, other), 0) + amount
    assert {tuple(key): number for *key, number in tally([first, second], yen)} == sums


def test_more_combinations_than_an_array_holds_are_counted_too(monkeypatch):
    rows = Column.of([1, 2, 1, 1]), Column.of(["a", "b", "a", "c"])
    dense = tally(rows)
    monkeypatch.setattr(column, "DENSE", 1)
    assert sorted(tally(rows)) == sorted(dense) == [(1, "a", 2), (1, "c", 1), (2, "b", 1)]


@given(ROWS)
def test_distinct_rows_are_the_first_of_each(rows):
    mask = distinct([Column.of(row[0] for row in rows), Column.of(row[1] for row in rows)])
    seen, expected = set(), []
    for row in rows:
        expected.append(row[:2] not in seen)
        seen.add(row[:2])
    assert mask.tolist() == expected


def test_a_place_that_is_none_has_the_value_none():
    told = Column.of(["x", "y"]).at(np.array([1, -1, 0]))
    assert [told.value(row) for row in range(3)] == ["y", None, "x"]


def test_values_that_stand_for_the_same_become_one():
    told = Column.of([1, 2, 3]).mapped({1: "a", 2: "b", 3: "a"}.get)
    assert tally([told]) == [("a", 2), ("b", 1)]

"""Published figures give no small count away: known tables, and random ones against an attacker of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kakehashi.engines.disclosure import Figures, interval, publishable, widths

WIDTH = 10


def table(cells):
    """A two-way table with its margins and total, all of which could be published."""
    rows, columns = len(cells), len(cells[0])
    number = {(r, c): r * columns + c for r in range(rows) for c in range(columns)}
    shown = {f"{r},{c}": {number[r, c]: 1.0} for r, c in number}
    shown |= {f"row {r}": {number[r, c]: 1.0 for c in range(columns)} for r in range(rows)}
    shown |= {f"column {c}": {number[r, c]: 1.0 for r in range(rows)} for c in range(columns)}
    shown["total"] = dict.fromkeys(number.values(), 1.0)
    return Figures(tuple(value for row in cells for value in row), shown)


def attacked(figures, published, form):
    """What an attacker finds, written apart from the engine: a dense programme over the published equations."""
    names, count = sorted(published), len(figures.atoms)
    matrix = np.zeros((len(names), count))
    for line, name in enumerate(names):
        for atom, coefficient in figures.shown[name].items():
            matrix[line, atom] = coefficient
    right = matrix @ np.array(figures.atoms, dtype=float)
    target = np.zeros(count)
    for atom, coefficient in form.items():
        target[atom] = coefficient
    ends = []
    for sign in (1, -1):
        found = linprog(sign * target, A_eq=matrix, b_eq=right, bounds=(0, None)) if names else None
        unbounded = found is None or found.status == 3
        ends.append((0.0 if sign == 1 else np.inf) if unbounded else sign * found.fun)
    return ends


def small_atoms(figures):
    return [{number: 1.0} for number, value in enumerate(figures.atoms) if 0 < value < WIDTH]


def never(figures):
    return [name for name, form in figures.shown.items() if 0 < figures.value(form) < WIDTH]


def test_one_small_cell_takes_others_with_it():
    figures = table([[40, 3, 50], [60, 70, 80], [90, 20, 30]])
    published = publishable(figures, small_atoms(figures), width=WIDTH, never=never(figures))
    assert "0,1" not in published
    assert "total" in published
    low, high = interval(figures, published, {1: 1.0})
    assert high - low >= WIDTH
    assert len(set(figures.shown) - published) >= 4  # the cell and the corners of a rectangle, or margins


def test_nothing_small_nothing_withheld():
    figures = table([[40, 30], [60, 70]])
    assert publishable(figures, small_atoms(figures), width=WIDTH) == frozenset(figures.shown)


def test_without_complements_the_cell_is_solved():
    figures = table([[40, 3], [60, 70]])
    only_primary = set(figures.shown) - set(never(figures))
    assert interval(figures, only_primary, {1: 1.0}) == pytest.approx((3, 3))
    assert widths(figures, only_primary, [{1: 1.0}]) == pytest.approx([0])


def test_relations_that_give_all_away_are_refused():
    figures = Figures((4,), {"it": {0: 1.0}}, equal=(), at_most=({0: 1.0},))
    with pytest.raises(ValueError, match="give"):
        publishable(figures, [{0: 1.0}], width=WIDTH, never=["it"])


@settings(max_examples=60)
@given(
    st.integers(2, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 12), st.integers(10, 400)), min_size=columns, max_size=columns),
            min_size=2,
            max_size=4,
        )
    )
)
def test_no_attacker_pins_a_small_count(cells):
    figures = table(cells)
    protected = small_atoms(figures) + [figures.shown[name] for name in never(figures)]
    published = publishable(figures, protected, width=WIDTH, never=never(figures))
    for form in protected:
        low, high = attacked(figures, published, form)
        assert high - low >= WIDTH - 1e-4

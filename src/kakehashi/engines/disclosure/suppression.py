"""Primary and complementary suppression of linear tables, each interval solved as a linear programme (HiGHS)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SLACK = 1e-6
BINDING = 1e-7
"""A figure whose dual value is below this does not hold the interval's end."""

Form = Mapping[int, float]
"""A sum of atoms: coefficient by the atom's number."""


@dataclass(frozen=True)
class Figures:
    """The tables of one publication.

    ``atoms``: the true counts, 0 or more. ``shown``: the figures that could be published, each a sum of atoms.
    ``equal`` and ``at_most``: sums that everybody knows to be nil, and to be nil or less.
    """

    atoms: tuple[int, ...]
    shown: Mapping[str, Form]
    equal: tuple[Form, ...] = ()
    at_most: tuple[Form, ...] = field(default=())

    def value(self, form: Form) -> float:
        """What a sum comes to."""
        return float(sum(self.atoms[atom] * coefficient for atom, coefficient in form.items()))


@dataclass(frozen=True)
class _End:
    """One end of an interval and the published figures that hold it there."""

    value: float
    held_by: tuple[str, ...]


def interval(figures: Figures, published: Collection[str], form: Form) -> tuple[float, float]:
    """Between what and what someone who knows the published figures can say that a sum lies.

    The upper end is infinite where nothing bounds it.
    """
    names = sorted(published)
    low, high = (_end(figures, names, form, sign) for sign in (1.0, -1.0))
    return low.value, high.value


def widths(figures: Figures, published: Collection[str], forms: Iterable[Form]) -> list[float]:
    """How wide each sum's interval is."""
    found = []
    for form in forms:
        low, high = interval(figures, published, form)
        found.append(high - low)
    return found


def publishable(
    figures: Figures, protected: Iterable[Form], *, width: float, never: Collection[str] = (), small: float = 0.0
) -> frozenset[str]:
    """The figures to publish so that the interval of every protected sum is at least ``width`` wide.

    ``never``: figures withheld from the start (the small ones). For each protected sum whose interval is too narrow,
    the least of the figures that hold its ends is withheld, those of ``small`` or less last (they hide nothing), until
    it is wide enough. Withholding only ever widens intervals, so one round over the sums is enough; at worst everything
    is withheld. Raises ValueError where known relations alone narrow a sum so far that no withholding can protect it.
    """
    published = set(figures.shown) - set(never)
    size = {name: figures.value(form) for name, form in figures.shown.items()}
    for form in protected:
        while True:
            names = sorted(published)
            low, high = (_end(figures, names, form, sign) for sign in (1.0, -1.0))
            if high.value - low.value >= width - SLACK:
                break
            holding = set(low.held_by) | set(high.held_by)
            if not holding:
                raise ValueError("what everybody knows of these tables gives a protected count away")
            published.remove(min(holding, key=lambda name: (size[name] <= small, size[name], name)))
    return frozenset(published)


def _end(figures: Figures, names: list[str], form: Form, sign: float) -> _End:
    from scipy.optimize import linprog  # slow to import; needed when something is published

    count = len(figures.atoms)
    rows = [*(figures.shown[name] for name in names), *figures.equal]
    right = [*(figures.value(figures.shown[name]) for name in names), *([0.0] * len(figures.equal))]
    answer = linprog(
        sign * _dense(form, count),
        A_eq=_matrix(rows, count) if rows else None,
        b_eq=right or None,
        A_ub=_matrix(figures.at_most, count) if figures.at_most else None,
        b_ub=[0.0] * len(figures.at_most) or None,
        bounds=(0, None),
        method="highs",
    )
    if answer.status == 3:  # unbounded: only a maximum of counts can be
        return _End(math.inf, ())
    if answer.status != 0:
        raise ValueError(f"the figures contradict each other: {answer.message}")
    duals = answer.eqlin.marginals[: len(names)]
    held_by = tuple(name for name, dual in zip(names, duals, strict=True) if abs(dual) > BINDING)
    return _End(sign * float(answer.fun), held_by)


def _dense(form: Form, count: int) -> Any:
    row = np.zeros(count)
    for atom, coefficient in form.items():
        row[atom] = coefficient
    return row


def _matrix(rows: Iterable[Form], count: int) -> Any:
    from scipy.sparse import csr_array

    kept = list(rows)
    places = [(number, atom) for number, row in enumerate(kept) for atom in row]
    values = [value for row in kept for value in row.values()]
    numbers = tuple(np.array(axis, dtype=np.int32) for axis in zip(*places, strict=True)) if places else ([], [])
    return csr_array((values, numbers), shape=(len(kept), count))

"""One slice of the data book: a table of one measure by one or two dimensions, each row with its sum.

Awards of several years are counted once in each year they run in, as the printed data books do: a column of years does
not add up to awards. Money does; it counts at the institution where it lies (sub-awards at theirs), awards at that of
their principal investigator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import translation
from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import Column, Numbers, tally
from kakehashi.systems.portfolio.columns.placing import Placing
from kakehashi.systems.portfolio.databook.dimensions import PROJECT, SIZE, SIZES, YEAR, Dimension, Measure
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import PlanTerm

Key = Any


@dataclass(frozen=True)
class Wanted:
    """What is asked: a measure, rows, perhaps columns, the fiscal years and the term whose projects count."""

    measure: Measure
    rows: Dimension
    columns: Dimension | None
    years: tuple[int, ...]
    term: PlanTerm | None


@dataclass(frozen=True)
class Table:
    """The answer: labels of rows and columns, and a number for each pair; ``sums``: a row's, where it adds up."""

    wanted: Wanted
    rows: list[tuple[Key, str]]
    columns: list[tuple[Key, str]]
    cells: dict[tuple[Key, Key], int]

    def cell(self, row: Key, column: Key) -> int:
        """A number; 0 where nothing is."""
        return self.cells.get((row, column), 0)

    def sum_of(self, row: Key) -> int:
        """What a row comes to over all columns."""
        return sum(self.cell(row, column) for column, _label in self.columns)

    def total_of(self, column: Key) -> int:
        """What a column comes to over all rows."""
        return sum(self.cell(row, column) for row, _label in self.rows)

    @property
    def adds_up(self) -> bool:
        """Whether rows and columns may be added: awards of different years are not different awards, and an award that
        two ministries or kinds of budget pay stands in both."""
        if self.wanted.measure.is_money:
            return True
        cut = {self.wanted.rows.key, self.wanted.columns.key if self.wanted.columns else ""}
        return not cut & {YEAR, "ministry", "budget"} and len(self.wanted.years) == 1


def take(wanted: Wanted, language: str) -> Table:
    """The slice: counted from columns held in memory, whatever the dimensions."""
    cells: defaultdict[tuple[Key, Key], int] = defaultdict(int)
    for row, column, number in _counted(wanted):
        cells[(row, column)] += number
    found = {key: number for key, number in cells.items() if number}
    with translation.override(language):
        rows = _labelled(wanted.rows, {row for row, _column in found}, language, found, 0)
        columns = _labelled(wanted.columns, {column for _row, column in found}, language, found, 1)
    return Table(wanted, rows, columns, found)


def _counted(wanted: Wanted) -> Iterator[tuple[Key, Key, int]]:
    cut = [one for one in (wanted.rows, wanted.columns) if one is not None]
    accounts = held.accounts(wanted.years)
    for year, of_year in accounts.items():
        source = _Source(year, of_year, wanted)
        if wanted.measure.is_money:
            rows = source.money_rows()
        elif any(not one.award and one.key != YEAR for one in cut):
            rows = source.paid_rows(cut)
        else:
            yield from _pairs(tally([source.award_column(one) for one in cut]))
            continue
        columns = [source.account_column(one).at(rows) for one in cut]
        yield from _pairs(tally(columns, of_year.yen[rows] if wanted.measure.is_money else None))


def _pairs(counted: list[tuple[Any, ...]]) -> Iterator[tuple[Key, Key, int]]:
    for *keys, number in counted:
        yield keys[0], keys[1] if len(keys) > 1 else None, number


class _Source:
    """The rows of a fiscal year that a measure counts, and the columns by which they can be cut."""

    def __init__(self, year: int, accounts: held.Accounts, wanted: Wanted) -> None:
        self.year, self.accounts, self.wanted = year, accounts, wanted
        self.awards = accounts.awards
        running, new = self.awards.running_in(year), self.awards.new_in(year)
        if wanted.measure is Measure.NEW:
            running = running & new
        if wanted.measure is Measure.CONTINUING:
            running = running & ~new
        self.counting = running
        self.placing = Placing(self.awards, wanted.term, year)

    def money_rows(self) -> Numbers:
        """The accounts whose yen come to the measure."""
        rows = np.ones(len(self.accounts.yen), np.bool_)
        if self.wanted.measure is not Measure.BUDGETED:
            rows &= self.accounts.awarded
        if self.wanted.measure is Measure.SPENT:
            kind = self.accounts.kind
            rows &= np.array([key == AccountKind.SPENT for key in kind.keys], np.bool_)[kind.codes]
        return np.flatnonzero(rows)

    def paid_rows(self, cut: list[Dimension]) -> Numbers:
        """Awards told apart by whose money they have: each once for every ministry or kind of budget that pays it."""
        rows = self.accounts.once([self.account_column(one) for one in cut])
        return rows[self.counting[self.accounts.award[rows]]]

    def award_column(self, one: Dimension) -> Column:
        """A dimension of the awards that count."""
        rows = np.flatnonzero(self.counting)
        return self._constant(one, len(rows)) or self._of_awards(one).at(rows)

    def account_column(self, one: Dimension) -> Column:
        """A dimension of all accounts."""
        constant = self._constant(one, len(self.accounts.yen))
        if constant is not None:
            return constant
        if one.key == "ministry":
            return self.accounts.ministry()
        if one.key == "budget":
            return self.accounts.budget()
        if one.key == "programme":
            return self.accounts.programme
        if one.key == PROJECT:
            return self.placing.of(self.accounts.programme, self.accounts.award)
        if one.award == "organisation" and self.wanted.measure.is_money:
            return self._standing_for(one, self.accounts.organisation())
        return self._of_awards(one).at(self.accounts.award)

    def _constant(self, one: Dimension, rows: int) -> Column | None:
        return Column.same(self.year, rows) if one.key == YEAR else None

    def _of_awards(self, one: Dimension) -> Column:
        """A dimension of every award."""
        if one.key == SIZE:
            yen = self.accounts.by_award()
            has_money = np.zeros(len(yen), np.bool_)
            has_money[self.accounts.award[self.accounts.awarded]] = True
            size = np.searchsorted(np.array(SIZES), yen, side="right")
            return Column(np.where(has_money, size, len(SIZES) + 1), (*range(len(SIZES) + 1), None))
        if one.key == PROJECT:
            return self.placing.of_awards()
        column: Column = getattr(self.awards, one.award)
        return self._standing_for(one, column)

    @staticmethod
    def _standing_for(one: Dimension, column: Column) -> Column:
        return column.mapped(one.stands_for().get) if one.stands_for else column


def _labelled(
    dimension: Dimension | None, keys: set[Key], language: str, cells: dict[tuple[Key, Key], int], side: int
) -> list[tuple[Key, str]]:
    """Keys with their labels: years and classes in their order, others by how much they have."""
    if dimension is None:
        return [(None, "")]
    labels = dimension.labels(keys, language)
    weight: defaultdict[Key, int] = defaultdict(int)
    for pair, number in cells.items():
        weight[pair[side]] += number
    if dimension.key in (YEAR, SIZE):
        ordered = sorted(keys, key=lambda key: (key is None, key or 0))
    else:
        ordered = sorted(keys, key=lambda key: (-weight[key], str(key)))
    return [(key, labels.get(key) or _("not stated")) for key in ordered]

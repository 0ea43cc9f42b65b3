"""Where the rows behind a cell of the data book are listed: the accounts of its money, or its awards."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from kakehashi.systems.portfolio.databook.dimensions import HOLDERS, NOTHING, PROJECT, SIZE, YEAR, Measure
from kakehashi.systems.portfolio.databook.slicing import Key, Table

LISTED = {PROJECT, "programme", "ministry", "budget", "area", SIZE, *HOLDERS}
"""By what the lists of accounts and of awards are narrowed alike."""
OF_AWARDS = {"phase", "modality"}
CAN_HAVE_NONE = {PROJECT, "programme"}
BEGAN = {Measure.NEW: "new", Measure.CONTINUING: "continuing"}


class Opening:
    """The addresses of a table's cells."""

    def __init__(self, table: Table) -> None:
        wanted = table.wanted
        self._table = table
        sides = [(wanted.rows, table.rows), *([(wanted.columns, table.columns)] if wanted.columns else [])]
        self._cut = [(one, one.codes({key for key, _label in labelled})) for one, labelled in sides]
        able = {YEAR, *LISTED, *(() if wanted.measure.is_money else OF_AWARDS)}
        one_year = len(wanted.years) == 1 or any(one.key == YEAR for one, _codes in self._cut)
        self._opens = one_year and all(one.key in able for one, _codes in self._cut)

    def url(self, row: Key, column: Key) -> str:
        """Where a cell's rows are; "" where no list is cut as the cell is, and for nought."""
        if not self._opens or not self._table.cell(row, column):
            return ""
        wanted = self._table.wanted
        query = {"year": str(wanted.years[0])}
        if wanted.term is not None:
            query["term"] = str(wanted.term.number)
        for (dimension, codes), key in zip(self._cut, (row, column), strict=False):
            code = NOTHING if key is None and dimension.key in CAN_HAVE_NONE else codes.get(key, "")
            if not code:
                return ""
            query[dimension.key] = code
        if wanted.measure.is_money:
            return f"{reverse('portfolio:rows', args=[str(wanted.measure)])}?{urlencode(query)}"
        if began := BEGAN.get(wanted.measure):
            query["began"] = began
        return f"{reverse('portfolio:awards')}?{urlencode(query)}"

"""The outputs that have been there and the awards they are credited to, held as columns, and counted each once.

An output counts on a day when it is there (come, and not taken back yet) and is credited to an award on that day
(``outputs.counting`` asks the same of the database). It counts for an award, a programme, a project, a ministry once
where any of its credited awards is there: lines may come to more than their total, which counts each output once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kakehashi.kernel.fiscal import APRIL, fiscal_year_days
from kakehashi.systems.portfolio.columns.column import Column, Numbers, distinct, tally
from kakehashi.systems.portfolio.columns.held import Awards, Days, columns_of, days_of
from kakehashi.systems.portfolio.columns.stamps import CREDITS, OUTPUTS, stamps
from kakehashi.systems.portfolio.outputs.counting import CAME

READ_CREDITS = ("output_id", "award_id", "since", "until")
READ_OUTPUTS = ("kind", "top_journal", "on", "taken_back_on")
Results = dict[str, int]
"""How many outputs, by kind."""


@dataclass(frozen=True)
class Rows:
    """Every credit of an output that has been there: what it is of, to which award (its primary key), from which day
    until which; ``gone``, ``until``: not a day where there is none."""

    output: Column
    award: Numbers
    kind: Column
    top_journal: NDArray[np.bool_]
    came: Days
    gone: Days
    since: Days
    until: Days


@dataclass(frozen=True)
class Credits:
    """The rows, each with its award's place among the awards (-1: nowhere)."""

    awards: Awards
    rows: Rows
    award: Numbers

    def counting(self, fiscal_year: int, day: date) -> Counting:
        """Those of outputs that came in a fiscal year which count at the end of a day."""
        return self.between(*fiscal_year_days(fiscal_year), day)

    def by(self, day: date) -> Counting:
        """Those of outputs that came by a day, whenever, which count at its end."""
        return self.between(date.min, day, day)

    def between(self, first: date, last: date, day: date) -> Counting:
        """Those of outputs that came from one day to another which count at the end of a third."""
        rows, now = self.rows, np.datetime64(day)
        wanted = (rows.came >= np.datetime64(first)) & (rows.came <= np.datetime64(min(last, day)))
        wanted &= (rows.since <= now) & (np.isnat(rows.until) | (rows.until > now))
        wanted &= np.isnat(rows.gone) | (rows.gone > now)
        return Counting(self, np.flatnonzero(wanted))


@dataclass(frozen=True)
class Counting:
    """Credits that count: their places among all. Of several of one output it counts once."""

    credits: Credits
    places: Numbers

    def of(self, awards: NDArray[np.bool_]) -> Counting:
        """Those to some awards."""
        award = self.credits.award[self.places]
        there = np.zeros(len(award), np.bool_)
        there[award >= 0] = awards[award[award >= 0]]
        return Counting(self.credits, self.places[there])

    def of_kinds(self, kinds: Collection[str], *, top_papers: str = "") -> Counting:
        """Those of outputs of some kinds, and of the kind ``top_papers`` where they stand in top journals."""
        rows = self.credits.rows
        kind = Column(rows.kind.codes[self.places], rows.kind.keys)
        there = np.zeros(len(self.places), np.bool_)
        for key in kinds:
            there |= kind.is_(key)
        if top_papers:
            there |= kind.is_(top_papers) & rows.top_journal[self.places]
        return Counting(self.credits, self.places[there])

    def by_year(self) -> Iterator[tuple[int, Counting]]:
        """The same by the fiscal year that the outputs came in; only years in which any came."""
        months = self.credits.rows.came[self.places].astype("datetime64[M]") - np.timedelta64(APRIL - 1, "M")
        years = months.astype("datetime64[Y]")
        for year in np.unique(years):
            yield int(str(year)), Counting(self.credits, self.places[years == year])

    def without(self, kind: str, *, after: date) -> Counting:
        """Those but such of a kind that came after a day."""
        rows = self.credits.rows
        of_kind = Column(rows.kind.codes[self.places], rows.kind.keys).is_(kind)
        return Counting(self.credits, self.places[~(of_kind & (rows.came[self.places] > np.datetime64(after)))])

    def among(self, outputs: Collection[int]) -> Counting:
        """Those of some outputs, by their primary keys."""
        wanted = self.credits.rows.output.among(outputs)
        return Counting(self.credits, self.places[wanted[self.places]])

    def of_awards(self) -> NDArray[np.bool_]:
        """Which of the awards have any."""
        award = self.credits.award[self.places]
        has = np.zeros(len(self.credits.awards.pk), np.bool_)
        has[award[award >= 0]] = True
        return has

    def kinds_of_awards(self) -> list[tuple[int, str]]:
        """The place of each award that has any with each kind that it has, once each, as they were credited."""
        award = self.credits.award[self.places]
        there = np.flatnonzero(award >= 0)
        kind = self.credits.rows.kind.at(self.places[there])
        known = Column(award[there], tuple(range(len(self.credits.awards.pk))))
        return [(int(award[there[one]]), kind.value(int(one))) for one in np.flatnonzero(distinct([known, kind]))]

    def outputs(self, asked: NDArray[np.bool_]) -> set[int]:
        """The primary keys of those among some of all credits' rows."""
        output = self.credits.rows.output
        return {output.keys[code] for code in output.codes[self.places[asked[self.places]]]}

    def number(self) -> int:
        """How many outputs."""
        return len(np.unique(self.credits.rows.output.codes[self.places]))

    def results(self) -> Results:
        """How many outputs of each kind."""
        return self._by(Column.same("", len(self.places))).get("", {})

    def by(self, line: Column) -> dict[object, Results]:
        """The same for each value of a column of the awards."""
        return self._by(line.at(self.credits.award[self.places]))

    def _by(self, line: Column) -> dict[object, Results]:
        rows = self.credits.rows
        once = distinct([Column(rows.output.codes[self.places], rows.output.keys), line])
        told: defaultdict[object, Results] = defaultdict(dict)
        for key, kind, number in tally([line.at(once), rows.kind.at(self.places[once])]):
            told[key][kind] = number
        return dict(told)


_lock = Lock()
_rows: tuple[tuple[int | None, int | None], Rows] | None = None
_credits: Credits | None = None


def credits(awards: Awards) -> Credits:
    """Every credit as it stands, beside these awards."""
    global _credits
    rows = _rows_now()
    with _lock:
        if _credits is not None and _credits.rows is rows and _credits.awards is awards:
            return _credits
    told = Credits(awards, rows, awards.places_of(rows.award))
    with _lock:
        _credits = told
    return told


def _rows_now() -> Rows:
    global _rows
    now = stamps()
    stamp = (now.get((OUTPUTS, 0)), now.get((CREDITS, 0)))
    with _lock:
        if _rows is not None and all(stamp) and _rows[0] == stamp:
            return _rows[1]
    read = _read()
    with _lock:
        _rows = (stamp, read)
    return read


def _read() -> Rows:
    fields = [f"c.{one}" for one in READ_CREDITS] + [f'o."{one}"' for one in READ_OUTPUTS]
    states = ", ".join(f"'{state}'" for state in CAME)
    output, award, since, until, kind, top_journal, came, gone = columns_of(
        f"SELECT {', '.join(fields)} FROM portfolio_credit c "  # noqa: S608  no input
        f"JOIN portfolio_output o ON o.id = c.output_id WHERE o.state IN ({states}) ORDER BY c.id",
        len(fields),
    )
    return Rows(
        Column.of(output),
        np.array(award, np.int64),
        Column.of(kind),
        np.array(top_journal, np.bool_),
        days_of(came),
        days_of(gone),
        days_of(since),
        days_of(until),
    )

"""The awards and each fiscal year's accounts, read once and held until they change.

One process reads 300,000 accounts in about a second; afterwards any cut of them is counted in milliseconds. Before each
use the stamps are asked (``stamps``): what has changed is read anew, the year alone that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.columns.column import Column, Numbers, distinct, tally
from kakehashi.systems.portfolio.columns.stamps import ACCOUNTS, AWARDS, stamps
from kakehashi.systems.portfolio.models import Appropriation

READ_AT_ONCE = 50_000
TRIES = 3
READ_AWARDS = (
    "id",
    "number",
    "programme_id",
    "organisation_id",
    "phase",
    "modality",
    "area_id",
    "begins",
    "ends",
    "published_on",
)
READ_ACCOUNTS = ("kind", "appropriation_id", "programme_id", "award_id", "organisation_id", "balance_yen")
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Awards:
    """Every award, by primary key: what it is cut by, and from which day until which it runs. ``rank``: its place by
    award number."""

    pk: Numbers
    number: NDArray[np.str_]
    rank: Numbers
    programme: Column
    organisation: Column
    phase: Column
    modality: Column
    area: Column
    begins: Days
    ends: Days
    published_on: Days

    def running_in(self, fiscal_year: int) -> NDArray[np.bool_]:
        """Those that run on at least one day of a fiscal year."""
        first, last = fiscal_year_days(fiscal_year)
        return (self.begins <= np.datetime64(last)) & (self.ends >= np.datetime64(first))

    def new_in(self, fiscal_year: int) -> NDArray[np.bool_]:
        """Those that did not begin before a fiscal year."""
        first, _last = fiscal_year_days(fiscal_year)
        return self.begins >= np.datetime64(first)

    def published(self, day: date) -> NDArray[np.bool_]:
        """Those that everybody may see on a day."""
        return self.published_on <= np.datetime64(day)

    def among(self, pks: Sequence[int]) -> NDArray[np.bool_]:
        """Those with one of some primary keys."""
        there = np.zeros(len(self.pk), np.bool_)
        places = self.places_of(np.array(pks, np.int64))
        there[places[places >= 0]] = True
        return there

    def newest_first(self, rows: NDArray[np.bool_]) -> Numbers:
        """The places of some, those that began last first, then by number."""
        places = np.flatnonzero(rows)
        return places[np.lexsort((self.rank[places], -self.begins[places].astype(np.int64)))]

    def places_of(self, pks: Numbers) -> Numbers:
        """Where awards stand here; -1: nowhere."""
        if not len(self.pk):
            return np.full(len(pks), -1, np.int64)
        places = np.searchsorted(self.pk, pks).clip(max=len(self.pk) - 1)
        return np.where(self.pk[places] == pks, places, -1)


@dataclass(frozen=True)
class Accounts:
    """A fiscal year's accounts that name a programme: kind, appropriation, programme, award (its place among the
    awards, -1: none), the institution that they name (None: none) and what lies there."""

    awards: Awards
    kind: Column
    appropriation: Column
    programme: Column
    award: Numbers
    own_organisation: Column
    yen: Numbers

    def organisation(self) -> Column:
        """The institution where money lies: the account's own, else its award's."""
        of_award = self.awards.organisation.at(self.award)
        keys = list(dict.fromkeys((*self.own_organisation.keys, *of_award.keys)))
        place = {key: code for code, key in enumerate(keys)}
        own, others = (
            np.array([place[key] for key in column.keys], np.int64)[column.codes]
            for column in (self.own_organisation, of_award)
        )
        return Column(np.where(self.own_organisation.is_(None), others, own), tuple(keys))

    def ministry(self) -> Column:
        """Whose money it is."""
        return self.appropriation.mapped(dict(Appropriation.objects.values_list("pk", "ministry")).__getitem__)

    def budget(self) -> Column:
        """The kind of budget that gave it."""
        return self.appropriation.mapped(dict(Appropriation.objects.values_list("pk", "kind")).__getitem__)

    @cached_property
    def sums(self) -> list[tuple[int, str, int, bool, int]]:
        """What lies where: ``(programme, kind of account, appropriation, whether with an award, yen)``."""
        awarded = Column(self.awarded.astype(np.int64), (False, True))
        return tally([self.programme, self.kind, self.appropriation, awarded], self.yen)

    @cached_property
    def awarded(self) -> NDArray[np.bool_]:
        """Which name an award."""
        return self.award >= 0

    def payers(self) -> dict[str, NDArray[np.bool_]]:
        """For each ministry the awards that have money of it."""
        ministry = self.ministry()
        told = {}
        for code, name in enumerate(ministry.keys):
            pays = np.zeros(len(self.awards.pk), np.bool_)
            pays[self.award[(ministry.codes == code) & self.awarded]] = True
            told[name] = pays
        return told

    def paid_by(self, ministry: str, kind: str) -> NDArray[np.bool_]:
        """The awards that have money of a ministry, of a kind of budget, or of both at once ("": of any)."""
        rows = self.awarded
        if ministry:
            rows = rows & self.ministry().is_(ministry)
        if kind:
            rows = rows & self.budget().is_(kind)
        paid = np.zeros(len(self.awards.pk), np.bool_)
        paid[self.award[rows]] = True
        return paid

    def by_award(self) -> Numbers:
        """What lies with each award in all its accounts."""
        sums = np.zeros(len(self.awards.pk), np.int64)
        np.add.at(sums, self.award[self.awarded], self.yen[self.awarded])
        return sums

    def sums_of(self, places: Numbers) -> list[tuple[int, str, int, int]]:
        """The same for some awards: ``(place of the award, kind of account, appropriation, yen)``."""
        rows = np.flatnonzero(np.isin(self.award, places) & self.awarded)
        award = Column(self.award[rows], tuple(range(len(self.awards.pk))))
        return tally([award, self.kind.at(rows), self.appropriation.at(rows)], self.yen[rows])

    def once(self, cut: Sequence[Column]) -> Numbers:
        """Accounts of awards, of several with the same award and values one: their places."""
        rows = np.flatnonzero(self.awarded)
        award = Column(self.award[rows], tuple(range(len(self.awards.pk))))
        return rows[distinct([award, *(column.at(rows) for column in cut)])]


_lock = Lock()
_awards: tuple[int, Awards] | None = None
_accounts: dict[int, tuple[tuple[int, int], Accounts]] = {}


def awards() -> Awards:
    """Every award as it stands."""
    return _awards_of(stamps())


def accounts(fiscal_years: Sequence[int]) -> dict[int, Accounts]:
    """The accounts of some fiscal years as they stand, with the awards of the same moment: where anything was committed
    between the reading of the one and of the other, both are read once more."""
    told: dict[int, Accounts] = {}
    for _try in range(TRIES):
        now = stamps()
        held = _awards_of(now)
        there = [_accounts.get(year) for year in fiscal_years]
        told = {year: _accounts_of(year, held, now) for year in fiscal_years}
        if all(one is not None and one[1] is told[year] for year, one in zip(fiscal_years, there, strict=True)):
            break  # nothing was read
        if stamps() == now:
            break
    return told


def fiscal_years() -> tuple[int, ...]:
    """The fiscal years that the ledger has had accounts of, latest first."""
    return tuple(sorted((year for about, year in stamps() if about == ACCOUNTS), reverse=True))


def _awards_of(now: dict[tuple[str, int], int]) -> Awards:
    global _awards
    stamp = now.get((AWARDS, 0))
    with _lock:
        if _awards is not None and stamp is not None and _awards[0] == stamp:
            return _awards[1]
    read = _read_awards()
    if stamp is not None:
        with _lock:
            _awards = (stamp, read)
    return read


def _accounts_of(year: int, held: Awards, now: dict[tuple[str, int], int]) -> Accounts:
    stamp = (now.get((AWARDS, 0), 0), now.get((ACCOUNTS, year), 0))
    with _lock:
        there = _accounts.get(year)
    if there is not None and there[0] == stamp and all(stamp):
        return there[1]
    read = _read_accounts(year, held)
    with _lock:
        _accounts[year] = (stamp, read)
    return read


def _read_awards() -> Awards:
    pk, number, programme, organisation, phase, modality, area, begins, ends, published = columns_of(
        f"SELECT {', '.join(READ_AWARDS)} FROM portfolio_award ORDER BY id",  # noqa: S608  no input
        len(READ_AWARDS),
    )
    numbers = np.array(number, str)
    return Awards(
        np.array(pk, np.int64),
        numbers,
        np.argsort(np.argsort(numbers)),
        Column.of(programme),
        Column.of(organisation),
        Column.of(phase),
        Column.of(modality),
        Column.of(area),
        days_of(begins),
        days_of(ends),
        days_of(published),
    )


def days_of(values: list[Any]) -> Days:
    """Days as they are read; None: not a day."""
    return np.array(values, "datetime64[D]")


def _read_accounts(year: int, held: Awards) -> Accounts:
    kind, appropriation, programme, award, organisation, yen = columns_of(
        f"SELECT {', '.join(READ_ACCOUNTS)} FROM portfolio_account "  # noqa: S608  no input
        "WHERE fiscal_year = %s AND programme_id IS NOT NULL",
        len(READ_ACCOUNTS),
        [year],
    )
    return Accounts(
        held,
        Column.of(kind),
        Column.of(appropriation),
        Column.of(programme),
        held.places_of(np.array([-1 if one is None else one for one in award], np.int64)),
        Column.of(organisation),
        np.array(yen, np.int64),
    )


def columns_of(statement: str, width: int, asked: Sequence[int] = ()) -> list[list[Any]]:
    """The answer of a statement, column by column; plain SQL, without an object a row."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    with connection.cursor() as cursor:
        cursor.execute(statement, list(asked))
        while rows := cursor.fetchmany(READ_AT_ONCE):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
    return columns

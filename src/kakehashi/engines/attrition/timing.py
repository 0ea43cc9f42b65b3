"""When approvals are to be expected: phases take time, and an asset is some way into its own.

A phase's duration is a gamma distribution of its mean and standard deviation, in whole months; the same whether the
asset succeeds or fails, and independent of the others. An asset that has stood in its phase for t months has what is
left of the duration given that it exceeds t; one that has outstayed every duration leaves next month.

Published means: BIO, QLS Advisors, Informa (2021): 2.3, 3.6, 3.3 and 1.3 years from phase 1 to approval, 10.5 together;
Paul et al. (2010): 4.5 years from target to candidate (1.0, 1.5, 2.0) and 1.0 of non-clinical work. Neither gives a
spread; ``PUBLISHED`` takes half the mean, which is ours. For devices nothing is published here: give your own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from kakehashi.engines.attrition import chain
from kakehashi.engines.attrition.forecast import Approvals, approvals_of, together
from kakehashi.engines.attrition.passing import Masses
from kakehashi.engines.attrition.phases import (
    DISCOVERY,
    DRUG,
    NONCLINICAL,
    PHASE_1,
    PHASE_2,
    PHASE_3,
    REGENERATIVE,
    SUBMISSION,
    Cell,
    Group,
    table_of,
)
from kakehashi.engines.attrition.rates import Rates

MOST_MONTHS = 12 * 60
"""Durations are followed for sixty years; what is left after that is taken to end then."""


@dataclass(frozen=True)
class Duration:
    """How long a phase takes, in years: mean and standard deviation (0: always the mean)."""

    mean_years: float
    sd_years: float

    def __post_init__(self) -> None:
        if not (self.mean_years > 0 and self.sd_years >= 0):
            raise ValueError(f"a phase of {self.mean_years} ± {self.sd_years} years: the mean must be above 0")

    def months(self) -> Masses:
        """The chance of each whole number of months, at least one."""
        from scipy.special import gammainc

        mean, sd = 12 * self.mean_years, 12 * self.sd_years
        if not sd:
            return chain.exactly(max(1, round(mean)))
        shape = (mean / sd) ** 2
        ends = np.arange(1, MOST_MONTHS) + 0.5  # to the nearest month, so that the mean stays
        below = np.asarray(gammainc(shape, ends * shape / mean), dtype=np.float64)
        return np.diff(np.concatenate(([0.0, 0.0], below, [1.0])))


def _half(mean_years: float) -> Duration:
    return Duration(mean_years, mean_years / 2)


PUBLISHED = {
    (table.name, phase): _half(mean)
    for table in (DRUG, REGENERATIVE)
    for phase, mean in (
        (DISCOVERY, 4.5),
        (NONCLINICAL, 1.0),
        (PHASE_1, 2.3),
        (PHASE_2, 3.6),
        (PHASE_3, 3.3),
        (SUBMISSION, 1.3),
    )
}
"""By table and phase."""


@dataclass(frozen=True)
class Asset:
    """One asset: where it stands, and since when (None: since just now)."""

    cell: Cell
    since: date | None = None


@dataclass(frozen=True, eq=False)
class Year:
    """Approvals expected ``within`` a fiscal year (named by the year in which it begins) and ``by_its_end``."""

    fiscal_year: int
    within: Approvals
    by_its_end: Approvals


def by_year(
    assets: Iterable[Asset],
    rates: Rates,
    *,
    today: date,
    years: int,
    durations: Mapping[tuple[str, str], Duration] = PUBLISHED,
    first_month: int = 4,
) -> list[Year]:
    """Approvals in this fiscal year (what is left of it) and those that follow, so many ``years`` together.

    ``first_month``: the month in which a fiscal year begins. ValueError where a duration is missing.
    """
    standing: dict[Group, list[list[Masses]]] = {}
    waits = _Waits(durations)
    for asset in assets:
        cell = asset.cell
        table = table_of(cell.table)
        row = standing.setdefault(cell.group, [[] for _phase in table.phases])
        stood = 0 if asset.since is None else max(0, _month(today) - _month(asset.since))
        row[table.place(cell.phase)].append(waits.of(cell, stood))
    before = (today.month - first_month) % 12
    first = today.year - (today.month < first_month)
    found = []
    for number in range(years):
        end = 12 * (number + 1) - before - 1  # months from now until the year's last
        begin = max(0, end - 12)
        within = _arriving(standing, rates, begin, end)
        found.append(Year(first + number, within, _arriving(standing, rates, 0, end)))
    return found


class _Waits:
    """Chances of the months until approval, by cell and months already stood; each worked out once."""

    def __init__(self, durations: Mapping[tuple[str, str], Duration]) -> None:
        self._durations = durations
        self._known: dict[tuple[str, str, int], Masses] = {}

    def of(self, cell: Cell, stood: int) -> Masses:
        key = (cell.table, cell.phase, stood)
        if key not in self._known:
            phases = table_of(cell.table).phases
            place = phases.index(cell.phase)
            months = self._left(cell.table, cell.phase, stood)
            for later in phases[place + 1 :]:
                months = np.convolve(months, self._left(cell.table, later, 0))
            self._known[key] = months
        return self._known[key]

    def _left(self, table: str, phase: str, stood: int) -> Masses:
        if (table, phase) not in self._durations:
            raise ValueError(f"no duration is given for the phase “{phase}” of the table “{table}”")
        months = self._durations[table, phase].months()
        if not stood:
            return months
        left = months[stood:].copy()
        left[:1] = 0.0  # it still stands there today, so it leaves next month at the earliest
        total = float(left.sum())
        return left / total if total > 0 else chain.exactly(1)


def _arriving(standing: Mapping[Group, list[list[Masses]]], rates: Rates, begin: int, end: int) -> Approvals:
    """Approvals after ``begin`` months and up to ``end``: each asset is one of those with its own chance."""
    parts = []
    for group, row in standing.items():
        chances = [np.array([float(months[begin + 1 : end + 1].sum()) for months in waits]) for waits in row]
        parts.append(approvals_of(chances, rates, group))
    return together(parts)


def _month(day: date) -> int:
    return day.year * 12 + day.month

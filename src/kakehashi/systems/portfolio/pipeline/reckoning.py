"""What to expect of a pipeline, and what a change would make of it: plain values in, plain values out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from kakehashi.engines.attrition import Asset, Cell, Learned, Rates, Record, by_year, learn
from kakehashi.engines.attrition.forecast import HUNDRED_MILLION, Approvals, approvals, onward, plain, rows, together
from kakehashi.engines.attrition.phases import TABLES, Group
from kakehashi.systems.portfolio.pipeline.ladders import DURATIONS, priors

YEARS = 10
"""So many fiscal years ahead are told."""
KEPT_S = 24 * 3600
"""How long the years of a pipeline are kept: they change with the pipeline, the rates and the month."""


@dataclass(frozen=True)
class Expected:
    """Approvals to expect: the mean and from how many to how many (95 %)."""

    mean: float
    low: float
    high: float

    def scaled(self, factor: float) -> Expected:
        """The same per something else."""
        return Expected(self.mean * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Rung:
    """A rate that assets of the pipeline have still before them, or stand at: what it rests on."""

    cell: Cell
    assets: int
    learned: Learned
    chance: float
    """Of one asset here, to be approved in the end."""


@dataclass(frozen=True)
class Told:
    """A pipeline: all of it, by group of ladder and area, by rung."""

    total: Expected
    groups: Mapping[Group, Expected]
    rungs: Sequence[Rung]
    exactly: Mapping[Group, Approvals]
    """What the engine answers for each group."""

    def per_100_million_yen(self, yen: int) -> Expected | None:
        """Expected approvals for each 100 million yen; None without money."""
        return self.total.scaled(HUNDRED_MILLION / yen) if yen > 0 else None


@dataclass(frozen=True)
class Ahead:
    """Approvals expected within a fiscal year."""

    fiscal_year: int
    within: Expected


def rates_of(counts: Mapping[Cell, int], records: Mapping[Cell, Record]) -> Rates:
    """Published rates under the agency's own areas, updated by its own record."""
    return learn(records, priors({**dict.fromkeys(records, 0), **counts}))


def tell(counts: Mapping[Cell, int], rates: Rates) -> Told:
    """The approvals to expect, exactly."""
    found, rungs = {}, []
    for group, row in sorted(rows(counts).items()):
        ladder = plain(rates, group)
        found[group] = approvals(row, ladder)
        reach = onward([rate.mean for rate in ladder])
        for phase, number, chance in zip(TABLES[group.table].phases, row, reach, strict=True):
            cell = Cell(*group, phase)
            rungs.append(Rung(cell, number, rates.of(cell), chance))
    total = together(list(found.values()))
    return Told(
        Expected(total.mean, *total.interval()),
        {group: Expected(one.mean, *one.interval()) for group, one in found.items()},
        rungs,
        found,
    )


def years_ahead(
    assets: Sequence[tuple[Asset, int]], rates: Rates, records: Mapping[Cell, Record], today: date
) -> list[Ahead]:
    """Approvals of the years to come; kept for a day under what they depend on, for they take a second or two."""
    standing = sorted((*asset.cell, str(asset.since), number) for asset, number in assets)
    known = sorted((*cell, record.advanced, record.stopped) for cell, record in records.items())
    digest = hashlib.sha256(repr((standing, known, today.year, today.month, YEARS)).encode()).hexdigest()
    key = f"portfolio-pipeline-{digest}"
    kept: list[Ahead] | None = cache.get(key)
    if kept is None:
        every = [asset for asset, number in assets for _one in range(number)]
        kept = [
            Ahead(one.fiscal_year, Expected(one.within.mean, *one.within.interval()))
            for one in by_year(every, rates, today=today, years=YEARS, durations=DURATIONS)
        ]
        cache.set(key, kept, KEPT_S)
    return kept

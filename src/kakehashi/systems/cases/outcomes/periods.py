"""Periods of the Japanese fiscal year: the year (April to March), its halves, the months."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kakehashi.kernel.fiscal import APRIL, fiscal_year, fiscal_year_days, fiscal_year_name
from kakehashi.systems.cases.outcomes.words import Unit

OCTOBER = 10


@dataclass(frozen=True, order=True)
class Period:
    """A period by its first and last day."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """How addresses and files name it: FY2018, FY2018H1 or 2018-04."""
        year = fiscal_year(self.first)
        if (self.first, self.last) == fiscal_year_days(year):
            return f"FY{year}"
        if (self.last - self.first).days > 31:
            return f"FY{year}H{1 if self.first.month == APRIL else 2}"
        return f"{self.first:%Y-%m}"

    def name(self, language: str) -> str:
        """Its name in Japanese or English."""
        year = fiscal_year_name(fiscal_year(self.first), language)
        japanese = language.startswith("ja")
        if self.key.endswith(("H1", "H2")):
            first = self.first.month == APRIL
            half = ("上期" if first else "下期") if japanese else (" first half" if first else " second half")
            return year + half
        if self.key.startswith("FY"):
            return year
        return f"{self.first.year}年{self.first.month}月" if japanese else f"{self.first:%b %Y}"


def period_of(day: date, unit: str) -> Period:
    """The period of a unit that a day lies in."""
    if unit == Unit.MONTH:
        return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    year = fiscal_year(day)
    first, last = fiscal_year_days(year)
    if unit == Unit.YEAR:
        return Period(first, last)
    autumn = date(year, OCTOBER, 1)
    return Period(first, autumn - timedelta(days=1)) if day < autumn else Period(autumn, last)


def periods_between(first: Period, last: Period, unit: str) -> list[Period]:
    """All periods of a unit from one to another, both included, without gaps."""
    found = [first]
    while found[-1] < last:
        found.append(period_of(found[-1].last + timedelta(days=1), unit))
    return found


def quarter_end_before(day: date) -> date:
    """The last day of the last full quarter of the fiscal year before a day: 31 March, 30 June, 30 September, …"""
    first_month = day.month - (day.month - 1) % 3
    return date(day.year, first_month, 1) - timedelta(days=1)

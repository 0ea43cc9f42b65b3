"""The demo agency's budgets of eleven fiscal years: published where the documents say them, made up to fit where not.

Published: what each programme had in FY2019, the agency's totals of FY2015 and FY2024 with their adjustment funds, the
multi-year funds with their years and totals. Made up: how the other years divide, the adjustment funds of the years
between (as in the two that are told), and one programme that holds what the documents do not itemise.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.facts.shapes.money import Fund

YEARS = range(2015, 2026)
OTHER = "demo-not-itemised"
OTHER_NAMES = (
    "資料に内訳のない事業（デモ用の合算）",
    "Programmes that the documents do not itemise (made up for the demonstration)",
)
PRECISION_YEN = 1_000_000
OPEN_FUND_YEARS = 5
"""A fund whose last year no document tells is taken to run so long."""
ADJUSTED = 12
"""So many programmes share a year's adjustment funds."""


@dataclass(frozen=True)
class Line:
    """What a programme (by its code) gets in a fiscal year of one kind of budget, in yen; ``fund``: out of this one."""

    programme: str
    fiscal_year: int
    kind: str
    yen: int
    fund: str = ""


def plan(told: Facts, published: dict[str, int], seed: int) -> list[Line]:
    """The lines of all years. ``published``: FY2019's yen by programme code."""
    dice = random.Random(seed)  # noqa: S311  made-up divisions, no secret
    lines: list[Line] = []
    for year in YEARS:
        lines += _initial(told, published, year, dice)
        lines += _adjustment(told, published, year, dice)
    for fund in told.funds:
        lines += _of_fund(fund)
    return lines


def total_of(told: Facts, year: int, kind: str) -> int:
    """What the agency had of a kind ("agency", "adjustment") in a year: told, or between the years that are told."""
    known = {one.fiscal_year: one.amount_yen for one in told.agency_budgets if one.kind == kind}
    if year in known:
        return known[year]
    before = max((one for one in known if one < year), default=min(known))
    after = min((one for one in known if one > year), default=max(known))
    if before >= after:
        return known[before]
    between = known[before] + (known[after] - known[before]) * (year - before) / (after - before)
    return round(between / PRECISION_YEN) * PRECISION_YEN


def _initial(told: Facts, published: dict[str, int], year: int, dice: random.Random) -> list[Line]:
    amounts = dict(published)
    if year != 2019:
        for code, yen in published.items():
            amounts[code] = max(round(yen * dice.uniform(0.88, 1.12) / PRECISION_YEN), 1) * PRECISION_YEN
    rest = total_of(told, year, "agency") - sum(amounts.values())
    if rest > 0:
        amounts[OTHER] = rest
    return [Line(code, year, "initial", yen) for code, yen in amounts.items()]


def _adjustment(told: Facts, published: dict[str, int], year: int, dice: random.Random) -> list[Line]:
    total = total_of(told, year, "adjustment")
    chosen = dice.sample(sorted(published), min(ADJUSTED, len(published)))
    weights = [dice.uniform(0.5, 2.0) for _ in chosen]
    return [
        Line(code, year, "adjustment", yen) for code, yen in zip(chosen, shared(total, weights), strict=True) if yen
    ]


def last_year(fund: Fund) -> int:
    """The last fiscal year of a fund, as it is told or taken."""
    return fund.last_fiscal_year or fund.first_fiscal_year + OPEN_FUND_YEARS - 1


def _of_fund(fund: Fund) -> list[Line]:
    """A fund's total over its years, evenly; years after the last that the demo tells stay with the agency."""
    years = range(fund.first_fiscal_year, last_year(fund) + 1)
    amounts = shared(fund.total_yen, [1.0] * len(years))
    return [
        Line(fund.programme, year, "multi_year", yen, fund.key)
        for year, yen in zip(years, amounts, strict=True)
        if year in YEARS
    ]


def shared(total: int, weights: list[float]) -> list[int]:
    """A whole number of yen divided by weights, the parts summing to it: the largest remainders get one more."""
    if not weights:
        return []
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda at: parts[at] - exact[at])
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts

"""Budgets, funds and other figures. Every amount is an integer of yen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kakehashi.systems.portfolio.facts.shapes.base import (
    Fact,
    FiscalYear,
    Key,
    Name,
    ProgrammeKey,
    ProjectKey,
    ReasonKey,
    Shape,
    Text,
    Yen,
)
from kakehashi.systems.portfolio.facts.shapes.structure import Ministry

Standing = Literal["final", "expected", "provisional", "planned", "unsaid"]
OKU = 100_000_000
"""億: 100 million yen, the unit totals are printed in."""


class ProjectBudget(Fact):
    """The published totals of an integrated project in a year, each rounded to ``printed_unit_yen``."""

    project: ProjectKey
    fiscal_year: FiscalYear
    agency_yen: Yen
    in_house_yen: Yen | None = None
    printed_unit_yen: Yen = OKU
    partly_shared: bool
    difference_because: ReasonKey | None = None


class BudgetLine(Fact):
    """What a project's slide prints beside a programme.

    ``shared`` (再掲): shown here and counted in the project ``home``. ``amount_yen`` is None where the programme is
    named without an amount.
    """

    project: ProjectKey
    programme: ProgrammeKey
    fiscal_year: FiscalYear
    amount_yen: Yen | None
    shared: bool = False
    home: ProjectKey
    part: Text | None = None


class InHouseLine(Fact):
    """Money that goes to a national institute's own research, beside the agency."""

    key: Key
    project: ProjectKey
    fiscal_year: FiscalYear
    institute: Name | None
    activity: Name | None = None
    ministry: Ministry | None = None
    amount_yen: Yen


class PublishedShare(Fact):
    """A programme's share of its project's budget as another slide prints it."""

    programme: ProgrammeKey
    project: ProjectKey
    fiscal_year: FiscalYear
    amount_yen: Yen
    printed_unit_yen: Yen = OKU
    percent: int


class AgencyBudget(Fact):
    """What the agency had in a year: its own budget, and the adjustment funds released within the year."""

    fiscal_year: FiscalYear
    kind: Literal["agency", "adjustment"]
    name: Name
    amount_yen: Yen


class Fund(Fact):
    """A multi-year fund and its total. ``years`` as printed; ``years_because`` where they are not last − first + 1."""

    key: Key
    programme: ProgrammeKey
    first_fiscal_year: FiscalYear
    last_fiscal_year: FiscalYear | None
    years: int | None
    years_because: ReasonKey | None = None
    total_yen: Yen
    planned_period: bool = True


class SupplementaryBudget(Fact):
    """An item of a supplementary budget."""

    key: Key
    programme: ProgrammeKey
    fiscal_year: FiscalYear
    amount_yen: Yen
    run_by_agency: bool
    covers_years: int | None = None


class Figure(Fact):
    """One published number. ``approximate``: printed as 約; ``bound``: printed as 以上 (at least) or 超."""

    key: Key
    subject: Literal[
        "awards",
        "spending",
        "staff",
        "finance",
        "partnering",
        "ip-support",
        "support-desk",
        "ppi",
        "scarda",
        "review",
        "data",
    ]
    name: Name
    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    unit: Text
    fiscal_year: FiscalYear | None = None
    as_of: date | None = None
    standing: Standing = "unsaid"
    approximate: bool = False
    at_least: bool = False
    cumulative: bool = False
    programme: ProgrammeKey | None = None


class Part(Shape):
    """One part of a published whole."""

    name: Text
    value: int


class Breakdown(Fact):
    """A published whole beside its published parts."""

    key: Key
    name: Name
    unit: Text
    as_of: date | None = None
    total: int
    parts: tuple[Part, ...] = Field(min_length=2)
    difference_because: ReasonKey | None = None


class Ratio(Fact):
    """A published percentage beside the numbers it is of; ``printed_step`` is its last printed digit."""

    key: Key
    name: Name
    numerator: int
    denominator: int
    percent: Decimal
    printed_step: Decimal
    difference_because: ReasonKey | None = None

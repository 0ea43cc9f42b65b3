"""Goals, logic models, lineages and approvals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kakehashi.systems.portfolio.facts.shapes.base import (
    Fact,
    FiscalYear,
    Key,
    Name,
    ProgrammeKey,
    ProjectKey,
    Refers,
    Shape,
    TermKey,
    Text,
)
from kakehashi.systems.portfolio.facts.shapes.money import Standing
from kakehashi.systems.portfolio.facts.shapes.structure import Phase

MeasureKey = Annotated[str, Refers("measures")]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
"""A year, or a year and month: as exact as the document is."""


class Measure(Shape):
    """What a goal counts. ``target`` is None where the goal is met by a thing done, not by a number."""

    key: Key
    what: Text
    target: Decimal | None
    unit: Text
    per: Literal["total", "year"] = "total"
    at_least: bool = False


class Goal(Fact):
    """A goal of an integrated project, to be reached by the end of ``due_year``."""

    key: Key
    project: ProjectKey
    due_year: int
    statement: Text
    measures: tuple[Measure, ...]


class Actual(Fact):
    """What was reached of a measure: since the term's begin (``cumulative``) or within ``fiscal_year``."""

    measure: MeasureKey
    value: Decimal
    at_least: bool = False
    cumulative: bool
    fiscal_year: FiscalYear | None = None
    as_of: date | None = None
    standing: Standing


class TermOutcome(Fact):
    """What a term's awards brought, all projects together."""

    key: Key
    term: TermKey
    name: Name
    value: int
    unit: Text
    as_of: date
    standing: Standing


class Indicator(Shape):
    """A number of a logic model by fiscal year, or at a day."""

    name: Text
    unit: Text
    cumulative: bool = False
    by_fiscal_year: dict[FiscalYear, int] = Field(default_factory=dict)
    at: Month | None = None
    value: int | None = None


class Stage(Shape):
    """One box of a logic model: its sentences and its indicators."""

    level: Literal[
        "background",
        "input",
        "activity",
        "output",
        "initial-outcome",
        "mid-term-outcome",
        "impact",
        "management-improvement",
        "cooperation",
    ]
    says: tuple[Text, ...] = ()
    indicators: tuple[Indicator, ...] = ()


class LogicModel(Fact):
    """One column of the logic model: what leads from the money to the effect."""

    key: Key
    programme: ProgrammeKey
    project: ProjectKey
    stages: tuple[Stage, ...]


class AdjustmentFunding(Shape):
    """Adjustment funds given to an award within a year, and for what."""

    fiscal_year: FiscalYear
    what: Text


class LineageStep(Shape):
    """One award of a lineage, within one programme."""

    programme: ProgrammeKey
    title: Name
    begins_year: int
    ends_year: int
    phases: tuple[Phase, ...] = ()
    did: tuple[Text, ...]
    adjustments: tuple[AdjustmentFunding, ...] = ()


class LineageEvent(Shape):
    """What happened to the product on its way to patients."""

    kind: Literal["licensed", "filed", "approved", "reimbursed"]
    when: Month | None
    name: Text


class Lineage(Fact):
    """How one idea went through programmes."""

    key: Key
    name: Name
    field: Text
    product: Name | None = None
    steps: tuple[LineageStep, ...]
    events: tuple[LineageEvent, ...] = ()


class ApprovalEvent(Shape):
    """An approval, or a change of one, in a month."""

    kind: Literal["approved", "conditionally-approved", "indication-added", "partial-change"]
    when: Month


class Approval(Fact):
    """A product approved after the agency's support."""

    key: Key
    name: Name
    product_class: Literal["drug", "diagnostic", "device", "regenerative"]
    novelty: Literal["new-drug", "indication-added"] | None = None
    what: Text
    events: tuple[ApprovalEvent, ...]
    lineage: Annotated[str, Refers("lineages")] | None = None

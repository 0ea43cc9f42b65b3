"""The outcomes as JSON: the same keys in the API, in files and on the public page."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from kakehashi.systems.cases.outcomes.counting import Funnel
from kakehashi.systems.cases.outcomes.figures import rows_of, said_beneath, values_of


class FiguresOut(Schema):
    """One slice. Counts of families (consulted) and probands (all else); rates between 0 and 1."""

    key: str = Field(description="A period (FY2018, FY2018H1, 2018-04), a code, a region's or group's key, or total")
    label: str
    within: str = Field(description="The hub that the row is part of; empty for none")
    consulted: int
    direct: int
    referred: int
    settled: int
    registered: int
    analysed: int
    diagnosed: int
    list_designated: int
    list_both: int
    list_orphanet: int
    list_neither: int
    new_disease: int
    diagnosed_without_analysis: int
    diagnosed_of_analysed: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None


class OutcomesOut(Schema):
    """The funnel, told apart by one thing, as of a day."""

    as_of: date
    first: date | None
    last: date | None
    by: str
    adds_up: bool = Field(description="Whether the rows sum to the total")
    new_diseases: int = Field(description="Different new diseases")
    rows: list[FiguresOut]
    total: FiguresOut
    synthetic: bool = Field(description="Whether the figures are of made-up patients; else of real ones")
    waiting: int = Field(description="Changes of cases and consultations that are not in the figures yet")
    notes: list[str]


def answer(funnel: Funnel) -> OutcomesOut:
    """The figures as the API and the JSON file give them."""
    *rows, total = (
        FiguresOut.model_validate({"key": row.key, "label": row.label, "within": within, **values_of(row.counts)})
        for row, within in rows_of(funnel)
    )
    return OutcomesOut(
        as_of=funnel.as_of,
        first=funnel.first,
        last=funnel.last,
        by=str(funnel.by),
        adds_up=funnel.adds_up,
        new_diseases=funnel.new_diseases,
        rows=rows,
        total=total,
        synthetic=funnel.synthetic,
        waiting=funnel.waiting,
        notes=[str(line) for line in said_beneath(funnel)],
    )

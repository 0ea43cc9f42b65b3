"""The outcomes for our own users' programs."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from kakehashi.kernel import audit
from kakehashi.kernel.api.authentication import caller
from kakehashi.systems.cases.outcomes import rules
from kakehashi.systems.cases.outcomes.queries import outcomes
from kakehashi.systems.cases.outcomes.reading import asked_for, faults_of, read_address
from kakehashi.systems.cases.outcomes.schemas import OutcomesOut, answer

router = Router(tags=["outcomes"])


class OutcomesQuery(Schema):
    """What is counted and how it is told apart."""

    by: Literal["period", "centre", "hub", "region", "group", "award"] = "period"
    unit: Literal["year", "half", "month"] = "year"
    first: date | None = Field(None, description="From this day on")
    last: date | None = Field(None, description="Up to this day")
    centre: str = Field("", max_length=40, description="Code of an institution")
    hub: str = Field("", max_length=40, description="Code of a hub: it and its hospitals")
    region: str = Field("", max_length=20)
    group: str = Field("", max_length=14, description="Kind of signs")
    award: str = Field("", max_length=40, description="Award number")
    synthetic: Literal["", "only"] = Field("", description="only: made-up patients, who are counted nowhere else")


@router.get("/", response=OutcomesOut, summary="Outcomes: consulted, registered, analysed, diagnosed")
def show(request: HttpRequest, asked: Query[OutcomesQuery]) -> OutcomesOut:
    """The figures that the caller may see: everybody's for those who run the programme, else their institutions'."""
    person = caller(request)
    audit.insist(rules.may_see(person), by=person, action="outcomes.show")
    sent = {name: str(value) for name, value in asked.model_dump(exclude_none=True).items()}
    if faults := faults_of(sent):
        raise faults
    return answer(outcomes(asked_for(read_address(sent), rules.scope_of(person))))

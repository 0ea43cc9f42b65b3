"""The shapes of the API of a case's course. Organisations are named by their codes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.course.states import (
    AnalysisKind,
    Catalogue,
    PhenotypeGroup,
    ReferralState,
    ReviewDecision,
    Route,
)
from kakehashi.systems.cases.description import PRINTABLE_LINES
from kakehashi.systems.cases.schemas import MoveOut, Note, Text
from kakehashi.systems.cases.states import CaseState, Eligibility

Long = Annotated[str, StringConstraints(max_length=2000, pattern=PRINTABLE_LINES)]


class ConsultationIn(Schema):
    """A family consults. ``route``: direct (to a hub), waiting or settled; it becomes referred by being referred.

    Without it, as is usual at the hospital: at one that has hubs to ask and is none itself, waiting; else direct.
    """

    local_id: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    organisation: Text = ""
    consulted_on: date | None = None
    route: Route | None = None
    phenotype_group: PhenotypeGroup = PhenotypeGroup.OTHER


class ConsultationOut(Schema):
    """A consultation of one's own hospital; ``case``: the id of the case it led to."""

    id: int
    organisation: str
    local_id: str
    consulted_on: date
    route: Route
    phenotype_group: PhenotypeGroup
    hub: str | None
    case: str | None


class ReferIn(Schema):
    """Which hub is asked, and for what."""

    hub: Text
    note: Long


class ReferralOut(Schema):
    """A referral that one's hospital sent or was sent."""

    id: str
    organisation: str
    hub: str
    state: ReferralState
    note: str
    answer: str
    sent_at: datetime
    answered_at: datetime | None
    moves: list[MoveOut]


class CourseEventOut(Schema):
    """One step of the course."""

    on: date
    code: str
    text: str
    detail: str


class DiagnosisOut(NewDiagnosis):
    """A recorded diagnosis; it stands until ``reopened_at``."""

    id: int
    catalogue_class: Catalogue
    match_number: int | None = Field(description="Of the confirmed match that it was agreed on in")
    reopened_at: datetime | None
    reopened_because: str


class CriterionOut(Schema):
    """One reason of the criteria."""

    code: str
    text: str


class CourseOut(Schema):
    """A case's course so far and the moves the caller may make now.

    ``eligibility``: as judged when it was registered; ``criteria``: as they would be judged today.
    """

    id: str
    state: CaseState
    eligibility: Eligibility | None
    criteria_met: bool
    criteria: list[CriterionOut]
    timeline: list[CourseEventOut]
    diagnoses: list[DiagnosisOut]
    moves: list[MoveOut]


class AnalysisIn(Schema):
    """An analysis to be sent; ``note`` is needed to analyse again."""

    centre: Text = ""
    kind: AnalysisKind = AnalysisKind.EXOME
    sent_on: date | None = None
    note: Note = ""


class ReceivedIn(Schema):
    """Since when the centre has what it needs; without it, today."""

    on: date | None = None


class DoneIn(Schema):
    """What came of the analysis: its result in short, or why there is none."""

    done_on: date | None = None
    result: Note = ""
    no_result: Note = ""


class ReviewIn(Schema):
    """Before whose committee."""

    committee: Text


class OpinionIn(Schema):
    """What a member thinks."""

    text: Long


class DecisionIn(Schema):
    """What the committee decides; ``diagnosis`` where, and only where, it found one."""

    decision: ReviewDecision
    note: Note
    diagnosis: NewDiagnosis | None = None


class ReopenIn(Schema):
    """Why the diagnosis no longer stands."""

    reason: Note = Field(min_length=1)

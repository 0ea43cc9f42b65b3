"""The API of suspected double registrations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field, StringConstraints

from kakehashi.engines.linkage.keys import Identity, UnusableIdentity, read_birth
from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.errors import Invalid
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.linkage import actions
from kakehashi.systems.cases.linkage.queries import Counted, SeenSuspicion, given_of, suspicions_for, suspicions_of
from kakehashi.systems.cases.linkage.states import Answered

router = Router(tags=["same patient"])
everything = Router(tags=["same patient"])

CaseId = Annotated[str, StringConstraints(pattern=r"^K-[0-9A-Z]{12}$")]
SuspicionId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class IdentityIn(Schema):
    """Identifying items, hashed at once and kept nowhere."""

    family: Name = Field(description="Family name in kana or Latin letters")
    given: Name = Field(description="Given name in kana or Latin letters")
    birth: Annotated[str, StringConstraints(max_length=20)] = Field(description="2015-04-01")
    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    insurance: Annotated[str, StringConstraints(max_length=60)] = ""


class GivenOut(Schema):
    """Whether keys are kept. ``outdated``: made under an earlier linkage key, so that they meet nothing."""

    kept: bool
    outdated: bool
    insurance: bool
    at: datetime | None


class NoteOut(Schema):
    ours: bool
    at: datetime
    text: str


class SuspicionOut(Schema):
    """A suspicion as one side may know it. ``institution`` is told once both answered "same", and ``counted``: which
    registration counts in the outcomes (``own``: another of one's own institution). Where nothing of the other case may
    be known any more, ``outcome`` is "hidden": one's own answer can be taken back."""

    id: int
    case: str
    found_at: datetime
    reasons: list[str]
    answered: Answered
    theirs: Answered | None
    outcome: Literal["open", "confirmed", "refuted", "hidden"]
    institution: str
    counted: Counted
    keep: str
    their_keep: str
    notes: list[NoteOut]


class AnswerIn(Schema):
    """An answer for one's own side, and, once both said "same", which record is to be kept."""

    answer: Literal["say_same", "say_different", "cannot_say"] | None = None
    keep: Literal["ours", "theirs", "both"] | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


@everything.get("", response=list[SuspicionOut], summary="List suspected double registrations")
def same_patients(request: HttpRequest) -> list[SuspicionOut]:
    """Of all cases that the caller works on."""
    return [_out(one) for one in suspicions_for(caller(request))]


@router.get("/{case_id}/same-patient", response=list[SuspicionOut], summary="Suspected double registrations of a case")
def same_patient(request: HttpRequest, case_id: Path[CaseId]) -> list[SuspicionOut]:
    """For those who work on the case; empty for everyone else."""
    return [_out(one) for one in suspicions_of(caller(request), queries.case_for(caller(request), case_id))]


@router.put("/{case_id}/identity", response=GivenOut, summary="Make linkage keys of identifying items")
def give_identity(request: HttpRequest, case_id: Path[CaseId], said: IdentityIn) -> GivenOut:
    """The items are hashed under the network's linkage key and kept nowhere; nothing is looked up in this call."""
    case = queries.case_for(caller(request), case_id, reading=False)
    try:
        birth = read_birth(said.birth)
    except UnusableIdentity as error:
        raise Invalid({error.item: [actions.FAULTS[error.item]]}) from None
    identity = Identity(said.family, said.given, birth, said.sex, said.insurance)
    actions.give_identity(by=caller(request), case=case, identity=identity)
    return GivenOut(**_given(case))


@router.delete("/{case_id}/identity", response=GivenOut, summary="Delete the linkage keys of a case")
def forget_identity(request: HttpRequest, case_id: Path[CaseId]) -> GivenOut:
    """Those made of identifying items."""
    case = queries.case_for(caller(request), case_id, reading=False)
    actions.forget_identity(by=caller(request), case=case)
    return GivenOut(**_given(case))


@router.post("/{case_id}/same-patient/{suspicion_id}", response=list[SuspicionOut], summary="Answer a suspicion")
def answer(
    request: HttpRequest, case_id: Path[CaseId], suspicion_id: SuspicionId, said: AnswerIn
) -> list[SuspicionOut]:
    """For one's own side: an answer, which record is to be kept, a note to the other side; each if given."""
    person = caller(request)
    case = queries.case_for(person, case_id)  # what the two sides wrote comes back
    if said.answer is not None:
        actions.answer(by=person, case=case, suspicion_id=suspicion_id, move=said.answer)
    if said.keep is not None:
        actions.say_keep(by=person, case=case, suspicion_id=suspicion_id, keep=said.keep)
    if said.note.strip():
        actions.write_note(by=person, case=case, suspicion_id=suspicion_id, text=said.note)
    return [_out(one) for one in suspicions_of(person, case)]


def _given(case: Any) -> dict[str, Any]:
    given = given_of(case)
    return {"kept": given.kept, "outdated": given.outdated, "insurance": given.insurance, "at": given.at}


def _out(one: SeenSuspicion) -> SuspicionOut:
    return SuspicionOut(
        id=one.id,
        case=one.case.public_id,
        found_at=one.found_at,
        reasons=list(one.reasons),
        answered=one.answered,
        theirs=one.theirs,
        outcome=one.outcome,
        institution=one.institution,
        counted=one.counted,
        keep=one.keep,
        their_keep=one.their_keep_label,
        notes=[NoteOut(ours=note.ours, at=note.at, text=note.text) for note in one.notes],
    )

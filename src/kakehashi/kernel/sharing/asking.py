"""Asking within bounds, for people and peers alike: the rules, as plain functions of what was asked before.

Who may only learn that a similar record exists could learn what it says by asking again and again with one thing
changed. Two rules stand against that:

*Faces* bound the asker. A patient under treatment is asked for under a few descriptions a day; a walk through the terms
is one patient with many faces, or many patients that nobody treats. After ``faces_at_once`` faces the next one waits, a
minute first, then twice as long each time; after ``faces_a_day``, or ``patients_a_day`` new patients, until tomorrow.

*Hearing* bounds what one record gives away, whoever's patient asks: where only its existence is shown, an asker is
answered by it under at most ``HEARD_A_DAY`` descriptions a day and ``HEARD_A_MONTH`` in thirty days; under every other
it is silent, as it would be to a patient unlike it. A description that came near counts too: not being answered by what
is just beyond the bar says as much as an answer. A description heard before gets its answer again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY, MONTH = timedelta(days=1), timedelta(days=30)
FIRST_WAIT = timedelta(minutes=1)
TOLD_FROM = 0.5
"""Where only its existence is shown, a record answers from this similarity on, and says no other number than this."""
NEAR_FROM = 0.3
"""A description this similar to such a record counts as heard by it, answered or not."""
HEARD_A_DAY = 6
HEARD_A_MONTH = 12


@dataclass(frozen=True)
class Bounds:
    """What one asker may ask: different descriptions of one patient a day, new patients a day."""

    faces_a_day: int = 12
    faces_at_once: int = 6
    patients_a_day: int = 500


PERSON = Bounds(patients_a_day=200)
INSTITUTION = Bounds(faces_a_day=24, faces_at_once=12, patients_a_day=2000)


@dataclass(frozen=True)
class Pause:
    """Why an asker is not answered now: ``code``, when it may ask again, whether a person should look at it."""

    code: str
    until: datetime
    suspicious: bool


def pause(now: datetime, bounds: Bounds, *, faces: Sequence[datetime], patients: Sequence[datetime]) -> Pause | None:
    """Whether a new description must wait. None: it may be asked.

    ``faces``: when each other description of the same patient was first asked in the last day; ``patients``: when each
    other patient was.
    """
    today = sorted(at for at in faces if at > now - DAY)
    if len(today) >= bounds.faces_a_day:
        return Pause("faces", today[-bounds.faces_a_day] + DAY, suspicious=True)
    if len(today) >= bounds.faces_at_once:
        until = today[-1] + FIRST_WAIT * 2 ** (len(today) - bounds.faces_at_once)
        if until > now:
            return Pause("slow", until, suspicious=False)
    known = sorted(at for at in patients if at > now - DAY)
    if not today and len(known) >= bounds.patients_a_day:
        return Pause("patients", known[-bounds.patients_a_day] + DAY, suspicious=True)
    return None


def may_hear(now: datetime, heard: Sequence[datetime]) -> bool:
    """Whether a record may answer one more description of an asker. ``heard``: when it first heard each other one."""
    today = sum(at > now - DAY for at in heard)
    month = sum(at > now - MONTH for at in heard)
    return today < HEARD_A_DAY and month < HEARD_A_MONTH

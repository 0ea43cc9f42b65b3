"""Checks of times: readable, possible, and in the order in which things can happen."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.clinical import Individual
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.elements import (
    Age,
    AgeRange,
    GestationalAge,
    ReferenceRange,
    TimeElement,
    TimeInterval,
)
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.phenopacket.times import (
    DAYS_A_YEAR,
    LIFE,
    Span,
    age_days,
    duration_days,
    moment,
    span_of,
)

MAX_GESTATION_WEEKS: Final = 45
CLOCK_SLACK: Final = timedelta(days=1)


def age(path: str, given: Age) -> Iterator[Problem]:
    """An ISO 8601 duration between birth and the longest life."""
    span = duration_days(given.iso8601duration)
    where = f"{path}.iso8601duration"
    if span is None:
        yield checking_problem("bad-age", where, age=given.iso8601duration)
    elif span.first < 0 or span.first > LIFE * DAYS_A_YEAR:
        yield checking_problem("impossible-age", where, age=given.iso8601duration, limit=LIFE)


def age_range(path: str, given: AgeRange) -> Iterator[Problem]:
    """A start that is not after the end."""
    start, end = age_days(given.start), age_days(given.end)
    if start is not None and end is not None and start.first > end.last:
        yield checking_problem("range-reversed", path)


def gestation(path: str, given: GestationalAge) -> Iterator[Problem]:
    """Possible weeks and days."""
    if not (0 <= given.weeks <= MAX_GESTATION_WEEKS and 0 <= given.days <= 6):
        yield checking_problem("impossible-gestation", path, weeks=given.weeks, days=given.days)


def reference_range(path: str, given: ReferenceRange) -> Iterator[Problem]:
    """A low end that is not above the high end, where both are given."""
    if {"low", "high"} <= given.model_fields_set and given.low > given.high:
        yield checking_problem("range-reversed", path)


def interval(path: str, given: TimeInterval) -> Iterator[Problem]:
    """Readable ends in order; a planned end may lie in the future."""
    start, end = moment(given.start), moment(given.end)
    if given.end and end is None:
        yield checking_problem("bad-timestamp", f"{path}.end", time=given.end)
    if start is not None and end is not None and start > end:
        yield checking_problem("range-reversed", path)


def timestamp(path: str, text: str | None, now: datetime) -> Iterator[Problem]:
    """A moment that can be read and is not in the future (a day's slack for clocks and time zones)."""
    if not text:
        return
    at = moment(text)
    if at is None:
        yield checking_problem("bad-timestamp", path, time=text)
    elif at > now + CLOCK_SLACK:
        yield checking_problem("future-time", path, time=text)


def individual(path: str, person: Individual) -> Iterator[Problem]:
    """Alive and dead at once; seen before birth or after death; more days survived than anybody lives."""
    status = person.vital_status
    if status is not None:
        if status.status == "ALIVE" and (status.time_of_death is not None or status.cause_of_death is not None):
            yield checking_problem("alive-and-dead", f"{path}.vitalStatus.status")
        if status.survival_time_in_days > LIFE * DAYS_A_YEAR:
            where = f"{path}.vitalStatus.survivalTimeInDays"
            yield checking_problem("impossible-age", where, age=f"{status.survival_time_in_days} d", limit=LIFE)
    born = moment(person.date_of_birth)
    seen, death = span_of(person.time_at_last_encounter, born), _death(person, born)
    where = f"{path}.timeAtLastEncounter"
    if _after(seen, death):
        yield checking_problem(
            "after-death",
            where,
            what="timeAtLastEncounter",
            time=said(person.time_at_last_encounter),
            death=_dead(person),
        )
    time = person.time_at_last_encounter.timestamp if person.time_at_last_encounter else None
    if time is not None and seen is not None and seen.last < 0:
        yield checking_problem("before-birth", where, time=time, birth=person.date_of_birth)


def course(path: str, packet: Phenopacket) -> Iterator[Problem]:
    """Findings and diseases begin before death and before the last encounter, and end after they begin."""
    person = packet.subject or Individual()
    born = moment(person.date_of_birth)
    death, seen = _death(person, born), span_of(person.time_at_last_encounter, born)
    features = [
        (f"{path}.phenotypicFeatures[{at}]", feature.onset, feature.resolution)
        for at, feature in enumerate(packet.phenotypic_features)
    ]
    diseases = [
        (f"{path}.diseases[{at}]", disease.onset, disease.resolution) for at, disease in enumerate(packet.diseases)
    ]
    for place, onset, resolution in features + diseases:
        begun = span_of(onset, born)
        where = f"{place}.onset"
        if _after(begun, death):
            yield checking_problem("after-death", where, what="onset", time=said(onset), death=_dead(person))
        elif _after(begun, seen):
            seen_at = said(person.time_at_last_encounter)
            yield checking_problem("after-last-encounter", where, what="onset", time=said(onset), seen=seen_at)
        if _after(begun, span_of(resolution, born)):
            where = f"{place}.resolution"
            yield checking_problem("ends-before-it-begins", where, end=said(resolution), start=said(onset))


def _death(person: Individual, born: datetime | None) -> Span | None:
    return span_of(person.vital_status.time_of_death, born) if person.vital_status else None


def _dead(person: Individual) -> str:
    return said(person.vital_status.time_of_death if person.vital_status else None)


def _after(later: Span | None, earlier: Span | None) -> bool:
    """Whether the first certainly comes after the second, however their coarse ends are read."""
    return later is not None and earlier is not None and later.first >= max(earlier.last, earlier.first + 1)


def said(time: TimeElement | None) -> str:
    """A time as it was written, for messages."""
    if time is None:
        return "–"
    if time.age is not None:
        return time.age.iso8601duration
    if time.age_range is not None:
        ends = (time.age_range.start, time.age_range.end)
        return "–".join(end.iso8601duration if end else "?" for end in ends)
    if time.ontology_class is not None:
        return time.ontology_class.label or time.ontology_class.id
    if time.gestational_age is not None:
        return f"{time.gestational_age.weeks}w{time.gestational_age.days}d"
    if time.interval is not None:
        return f"{time.interval.start}–{time.interval.end}"
    return time.timestamp or "–"

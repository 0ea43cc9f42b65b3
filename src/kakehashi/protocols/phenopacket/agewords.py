"""Times of a life in two plain words, an HPO onset term or an ISO 8601 age; and what they say of the first sign.

A record may say a time in six ways; who keeps it, shows it or lets it be edited needs one. Everything that reads ages
out of a phenopacket reads these words, so that a patient is the same from a file and from a case made of that file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kakehashi.protocols.phenopacket.elements import TimeElement
from kakehashi.protocols.phenopacket.times import ONSETS, Span, duration_days, span_of

DURATION: Final = r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T[0-9HMS.]+)?"
AGE: Final = re.compile(rf"(?=P\d|PT\d){DURATION}", re.ASCII)
"""An age in whole years, months, weeks and days; its parts are the groups."""
WIDE_DAYS: Final = 400
"""A stretch of life longer than this is told by its middle, a shorter one by its first day."""

_TERM: Final = re.compile(r"HP:\d{7}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FirstSign:
    """When an illness began: the onset term it falls into, and the age in days where one is said as a number."""

    words: str
    term: str
    days: float | None


def onset_words(time: TimeElement | None, born: datetime | None = None) -> str:
    """A time as an onset term or an age; before birth always a term. "" where it says neither."""
    if time is not None and time.ontology_class is not None and _TERM.fullmatch(time.ontology_class.id):
        return time.ontology_class.id
    span = span_of(time, born)
    if span is not None and span.middle < 0:
        return _onset_term(span)
    return age_words(time, born)


def age_words(time: TimeElement | None, born: datetime | None = None) -> str:
    """A time as an age: as it is written, else in days; "" where it is said by a term only or lies before birth."""
    if time is None or time.ontology_class is not None or time.gestational_age is not None:
        return ""
    if time.age is not None and AGE.fullmatch(time.age.iso8601duration):
        return time.age.iso8601duration
    span = span_of(time, born)
    if span is None:
        return ""
    day = int(span.middle if span.last - span.first > WIDE_DAYS else span.first)
    return f"P{day}D" if 0 <= day < 100_000 else ""


def age_days_of(words: str) -> float | None:
    """The first day of an age in words; None where they are no age."""
    span = duration_days(words)
    return None if span is None else span.first


def first_sign(of_diseases: Iterable[str], of_findings: Iterable[str]) -> FirstSign | None:
    """The earliest onset of the diseases, else of the findings; each in words. None where nothing is known."""
    for told in (of_diseases, of_findings):
        known = [(span.middle, span.first, words) for words in told if (span := span_of_words(words)) is not None]
        if known:
            middle, _first, words = min(known)
            if words in ONSETS:
                return FirstSign(words, words, None)
            return FirstSign(words, _onset_term(Span(middle, middle)), middle)
    return None


def span_of_words(words: str) -> Span | None:
    """The days of life that an onset term or an age means; None where the words are neither."""
    return ONSETS.get(words) or duration_days(words)


def _onset_term(span: Span) -> str:
    """The narrowest onset term whose stretch of life holds the middle; "" for a life longer than any."""
    day = span.middle
    fitting = [(one.last - one.first, term) for term, one in ONSETS.items() if one.first <= day < one.last]
    return min(fitting)[1] if fitting else ""

"""Ages and moments as days, with the uncertainty that the way of writing them leaves.

``P3Y`` says "three years old": anything from the third birthday to the day before the fourth. An HPO onset term is a
stretch of life. Comparisons elsewhere use both ends, so that coarse ages contradict nothing by accident.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from kakehashi.protocols.phenopacket.elements import Age, TimeElement

DAYS_A_YEAR: Final = 365.25
DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
BIRTH_WEEKS: Final = 40

_DURATION: Final = re.compile(
    r"(?P<sign>[-+]?)P(?=[0-9T])"
    r"(?:(?P<years>[0-9]{1,9}(?:[.,][0-9]{1,9})?)Y)?(?:(?P<months>[0-9]{1,9}(?:[.,][0-9]{1,9})?)M)?"
    r"(?:(?P<weeks>[0-9]{1,9}(?:[.,][0-9]{1,9})?)W)?(?:(?P<days>[0-9]{1,9}(?:[.,][0-9]{1,9})?)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,9}(?:[.,][0-9]{1,9})?)H)?(?:(?P<minutes>[0-9]{1,9}(?:[.,][0-9]{1,9})?)M)?"
    r"(?:(?P<seconds>[0-9]{1,9}(?:[.,][0-9]{1,9})?)S)?)?\Z",
    re.ASCII,
)
_UNIT_DAYS: Final = {
    "years": DAYS_A_YEAR,
    "months": DAYS_A_MONTH,
    "weeks": 7.0,
    "days": 1.0,
    "hours": 1 / 24,
    "minutes": 1 / 1440,
    "seconds": 1 / 86400,
}
_MOMENT: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([-+])(\d{2}):(\d{2}))\Z", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last`` day of life; before birth is negative."""

    first: float
    last: float

    @property
    def middle(self) -> float:
        """One day to stand for the span."""
        return (self.first + self.last) / 2


def _years(first: float, last: float) -> Span:
    return Span(first * DAYS_A_YEAR, last * DAYS_A_YEAR)


LIFE: Final = 120
"""Years; no age beyond it is believed."""

ONSETS: Final[dict[str, Span]] = {
    "HP:0030674": Span(-280, 0),  # antenatal
    "HP:0011460": Span(-280, -210),  # embryonal
    "HP:0011461": Span(-210, 0),  # fetal
    "HP:0034199": Span(-266, -182),  # late first trimester
    "HP:0034198": Span(-182, -84),  # second trimester
    "HP:0034197": Span(-84, 0),  # third trimester
    "HP:0003577": Span(0, 1),  # congenital
    "HP:0003623": Span(0, 28),  # neonatal
    "HP:0003593": Span(28, DAYS_A_YEAR),  # infantile
    "HP:0410280": _years(0, 16),  # pediatric
    "HP:0011463": _years(1, 5),  # childhood
    "HP:0003621": _years(5, 16),  # juvenile
    "HP:0003581": _years(16, LIFE),  # adult
    "HP:0011462": _years(16, 40),  # young adult
    "HP:0025708": _years(16, 19),  # early young adult
    "HP:0025709": _years(19, 25),  # intermediate young adult
    "HP:0025710": _years(25, 40),  # late young adult
    "HP:0003596": _years(40, 60),  # middle age
    "HP:0003584": _years(60, LIFE),  # late
}
"""The stretch of life that each HPO onset term means (days)."""


def duration_days(text: str) -> Span | None:
    """Days of an ISO 8601 duration such as ``P3Y2M``, to the precision it is written in; None when it is not one."""
    found = _DURATION.match(text)
    if found is None:
        return None
    given = {unit: float(value.replace(",", ".")) for unit in _UNIT_DAYS if (value := found[unit]) is not None}
    if not given:
        return None
    days = sum(value * _UNIT_DAYS[unit] for unit, value in given.items())
    precision = min(_UNIT_DAYS[unit] for unit in given)
    return Span(-days - precision, -days) if found["sign"] == "-" else Span(days, days + precision)


def age_days(age: Age | None) -> Span | None:
    """The span of an age, None when it is absent or unreadable."""
    return None if age is None else duration_days(age.iso8601duration)


def moment(text: str) -> datetime | None:
    """The moment of an RFC 3339 timestamp, None when it is not one."""
    found = _MOMENT.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[group]) for group in range(1, 7))
    zone = UTC
    if found[8]:
        offset = timedelta(hours=int(found[9]), minutes=int(found[10]))
        if offset >= timedelta(hours=24):
            return None
        zone = timezone(-offset if found[8] == "-" else offset)
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), int((found[7] or "0")[:6].ljust(6, "0")), zone)
        return at.astimezone(UTC) if second <= 60 else None
    except (ValueError, OverflowError):
        return None


def span_of(time: TimeElement | None, born: datetime | None = None) -> Span | None:
    """The days of life that a time element means; moments need the date of birth. None when nothing is known."""
    if time is None:
        return None
    if time.age is not None:
        return age_days(time.age)
    if time.age_range is not None:
        first, last = age_days(time.age_range.start), age_days(time.age_range.end)
        if first is None or last is None:
            return first or last
        return Span(first.first, last.last)
    if time.ontology_class is not None:
        return ONSETS.get(time.ontology_class.id)
    if time.gestational_age is not None:
        day = (time.gestational_age.weeks - BIRTH_WEEKS) * 7.0 + time.gestational_age.days
        return Span(min(day, 0.0), min(day + 1, 0.0))
    first_at, last_at = _moments(time)
    if born is None or first_at is None or last_at is None:
        return None
    return Span((first_at - born) / timedelta(days=1), (last_at - born) / timedelta(days=1) + 1)


def _moments(time: TimeElement) -> tuple[datetime | None, datetime | None]:
    if time.timestamp is not None:
        return moment(time.timestamp), moment(time.timestamp)
    if time.interval is not None:
        return moment(time.interval.start), moment(time.interval.end)
    return None, None

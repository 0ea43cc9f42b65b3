"""Japan's fiscal year (April to March) and its eras.

A fiscal year is named after the calendar year it begins in: FY2026 = 令和8年度 = 1 April 2026 to 31 March 2027. The era
of a fiscal year is the one in force on its first day; FY2019, begun in 平成31年, is 令和元年度 by cabinet decision.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

APRIL = 4
FIRST_YEAR, LAST_YEAR = 1990, 2200
"""The fiscal years that can be asked for: by an address, by a command."""


@dataclass(frozen=True)
class Era:
    """An era: its name, its Latin letter and its first day."""

    name: str
    name_en: str
    letter: str
    begins: date


ERAS = (
    Era("明治", "Meiji", "M", date(1868, 1, 25)),
    Era("大正", "Taishō", "T", date(1912, 7, 30)),
    Era("昭和", "Shōwa", "S", date(1926, 12, 25)),
    Era("平成", "Heisei", "H", date(1989, 1, 8)),
    Era("令和", "Reiwa", "R", date(2019, 5, 1)),
)


def fiscal_year(day: date) -> int:
    """The fiscal year a day belongs to."""
    return day.year if day.month >= APRIL else day.year - 1


def fiscal_year_days(year: int) -> tuple[date, date]:
    """First and last day of a fiscal year."""
    return date(year, APRIL, 1), date(year + 1, 3, 31)


def year_said(text: str | None) -> int | None:
    """The fiscal year of an address, four digits within FIRST_YEAR and LAST_YEAR; None for everything else."""
    year = int(text) if text and len(text) == 4 and text.isdecimal() else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def day_said(text: str | None) -> date | None:
    """The day of an address (2026-04-01) within the same fiscal years; None for everything else."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= fiscal_year(day) <= LAST_YEAR else None


def first_and_last_day() -> tuple[date, date]:
    """The days that FIRST_YEAR begins and LAST_YEAR ends with: no day of a form or a file lies before or after."""
    return fiscal_year_days(FIRST_YEAR)[0], fiscal_year_days(LAST_YEAR)[1]


def within(day: date) -> date:
    """The day. Raises ValueError outside FIRST_YEAR and LAST_YEAR: what a mistyped year makes of a day."""
    first, last = first_and_last_day()
    if not first <= day <= last:
        raise ValueError(f"{day.isoformat()} does not lie between {first.isoformat()} and {last.isoformat()}")
    return day


def era_of(day: date) -> Era:
    """The era in force on a day. Raises ValueError before Meiji."""
    for era in reversed(ERAS):
        if day >= era.begins:
            return era
    raise ValueError(f"{day.isoformat()} is before the Meiji era ({ERAS[0].begins.isoformat()})")


def _numbered(era: Era, year: int) -> str:
    return "元" if year == era.begins.year else str(year - era.begins.year + 1)


def era_date(day: date) -> str:
    """A day in its era: 令和8年11月21日."""
    era = era_of(day)
    return f"{era.name}{_numbered(era, day.year)}年{day.month}月{day.day}日"


def fiscal_year_name(year: int, language: str = "ja") -> str:
    """令和8年度, or FY2026."""
    if not language.startswith("ja"):
        return f"FY{year}"
    era = ERAS[-1] if year == 2019 else era_of(date(year, APRIL, 1))
    return f"{era.name}{_numbered(era, year)}年度"


_WRITTEN = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])?\s*(?P<year>元|\d{1,4})\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*日?"
)


_IN_PART = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])?\s*(?P<year>元|\d{1,4})\s*(?:年|[年./-]\s*(?P<month>\d{1,2})\s*月?)?"
)


def parse_date_in_part(text: str) -> tuple[date, int]:
    """A day as exactly as it is known (令和8年10月2日, R8.10, 2016), and how many of its parts are told: 1 to 3.

    The first day of what is told stands for it. Raises ValueError as ``parse_date`` does.
    """
    found = _IN_PART.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return parse_date(text), 3
    year, month = 1 if found["year"] == "元" else int(found["year"]), int(found["month"] or 1)
    parts = 2 if found["month"] else 1
    if found["era"] is None:
        if found["year"] == "元" or year < 1000:
            raise ValueError(f"{text!r} names no era and no four-digit year")
        return date(year, month, 1), parts
    order, era = next((at, one) for at, one in enumerate(ERAS) if found["era"] in (one.name, one.letter))
    first = date(era.begins.year + year - 1, month, 1)
    last = first.replace(month=month if found["month"] else 12)
    ends = ERAS[order + 1].begins if order + 1 < len(ERAS) else date.max
    if year < 1 or last < era.begins.replace(day=1) or first > ends:  # when an era changed is of both
        raise ValueError(f"{text!r} does not lie in the {era.name_en} era")
    return first, parts


def parse_date(text: str) -> date:
    """A day as people write it: 令和8年4月1日, R8.4.1, 令和元年5月1日, 2026-04-01, 2026年4月1日; full-width too.

    Raises ValueError saying what was not understood, also for a day outside the era named.
    """
    normal = unicodedata.normalize("NFKC", text).strip()
    found = _WRITTEN.fullmatch(normal)
    if found is None:
        raise ValueError(f"{text!r} is no date: write 2026-04-01, 令和8年4月1日 or R8.4.1")
    year = 1 if found["year"] == "元" else int(found["year"])
    if found["era"] is None:
        if found["year"] == "元" or year < 1000:
            raise ValueError(f"{text!r} names no era and no four-digit year")
        return date(year, int(found["month"]), int(found["day"]))
    era = next(era for era in ERAS if found["era"] in (era.name, era.letter))
    day = date(era.begins.year + year - 1, int(found["month"]), int(found["day"]))
    if year < 1 or era_of(day) is not era:
        raise ValueError(f"{text!r} does not lie in the {era.name_en} era")
    return day

"""What an entry of a file tells of an output."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from kakehashi.kernel.fiscal import within
from kakehashi.systems.portfolio.outputs.actions import NewOutput

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Entry:
    """An entry: where it stands in the file, what it tells, the award numbers it names as they are written; ``note``
    says what was taken for granted, ``problem`` why it cannot be taken at all."""

    place: int
    told: NewOutput | None
    numbers: tuple[str, ...] = field(default=())
    note: str = ""
    problem: str = ""


def titles(text: str) -> tuple[str, str]:
    """A title in Japanese and one in English, of which one is empty."""
    return (text, "") if _JAPANESE.search(text) else ("", text)


def day_of(parts: list[int]) -> tuple[date, str]:
    """The day of a year, year and month, or whole date, and what was taken for granted. Raises ValueError."""
    if not parts:
        raise ValueError(_("The entry has no year."))
    year, month, day = (*parts[:3], *(1, 1, 1)[len(parts[:3]) :])
    try:
        found = within(date(year, month, day))
    except (ValueError, OverflowError) as error:
        text = "-".join(f"{part:02}" for part in parts)
        raise ValueError(_("%(day)s is no day: write it as 2026-11-22.") % {"day": text}) from error
    return found, taken_as(found) if len(parts) < 3 else ""


def taken_as(day: date) -> str:
    """Which day stands for one of which only the year, or the month, is told."""
    return _("The day is taken as %(day)s: the file tells no more.") % {"day": day.isoformat()}


def parts_of(text: str) -> list[int]:
    """2026-11-22, 2026-11 or 2026 in numbers. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{4}([-/][0-9]{1,2}){0,2}", text.strip()):
        raise ValueError(_("%(day)s is no day: write it as 2026-11-22.") % {"day": text})
    return [int(part) for part in re.split(r"[-/]", text.strip())]

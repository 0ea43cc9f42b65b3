"""Which awards are meant by the numbers that people, papers and registers write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.numbers import parse_award_number

NUMBER = re.compile(r"(?:JP)?[0-9]{2}[a-z]{2}[0-9]{7}(?:[a-z][0-9]{4})?(?![0-9A-Za-z])")
AT_ONCE = 500


class Recogniser:
    """The awards of many written numbers, found together: by their number, and by what papers acknowledge (JP…).

    An acknowledgement names the first eleven signs: it means the award with that number, whatever its contract; where
    several contracts have it, the first.
    """

    def __init__(self, written: Iterable[str]) -> None:
        wanted = {word: _short(word) for word in dict.fromkeys(written)}
        exact = _numbered(wanted)
        shorts = {short for word, short in wanted.items() if short and word not in exact}
        by_short = _numbered(shorts)
        for short in shorts - set(by_short):
            longer = Award.objects.filter(number__startswith=short).order_by("number").first()
            if longer is not None:
                by_short[short] = longer
        self.awards: dict[str, Award] = {}
        for word, short in wanted.items():
            found = exact.get(word) or by_short.get(short)
            if found is not None:
                self.awards[word] = found


def numbers_in(text: str) -> list[str]:
    """The award numbers that a text names."""
    return list(dict.fromkeys(NUMBER.findall(text)))


def _short(word: str) -> str:
    try:
        return parse_award_number(word).short
    except ValueError:
        return ""


def _numbered(numbers: Iterable[str]) -> dict[str, Award]:
    wanted = list(numbers)
    found: dict[str, Award] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found |= {one.number: one for one in Award.objects.filter(number__in=wanted[start : start + AT_ONCE])}
    return found

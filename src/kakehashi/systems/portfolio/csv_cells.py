"""Cells of the files that people hand in, read alike everywhere: yes and no, choices, days, yen.

A cell that cannot be read is a ValueError that says what stands there and what may be written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from django.utils import translation
from django.utils.translation import gettext as _

from kakehashi.kernel.fiscal import first_and_last_day, parse_date, parse_date_in_part
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.shell import Text

YES = frozenset({"1", "yes", "y", "true", "t", "はい", "有", "有り", "あり", "該当", "○", "〇", "◯"})
NO = frozenset({"0", "no", "n", "false", "f", "いいえ", "無", "無し", "なし", "非該当", "×", "✕", "✗"})
SPELLED = {"見込": "見込み"}
"""Words as they are written too, beside the ones on screen."""
LANGUAGES = ("ja", "en")
Bounds = tuple[date, date]
"""The first and the last day that may be said."""
DIGITS = 18
LESS = ("-", "−", "‐", "–", "△", "▲")


def yes_or_no(text: str) -> bool | None:
    """What a cell answers, in either language; None for an empty one. Raises ValueError for anything else."""
    said = _plain(text)
    if not said:
        return None
    if said in YES or said in NO:
        return said in YES
    raise ValueError(
        _("“%(text)s” is neither a yes nor a no: write 1 or 0, yes or no, はい or いいえ.") % {"text": text}
    )


class Choices:
    """The values that a column may have, each by itself or by the words on screen for it in either language."""

    def __init__(self, choices: Iterable[tuple[str, Text]]) -> None:
        self._choices = list(choices)

    @cached_property
    def words(self) -> dict[str, str]:
        """The value that each word means."""
        words = {_plain(_in(language, label)): value for value, label in self._choices for language in LANGUAGES}
        return words | {_plain(value): value for value, _label in self._choices}

    def told(self) -> str:
        """All of them: the value, and what it means in the language in force."""
        return ", ".join(noted(value, label) for value, label in self._choices)

    def read(self, text: str) -> str:
        """The value that a cell names. Raises ValueError that names them all, for an empty cell too."""
        said = _plain(text)
        found = self.words.get(SPELLED.get(said, said))
        if found is not None:
            return found
        if not said:
            raise ValueError(_("Write one of: %(known)s.") % {"known": self.told()})
        raise ValueError(_("“%(text)s” is none of these: %(known)s.") % {"text": text, "known": self.told()})


def day_of(text: str, bounds: Bounds | None = None) -> date | None:
    """A whole day as people write it (2026-04-01, 2026/4/1, R8.4.1, 令和8年4月1日); None for an empty cell.

    Raises ValueError also for a day beyond the ``bounds``.
    """
    if not text.strip():
        return None
    try:
        day = parse_date(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("“%(text)s” is no day: write it as 2026-04-01 or R8.4.1.") % {"text": text}) from error
    return _within(bounds, day, text)


def day_in_part(text: str, bounds: Bounds | None = None) -> tuple[date, int]:
    """A day as exactly as it is known: of a year, a month or itself, and how many of the three are told (1 to 3).

    Raises ValueError for what is none, an empty cell too, and for a day beyond the ``bounds``.
    """
    try:
        day, parts = parse_date_in_part(text)
    except (ValueError, OverflowError) as error:
        said = _("“%(text)s” is no day: write it as 2026-04-01 or R8.4.1, a month as 2026-04 or R8.4, a year as 2026.")
        raise ValueError(said % {"text": text}) from error
    return _within(bounds, day, text), parts


def yen_of(text: str) -> int:
    """A whole number of yen from 0. Raises ValueError that says what is the matter with it."""
    said = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if said.isascii() and said.isdigit():
        if len(said.lstrip("0")) <= DIGITS:
            return int(said)
        most = f"{10**DIGITS - 1:,}"
        raise ValueError(
            _("“%(text)s” is larger than %(most)s yen, the most there can be.") % {"text": text, "most": most}
        )
    if said.startswith(LESS) and said[1:].isascii() and said[1:].isdigit():
        told = _("“%(text)s” is less than 0: write the amount without a sign, the kind of entry says where the yen go.")
        raise ValueError(told % {"text": text})
    raise ValueError(_("“%(text)s” is no whole number of yen.") % {"text": text})


def _within(bounds: Bounds | None, day: date, text: str) -> date:
    first, last = bounds or first_and_last_day()
    if first <= day <= last:
        return day
    told = {"text": text, "first": first.isoformat(), "last": last.isoformat()}
    raise ValueError(_("“%(text)s” does not lie between %(first)s and %(last)s.") % told)


def _in(language: str, label: Text) -> str:
    with translation.override(language):
        return str(label)


def _plain(text: str) -> str:
    """Words without what is not meant by the way they are written: width, case, blanks around them."""
    return unicodedata.normalize("NFKC", text).strip().casefold()

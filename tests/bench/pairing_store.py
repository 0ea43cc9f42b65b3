"""Synthetic awards as pairing sees them, in the languages a benchmark gives them, and the true successors among
them."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from kakehashi.engines.pairing.awards import Award, Phase
from kakehashi.engines.pairing.terms import Term, without
from kakehashi.systems.portfolio.demo.texts import SyntheticAward, vocabulary

HELD_OUT_PERCENT = 30


def day(month: int) -> date:
    """The first day of a month counted from January 2015."""
    return date(2015 + month // 12, month % 12 + 1, 1)


def as_award(one: SyntheticAward, key: str, languages: str) -> Award:
    """The award with its texts in `languages` ("ja", "en" or "ja en")."""
    return Award(
        key=key,
        text_ja=f"{one.ja.title}。{one.ja.abstract}" if "ja" in languages else "",
        text_en=f"{one.en.title}. {one.en.abstract}" if "en" in languages else "",
        phase=Phase(one.phase),
        modality=one.asset.modality_group,
        areas=frozenset({one.asset.area}),
        begins=day(one.begins),
        ends=day(one.ends) - timedelta(days=1),
        people=frozenset(map(str, one.people)),
        institutions=frozenset(map(str, one.institutions)),
    )


def as_awards(made: Sequence[SyntheticAward], languages: Callable[[int], str], prefix: str = "") -> list[Award]:
    """All of them; `languages` says by place what each is written in."""
    return [as_award(one, f"{prefix}{place}", languages(place)) for place, one in enumerate(made)]


def mixed(count: int, seed: int) -> Callable[[int], str]:
    """Of ten awards four in both languages, three in Japanese only, three in English only, each drawn by itself."""
    dice = random.Random(seed)
    return dice.choices(("ja en", "ja", "en"), (4, 3, 3), k=count).__getitem__


def pairs(made: Sequence[SyntheticAward]) -> list[tuple[int, int, frozenset[int]]]:
    """(award, true successor, the others of their line) for each award that has one; by place."""
    found = []
    for place, one in enumerate(made[:-1]):
        if made[place + 1].line == one.line:
            start = place - one.step
            line = {at for at in range(start, min(start + 4, len(made))) if made[at].line == one.line}
            found.append((place, place + 1, frozenset(line - {place, place + 1})))
    return found


def held_out_keys(
    percent: int = HELD_OUT_PERCENT, *, salt: str = "", kinds: Sequence[str] = ("disease", "target")
) -> frozenset[str]:
    """Words that the term table is made not to know: so many in a hundred, by the CRC-32 of salt and key."""
    return frozenset(
        word.key
        for kind in kinds
        for word in vocabulary()[kind]
        if zlib.crc32((salt + word.key).encode()) % 100 < percent
    )


def wordings_of(keys: frozenset[str]) -> list[str]:
    """How either language names them."""
    return [
        text for words in vocabulary().values() for word in words if word.key in keys for text in (*word.ja, *word.en)
    ]


def terms_without(terms: Sequence[Term], keys: frozenset[str]) -> list[Term]:
    """The terms but those that name one of `keys`: with a wording of it, or one that is inside a wording and longer
    than a general word (がん in 膵がん stays, 膵がん in 膵がん患者 goes).
    """
    wordings = [text.casefold() for text in wordings_of(keys)]
    left = without(terms, wordings)
    return [
        term
        for term in left
        if not any(
            (len(one) >= 4 if not one.isascii() else " " in one) and any(one.casefold() in text for text in wordings)
            for one in (*term.ja, *term.en)
        )
    ]

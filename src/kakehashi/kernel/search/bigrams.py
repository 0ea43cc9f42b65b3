"""Text as bigrams: two-character words of Japanese are found, and so is any part of any word.

Widths, case, kana, accents and spellings are levelled first, so that ﾃﾝｶﾝ, てんかん, テンカン and 癲癇 are one, and
Menière is Meniere.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kakehashi.engines.phenotype.wording import one_spelling

MOST_CHARACTERS = 100_000
HIRAGANA_FIRST, HIRAGANA_LAST, TO_KATAKANA = 0x3041, 0x3096, 0x60


def levelled(text: str) -> str:
    """Width, case, kana, Latin accents and the spellings of clinical Japanese levelled."""
    if text.isascii():
        return text.lower()
    out = []
    for character in one_spelling(unicodedata.normalize("NFKC", text).casefold()):
        code = ord(character)
        if HIRAGANA_FIRST <= code <= HIRAGANA_LAST:
            out.append(chr(code + TO_KATAKANA))
            continue
        base = unicodedata.normalize("NFD", character)[0]
        out.append(base if base.isascii() and base.isalpha() else character)
    return "".join(out)


def words(text: str) -> list[str]:
    """Runs of letters and digits; all else separates."""
    return "".join(c if c.isalnum() or c == "ー" else " " for c in levelled(text)).split()


def token(characters: str) -> str:
    """One or two characters as an ASCII word: ``ab`` → ``x61x62``, ``a`` → ``x61x``.

    The databases' own idea of what a letter is (which differs, and hangs on locales) so never comes into play.
    """
    codes = "".join(f"x{ord(character):x}" for character in characters)
    return codes if len(characters) > 1 else f"{codes}x"


def pairs(word: str) -> list[str]:
    """The tokens of a word: its overlapping pairs; a single character stands for itself."""
    return [token(word[i : i + 2]) for i in range(len(word) - 1)] or [token(word)]


def indexed(texts: Iterable[str]) -> str:
    """What is kept of texts: every different word once, in the order of its first use, up to MOST_CHARACTERS."""
    distinct: dict[str, None] = {}
    room = MOST_CHARACTERS
    for text in texts:
        for word in words(text):
            if word not in distinct:
                room -= len(word)
                if room < 0:
                    return " ".join(map(_kept, distinct))
                distinct[word] = None
    return " ".join(map(_kept, distinct))


@lru_cache(maxsize=50_000)
def _kept(word: str) -> str:
    """A word's pairs, and its last character, so that single characters are found."""
    return " ".join([*pairs(word), token(word[-1])] if len(word) > 1 else pairs(word))


def fts5_query(text: str) -> str:
    """For SQLite's FTS5: each telling word a phrase of its pairs, all wanted. Empty when nothing can be searched."""
    phrases = [f'"{" ".join(pairs(word))}"' + ("*" if len(word) == 1 else "") for word in _telling(text)]
    return " AND ".join(phrases)


def tsquery(text: str) -> str:
    """For PostgreSQL's to_tsquery('simple', …): every pair of every telling word; see ``phrases``."""
    tokens = {one if len(word) > 1 else f"{one}:*": None for word in _telling(text) for one in pairs(word)}
    return " & ".join(tokens)


def _telling(text: str) -> list[str]:
    """The words an index is asked for: single characters, which most texts hold, only where there is nothing else."""
    every = words(text)
    return [word for word in every if len(word) > 1] or every


def phrases(text: str) -> list[str]:
    """What is looked for, beside ``fts5_query`` or ``tsquery``, in the kept texts with a blank before and after.

    PostgreSQL's own phrases (``<->``) are no help: its index does not know where a word stands, so that it reads and
    takes apart the whole text of everything found, a millisecond each.
    """
    kept = (f" {' '.join(pairs(word))} " if len(word) > 1 else f" {token(word)}" for word in words(text))
    return list(dict.fromkeys(kept))

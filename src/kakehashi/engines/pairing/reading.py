"""How a text is cut into what can be compared.

English: words in American spelling without plural, and symbols. Japanese, without a dictionary: runs of kanji as
pairs and triples of characters, runs of katakana whole, Latin words. A symbol (a word with a digit or two capitals:
KRAS, PD-L1, iPS, TNF-α) is written alike in both languages and is kept apart from the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kakehashi.engines.phenotype.wording import STOP_WORDS, stem

LONGEST_TEXT = 20_000
_GREEK = {
    ord("α"): "alpha",
    ord("β"): "beta",
    ord("γ"): "gamma",
    ord("δ"): "delta",
    ord("κ"): "kappa",
    ord("λ"): "lambda",
}
_KANJI_FOR = (
    ("がん", "癌"), ("うつ", "鬱"), ("てんかん", "癲癇"), ("けいれん", "痙攣"), ("ぜんそく", "喘息"),
    ("たんぱく", "蛋白"), ("タンパク", "蛋白"), ("ひざ", "膝"), ("めまい", "眩暈"), ("レセプター", "受容体"),
    ("繊維", "線維"), ("頚", "頸"), ("囊", "嚢"),
)  # fmt: skip
_RUN = re.compile(
    r"(?P<kanji>[一-鿿々〆ヶ]+)|(?P<kana>[ァ-ヺー]{2,})|(?P<latin>[A-Za-z0-9](?:[A-Za-z0-9.'’]|-(?=\w))*)"
)
_SYMBOL = re.compile(r"(?=.*[A-Z].*[A-Z0-9]|.*[a-z].*[A-Z0-9])[A-Za-z0-9.-]+\Z")
_MORE_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "can",
        "earlier",
        "from",
        "has",
        "have",
        "how",
        "in",
        "into",
        "is",
        "it",
        "its",
        "many",
        "more",
        "most",
        "new",
        "of",
        "our",
        "previous",
        "same",
        "several",
        "such",
        "than",
        "that",
        "their",
        "them",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "towards",
        "under",
        "use",
        "used",
        "using",
        "via",
        "was",
        "we",
        "were",
        "what",
        "where",
        "which",
        "who",
        "will",
        "with",
        "within",
        "without",
        "you",
    ]
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut up: `units` of its language, in order and as often as they stand there, and `symbols`."""

    units: tuple[str, ...]
    symbols: tuple[str, ...]


def normal(text: str) -> str:
    """The text in one width, common variants of Japanese words as one, Greek letters spelt out; case is kept."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).translate(_GREEK)
    for written, read in _KANJI_FOR:
        text = text.replace(written, read)
    return text


def symbol(word: str) -> str:
    """The word as a symbol ("PD-L1" → "pdl1", "TNF-alpha" → "tnfalpha"), "" when it is an ordinary word or number."""
    return re.sub(r"[^a-z0-9]", "", word.lower()) if _SYMBOL.match(word.rstrip(".'’-")) else ""


@lru_cache(maxsize=65_536)
def english_word(word: str) -> str:
    """A word's stem, "" for a word that says nothing."""
    word = word.strip(".'’-").removesuffix("'s").removesuffix("’s")
    if len(word) < 2 or word in STOP_WORDS or word in _MORE_STOP_WORDS or word.isdigit():
        return ""
    return stem(word)


def english_stems(text: str) -> Iterator[tuple[str, str]]:
    """Of each word of a normal text in order: (its stem or "", its symbol or "")."""
    for run in _RUN.finditer(text):
        if run.lastgroup != "latin":
            continue
        written = run.group()
        sign = symbol(written)
        parts = [english_word(part) for part in written.lower().split("-")]
        if sign:
            yield "" if len(parts) > 1 else parts[0], sign
        for part in parts if len(parts) > 1 or not sign else ():
            yield part, ""


def written_words(text: str) -> dict[str, str]:
    """Each stem of an English text → the word as it first stands there."""
    words: dict[str, str] = {}
    for run in _RUN.finditer(normal(text)):
        for part in run.group().split("-") if run.lastgroup == "latin" else ():
            words.setdefault(english_word(part.lower()), part.strip(".'’"))
    return words


def read_english(text: str) -> Words:
    """An English text cut up."""
    found = list(english_stems(normal(text)))
    return Words(tuple(word for word, _ in found if word), tuple(sign for _, sign in found if sign))


def read_japanese(text: str) -> Words:
    """A Japanese text cut up. Latin words in it are units as in English; katakana keep their script."""
    units: list[str] = []
    symbols: list[str] = []
    for run in _RUN.finditer(normal(text)):
        written = run.group()
        if run.lastgroup == "latin":
            found = list(english_stems(written))
            units.extend(word for word, _ in found if word)
            symbols.extend(sign for _, sign in found if sign)
        elif run.lastgroup == "kana":
            units.append(written)
        else:
            units.extend(written[i : i + 2] for i in range(len(written) - 1))
            units.extend(written[i : i + 3] for i in range(len(written) - 2))
            if len(written) == 1:
                units.append(written)
    return Words(tuple(units), tuple(symbols))


def kana_parts(run: str, known: frozenset[str]) -> list[str]:
    """A run of katakana as the fewest known words it is made of ("オルガノイドモデル" → オルガノイド, モデル); []
    when it is not."""
    best: list[list[str] | None] = [[], *([None] * len(run))]
    for end in range(2, len(run) + 1):
        for start in range(max(0, end - 16), end - 1):
            before = best[start]
            if before is None or run[start:end] not in known or (start == 0 and end == len(run)):
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, run[start:end]]
    return best[-1] or []

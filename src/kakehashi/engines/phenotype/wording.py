"""How a wording is read for searching: the same word in any width, case, kana, spelling or number reads the same.

English: NFKC, case folded, accents dropped, British spelling read as American, a plural as its singular.
Japanese: NFKC (half-width kana become full), katakana read as hiragana, common variant characters read as one
(頚/頸, 繊維/線維, 痙攣/けいれん …), a closing 症 dropped, then cut into pairs of neighbouring
characters, which needs no dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_CHARACTERS = str.maketrans(
    {"頚": "頸", "靭": "靱", "囊": "嚢", "彎": "弯", "腟": "膣", "瘙": "掻", "鬱": "うつ", "鉤": "鈎", "攣": "れん"}
    | {"痙": "けい", "痺": "ひ", "癲": "てん", "癇": "かん"}
)
_WORDS_JA = (("繊維", "線維"), ("蛋白", "たんぱく"), ("眩暈", "めまい"), ("麻ひ", "まひ"))
_BRITISH = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"[ao]e", "e"),
        (r"(?<=[a-z]{2})our", "or"),
        (r"is(?=e|ed|ing|ation|ations)", "iz"),
        (r"yse", "yze"),
        (r"(?<=[bt])re\Z", "er"),
        (r"sulph", "sulf"),
        (r"leuc", "leuk"),
        (r"ll", "l"),
        (r"grey", "gray"),
    )
)
_RUN = re.compile(r"(?P<cjk>[぀-ゟー々〆㐀-鿿豈-﫿]+)|(?P<word>[^\W_]+)")
STOP_WORDS = frozenset(["and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_KANA_MARKS = "\u3099\u309a"
LONGEST_TEXT = 300


def plain(text: str) -> str:
    """`text` in one width, case and kana, without accents."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(c for c in parts if c in _KANA_MARKS or unicodedata.category(c) != "Mn")
        text = one_spelling(unicodedata.normalize("NFC", text).translate(_KATAKANA))
    return text.replace("'s", "s").replace("’s", "s")


def one_spelling(text: str) -> str:
    """`text` with the characters and words that clinicians write in several ways in one of them (痙攣 as けいれん)."""
    text = text.translate(_CHARACTERS)
    for written, read in _WORDS_JA:
        text = text.replace(written, read)
    return text


def runs(text: str) -> list[tuple[str, bool]]:
    """(word, False) of each word and (characters, True) of each unbroken Japanese run, in order.

    Words such as "of" are left out where there are others.
    """
    found = [(run.group(), run.lastgroup == "cjk") for run in _RUN.finditer(plain(text))]
    telling = [run for run in found if run[0] not in STOP_WORDS]
    return [(_stem_ja(run) if japanese else stem(run), japanese) for run, japanese in telling or found]


def _stem_ja(run: str) -> str:
    """A Japanese run without the "症" that names the same finding as a disorder (小頭症 and 小頭)."""
    return run[:-1] if len(run) > 2 and run.endswith("症") else run


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """An English word in American spelling and without its plural."""
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > 5:
            return word[:-3] + "y"
        if word.endswith(("ches", "shes", "xes", "sses")):
            return word[:-2]
        return word[:-1]
    return word


def pairs(run: str) -> list[str]:
    """The pairs of neighbouring characters of a Japanese run; a single character stands for itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]

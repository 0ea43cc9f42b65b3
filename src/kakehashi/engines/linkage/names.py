"""Japanese and Latin names in one form each, strict and loose.

Strict: width, script (hiragana and katakana), case, accents, spaces, punctuation and dashes do not count. Loose: what
clerks and parents write differently does not count either: small kana, long vowels (オオノ, オーノ, オノ), voicing
(ヤマサキ, ヤマザキ), ヅ and ズ, ヂ and ジ, ヲ and オ.
"""

from __future__ import annotations

import re
import unicodedata

_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_DASHES = re.compile(r"[‐‑‒–—―−ー─ｰ-]")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SAME = str.maketrans("ヲヅヂヱヰ", "オズジエイ")
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパ",
    "イ": "イキシチニヒミリギジビピ",
    "ウ": "ウクスツヌフムユルグズブプ",
    "エ": "エケセテネヘメレゲゼデベペ",
    "オ": "オコソトノホモヨロゴゾドボポ",
}
_VOWEL = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_LENGTHENED = {"ア": "ア", "イ": "イ", "ウ": "ウ", "エ": "エイ", "オ": "オウ"}


def strict(name: str) -> str:
    """A name without what never tells people apart: only letters, digits and ー remain, in capitals and katakana."""
    plain = unicodedata.normalize("NFKC", name).translate(_HIRAGANA)
    plain = _DASHES.sub("ー", plain)
    if not re.search(r"[ァ-ヺ]", plain):  # Latin: without accents, and a dash is punctuation
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
        plain = plain.replace("ー", "")
    return "".join(one for one in plain.upper() if one.isalnum() or one == "ー")


def loose(name: str) -> str:
    """A strict name without small kana, long vowels and voicing."""
    plain = strict(name).translate(_SMALL).translate(_SAME)
    unvoiced = unicodedata.normalize("NFC", re.sub("[゙゚]", "", unicodedata.normalize("NFD", plain)))
    kept: list[str] = []
    for one in unvoiced:
        if one == "ー":
            continue
        before = _VOWEL.get(kept[-1], "") if kept else ""
        if before and one in _LENGTHENED[before]:
            continue
        kept.append(one)
    return "".join(kept)

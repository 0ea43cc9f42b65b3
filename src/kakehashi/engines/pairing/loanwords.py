"""Katakana loanwords and the English words they come from: カテーテル and catheter, オルガノイド and organoid.

Both are written in one coarse alphabet of sounds (l as r, v as b, th as s or t, soft c as s …; long vowels, doubled
consonants and the vowels that Japanese puts between consonants dropped) and compared by the letter pairs and triples
they share. English spelling is ambiguous, so a word may have several such forms; the best counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import sparse

LEAST_SIMILARITY = 0.5
_MOST_FORMS = 12
_KANA_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト",
    "n": "ナニヌネノ", "h": "ハヒフヘホ", "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ",
    "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
}  # fmt: skip
_SOUNDS = {
    kana: consonant + vowel for consonant, row in _KANA_ROWS.items() for kana, vowel in zip(row, "aiueo", strict=True)
}
_SOUNDS |= {"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "bu", "ヰ": "i", "ヱ": "e"}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "u", "ョ": "o"}
_ENGLISH: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"tion|sion", ("shon",)), (r"ture", ("tya",)), (r"tch", ("t",)), (r"th", ("s", "t")), (r"ch", ("t", "k")),
    (r"ph", ("h",)), (r"sh", ("s",)), (r"ck", ("k",)), (r"qu", ("ku",)), (r"x", ("kus",)), (r"ae|oe", ("e",)),
    (r"ou", ("u", "au")), (r"ee|ea", ("i",)), (r"oo", ("u",)), (r"eu", ("yu", "oi")), (r"c(?=[eiy])", ("s",)),
    (r"c", ("k",)), (r"q", ("k",)), (r"g(?=[eiy])", ("z", "g")), (r"j", ("z",)), (r"di", ("di", "zi")),
    (r"[fw]h?", ("h", "u")), (r"l", ("r",)), (r"v", ("b",)), (r"(?<=[aeiou])r(?=[^aeiou]|$)", ("", "r")),
    (r"(?<=[^aeiou])y(?=[^aeiou]|$)", ("i", "ai")), (r"i(?=[^aeiou]e$)", ("i", "ai")), (r"e$", ("", "e")),
)  # fmt: skip
"""How a spelling may sound, applied in this order."""


def kana_sounds(run: str) -> str:
    """A run of katakana in the coarse alphabet."""
    sounds: list[str] = []
    for kana in run:
        if kana in _SMALL:
            before = sounds.pop() if sounds else ""
            sounds.append((before[:-1] or before) + _SMALL[kana])
        else:
            sounds.append(_SOUNDS.get(kana, ""))
    return _coarse("".join(sounds))


def english_sounds(word: str) -> list[str]:
    """The forms an English word may have in the coarse alphabet."""
    forms = [word.lower()]
    for pattern, instead in _ENGLISH:
        compiled = re.compile(pattern)
        if len(instead) == 1:
            forms = [compiled.sub(instead[0], form) for form in forms]
        else:
            forms = [compiled.sub(one, form) for form, one in product(forms, instead)]
        forms = list(dict.fromkeys(forms))[:_MOST_FORMS]
    return list(dict.fromkeys(_coarse(form) for form in forms))


def _coarse(form: str) -> str:
    form = re.sub(r"(?<=[bcdfghkmnprstz])u(?=[^aeiou]|$)|(?<=[td])o(?=[^aeiou]|$)", "", form)
    form = form.replace("m", "n") if form.endswith("m") else re.sub(r"m(?=[bp])", "n", form)
    return re.sub(r"(.)\1+", r"\1", form)


def similarities(
    runs: Sequence[str], words: Sequence[str], *, least: float = LEAST_SIMILARITY, most: int = 3
) -> sparse.csr_matrix:
    """float32[len(runs), len(words)]: how alike each run of katakana sounds to each word, 0 where less than `least`.

    The `most` likest words of a run are kept. Cosine of weighted letter pairs and triples; 1 for the same sounds.
    """
    forms = [(place, form) for place, word in enumerate(words) for form in english_sounds(word)]
    if not runs or not forms:
        return sparse.csr_matrix((len(runs), len(words)), dtype=np.float32)
    grams: dict[str, int] = {}
    there = _gram_matrix([form for _, form in forms], grams, grow=True)
    here = _gram_matrix([kana_sounds(run) for run in runs], grams, grow=True)
    there.resize((there.shape[0], len(grams)))
    rarity = np.log(1 + len(forms) / np.maximum(there.getnnz(axis=0), 1)).astype(np.float32)
    alike = (_unit(here, rarity) @ _unit(there, rarity).T).tocsr()
    owner = np.array([place for place, _ in forms], dtype=np.int32)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row in range(len(runs)):
        part = slice(alike.indptr[row], alike.indptr[row + 1])
        best: dict[int, float] = {}
        for place, value in zip(owner[alike.indices[part]].tolist(), alike.data[part].tolist(), strict=True):
            if value >= least and value > best.get(place, 0.0):
                best[place] = value
        for place, value in sorted(best.items(), key=lambda one: (-one[1], one[0]))[:most]:
            rows.append(row)
            columns.append(place)
            values.append(min(1.0, value))
    return sparse.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(runs), len(words)))


def _gram_matrix(forms: Sequence[str], grams: dict[str, int], *, grow: bool) -> sparse.csr_matrix:
    indptr, indices, data = [0], [], []
    for form in forms:
        consonants = "^" + re.sub(r"(?<!^)[aeiou]", "", form) + "$"
        whole = "^" + form + "$"
        for text, weight in ((consonants, 1.0), (whole, 0.7)):
            for size in (2, 3):
                for at in range(len(text) - size + 1):
                    gram = f"{weight}{text[at : at + size]}"
                    place = grams.setdefault(gram, len(grams)) if grow else grams.get(gram, -1)
                    if place >= 0:
                        indices.append(place)
                        data.append(weight)
        indptr.append(len(indices))
    return sparse.csr_matrix((np.array(data, np.float32), indices, indptr), shape=(len(forms), len(grams)))


def _unit(matrix: sparse.csr_matrix, rarity: npt.NDArray[np.float32]) -> sparse.csr_matrix:
    weighted = matrix.multiply(rarity[None, :]).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.diags_array((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ weighted

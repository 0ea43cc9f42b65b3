"""Words one slip of the finger away: found by the words that remain when any one letter is left out of either
(symmetric deletion, W. Garbe's SymSpell), so that a look-up costs as many searches as the word has letters.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SHORTEST = 4  # letters; shorter words have too many neighbours


def build_slips(vocabulary: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """(hashes uint32, sorted; word numbers int32, parallel) of all Latin words of `vocabulary`."""
    rows = sorted(
        (code, number)
        for number, word in enumerate(vocabulary)
        if len(word) >= SHORTEST and word.isascii() and word.isalpha()
        for code in _codes(word)
    )
    return np.array([code for code, _ in rows], dtype=np.uint32), np.array([n for _, n in rows], dtype=np.int32)


def near_words(
    word: str, vocabulary: Sequence[str], hashes: npt.NDArray[np.uint32], numbers: npt.NDArray[np.int32]
) -> list[int]:
    """Numbers of the words of `vocabulary` that are one letter left out, put in, changed or swapped from `word`."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return []
    codes = np.array(sorted(_codes(word)), dtype=np.uint32)
    starts, ends = np.searchsorted(hashes, codes, "left"), np.searchsorted(hashes, codes, "right")
    found = {int(n) for start, end in zip(starts, ends, strict=True) for n in numbers[start:end]}
    return sorted(number for number in found if one_slip(word, vocabulary[number]))


def one_slip(first: str, second: str) -> bool:
    """Whether one letter left out, put in, changed or swapped with its neighbour leads from one to the other."""
    if abs(len(first) - len(second)) > 1 or first == second:
        return first == second
    start = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    rest, other = first[start:], second[start:]
    if len(rest) == len(other):
        return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    return rest[1:] == other or rest == other[1:]


def _codes(word: str) -> set[int]:
    return {zlib.crc32(part.encode()) for part in (word, *(word[:i] + word[i + 1 :] for i in range(len(word))))}

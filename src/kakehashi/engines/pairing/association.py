"""Which English words a Japanese unit stands for, learned from texts that say something in both languages.

IBM Model 1 (Brown et al., Comput Linguist 19, 1993) over sparse matrices: each English word of a segment comes from
one of the segment's Japanese units or from none. Segments are the wordings of the term table, the labels of findings
and the titles and abstracts of awards that have both. How alike a loanword sounds stands in for counts where there
are few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

ROUNDS = 4
CANDIDATES = 15  # English words a unit may stand for, by their Dice coefficient
SHRINKAGE = 1.0  # counts a unit must outweigh before what it was seen with is believed
SOUND_COUNTS = 3.0  # as many sightings as a loanword that sounds the same is worth
LEAST_PROBABILITY = 0.03


def learn(
    japanese: sparse.csr_matrix, english: sparse.csr_matrix, sounds: sparse.csr_matrix, *, rounds: int = ROUNDS
) -> sparse.csr_matrix:
    """float32[units, words]: the probability that a unit stands for a word; rows sum to at most 1.

    `japanese` [segments, units] and `english` [segments, words] say what each segment holds (1 or 0); `sounds`
    [units, words] how alike a katakana unit sounds to a word.
    """
    seen = np.asarray(japanese.sum(axis=0)).ravel().astype(np.float32)
    frequency = np.asarray(english.sum(axis=0)).ravel().astype(np.float32)
    units_of = japanese.T.tocsr().astype(np.float32)
    together = (units_of @ english.astype(np.float32)).tocsr()
    guess = _likeliest(_dice(together, seen, frequency), CANDIDATES)
    table = (guess + sounds.multiply(SOUND_COUNTS / 4)).tocsr().astype(np.float32)
    table = _scaled_rows(table, np.asarray(table.sum(axis=1)).ravel())
    none = frequency / max(float(frequency.sum()), 1.0)
    prior = sounds.multiply(SOUND_COUNTS).tocsr().astype(np.float32)
    pattern = table.copy()
    pattern.data[:] = 1.0
    words_held = english.tocsr().astype(np.float32)
    for _ in range(rounds):
        explained = (japanese.astype(np.float32) @ table).multiply(words_held).tocsr()
        rest = words_held.multiply(none[None, :]).tocsr()
        total = (explained + rest).tocsr()
        total.data = 1.0 / np.maximum(total.data, 1e-12)
        counts = (units_of @ total.multiply(words_held).tocsr()).multiply(pattern).multiply(table).tocsr() + prior
        table = _scaled_rows(counts.tocsr(), np.asarray(counts.sum(axis=1)).ravel() + SHRINKAGE)
    table.data[table.data < LEAST_PROBABILITY] = 0.0
    table.eliminate_zeros()
    return table.astype(np.float32)


def _dice(
    together: sparse.csr_matrix, seen: npt.NDArray[np.float32], frequency: npt.NDArray[np.float32]
) -> sparse.csr_matrix:
    score = together.astype(np.float32)
    row = np.repeat(np.arange(score.shape[0]), np.diff(score.indptr))
    score.data = 2 * score.data / (seen[row] + frequency[score.indices])
    return score


def _likeliest(score: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """The `most` highest entries of each row."""
    row = np.repeat(np.arange(score.shape[0]), np.diff(score.indptr))
    order = np.lexsort((score.indices, -score.data, row))
    place = np.arange(len(order)) - score.indptr[row[order]]
    kept = order[place < most]
    return sparse.csr_matrix((score.data[kept], (row[kept], score.indices[kept])), shape=score.shape)


def _scaled_rows(matrix: sparse.csr_matrix, by: npt.NDArray[np.floating[Any]]) -> sparse.csr_matrix:
    scaled: sparse.csr_matrix = (sparse.diags_array((1 / np.maximum(by, 1e-12)).astype(np.float32)) @ matrix).tocsr()
    return scaled

"""Which texts hold which word: one row against many in the time its words' lists take."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse


class Postings:
    """float32[texts, words] turned so that a word's texts are one slice."""

    def __init__(self, vectors: sparse.csr_matrix) -> None:
        turned = vectors.tocsc()
        self._indptr, self._texts, self._values = turned.indptr, turned.indices, turned.data
        self._n = vectors.shape[0]

    def alike(self, row: sparse.csr_matrix) -> npt.NDArray[np.float32]:
        """float32[texts]: the product of each text with `row`, [1, words]."""
        scores = np.zeros(self._n, dtype=np.float32)
        for word, value in zip(row.indices.tolist(), row.data.tolist(), strict=True):
            part = slice(self._indptr[word], self._indptr[word + 1])
            scores[self._texts[part]] += value * self._values[part]
        return scores

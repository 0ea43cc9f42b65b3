"""What pairing is measured beside: TF-IDF of words and of characters, BM25, and cross-language latent semantic
indexing.

Words are what a search engine without a dictionary takes: Latin words as they stand, neighbouring pairs of Japanese
characters (as Lucene's CJK analyser). Texts of both languages stand in one vector.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import svds

K1, B = 1.2, 0.75
CHARACTERS = (2, 3, 4)
RANK = 200
_RUN = re.compile(r"[a-z0-9][a-z0-9-]*|[ぁ-んァ-ヺー一-鿿々]+")

Scores = npt.NDArray[np.float32]


def words(text: str) -> list[str]:
    """Latin words and pairs of Japanese characters."""
    found = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        found.extend([run] if run[0] < "ぁ" else [run[i : i + 2] for i in range(max(1, len(run) - 1))])
    return found


def characters(text: str) -> list[str]:
    """Runs of two to four characters, whatever they are."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return [text[i : i + size] for size in CHARACTERS for i in range(len(text) - size + 1)]


class Bag:
    """Counts of texts as a matrix, the vocabulary of the first ones kept."""

    def __init__(self, cut: Callable[[str], list[str]], texts: Sequence[str]) -> None:
        self.cut = cut
        self.places: dict[str, int] = {}
        self.counts = self.matrix(texts, grow=True)
        self.held = np.asarray(self.counts.getnnz(axis=0))

    def matrix(self, texts: Sequence[str], *, grow: bool = False) -> sparse.csr_matrix:
        indptr, indices, data = [0], [], []
        for text in texts:
            for word, times in Counter(self.cut(text)).items():
                place = self.places.setdefault(word, len(self.places)) if grow else self.places.get(word, -1)
                if place >= 0:
                    indices.append(place)
                    data.append(times)
            indptr.append(len(indices))
        return sparse.csr_matrix((np.array(data, np.float32), indices, indptr), shape=(len(texts), len(self.places)))


class TfIdf:
    """Cosine of log counts weighed by log(n/df)."""

    def __init__(self, cut: Callable[[str], list[str]], texts: Sequence[str]) -> None:
        self.bag = Bag(cut, texts)
        self.rarity = np.log((1 + len(texts)) / (1 + self.bag.held)).astype(np.float32)
        self.rows = self._unit(self.bag.counts)

    def _unit(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        weighed = counts.copy()
        weighed.data = 1 + np.log(weighed.data)
        weighed = (weighed @ sparse.diags_array(self.rarity)).tocsr()
        length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        return (sparse.diags_array(1 / np.maximum(length, 1e-9)) @ weighed).tocsr()

    def scores(self, text: str) -> Scores:
        return np.asarray((self.rows @ self._unit(self.bag.matrix([text])).T).todense()).ravel()


class Bm25:
    """Okapi BM25 (Robertson and Zaragoza, 2009)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.bag = Bag(words, texts)
        counts = self.bag.counts.copy()
        length = np.asarray(counts.sum(axis=1)).ravel()
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        counts.data = counts.data * (K1 + 1) / (counts.data + K1 * (1 - B + B * length[row] / length.mean()))
        rarity = np.log(1 + (len(texts) - self.bag.held + 0.5) / (self.bag.held + 0.5))
        self.rows = (counts @ sparse.diags_array(rarity.astype(np.float32))).tocsr()

    def scores(self, text: str) -> Scores:
        return self.rows @ np.asarray(self.bag.matrix([text]).todense()).ravel()


class LatentSemantics:
    """Cross-language LSI (Dumais, Letsche, Littman, Landauer, 1997): texts of both languages in a space learned from
    awards that have both.
    """

    def __init__(self, taught: Sequence[str], texts: Sequence[str]) -> None:
        self.learned = TfIdf(words, taught)
        _, _, axes = svds(self.learned.rows.astype(np.float64), k=RANK, random_state=0)
        self.axes = axes.T.astype(np.float32)
        self.rows = self._placed(texts)

    def _placed(self, texts: Sequence[str]) -> Scores:
        placed = self.learned._unit(self.learned.bag.matrix(texts)) @ self.axes
        return placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-9)

    def scores(self, text: str) -> Scores:
        return self.rows @ self._placed([text])[0]

"""Texts of either language as vectors that can be compared: what is learned once for a store of awards.

Five parts, each compared by itself (cosine, rare words weigh more): the Japanese units, the English words, the
concepts of the lexicon, the symbols both languages write alike, and the *bridge*: English words as they stand, or
what the Japanese units stand for where a text has no English.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kakehashi.engines.pairing.association import learn
from kakehashi.engines.pairing.lexicon import Lexicon
from kakehashi.engines.pairing.loanwords import similarities
from kakehashi.engines.pairing.reading import kana_parts, read_english, read_japanese
from kakehashi.engines.pairing.terms import NO_SUBJECTS

PARTS = ("japanese", "english", "concepts", "symbols", "bridge")
MOST_SEGMENTS = 6_000  # awards with both languages that are learned from
RARITY_POWER = 1.5  # what every award says weighs still less; chosen on made-up lineages of their own seed
MOST_SHARED = 0.25  # a unit of more texts than this is not learned

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Read:
    """A text of an award in the languages it has, cut up; None where it has none."""

    japanese: Counter[str] | None
    english: Counter[str] | None
    concepts: dict[int, float]
    symbols: frozenset[str]


class Vocabulary:
    """Words and their places; it grows while texts are read, then is kept."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def matrix(self, texts: Sequence[Iterable[tuple[str, float]]], *, grow: bool) -> sparse.csr_matrix:
        """float32[texts, words]; words that are not known are passed over unless it may grow."""
        indptr, indices, data = [0], [], []
        for words in texts:
            for word, value in words:
                place = self.places.setdefault(word, len(self.places)) if grow else self.places.get(word, -1)
                if place >= 0:
                    indices.append(place)
                    data.append(value)
            indptr.append(len(indices))
        shape = (len(texts), len(self.places))
        return sparse.csr_matrix((np.array(data, np.float32), indices, indptr), shape=shape)


class Space:
    """What was learned from a store. Reads texts as vectors of unit length, one for each of PARTS."""

    def __init__(self, lexicon: Lexicon, texts: Sequence[tuple[str, str]]) -> None:
        """`texts`: Japanese and English of each award, "" where it has none. Those with both teach what stands for
        what."""
        self.lexicon = lexicon
        self._kana: frozenset[str] = frozenset()
        read = [self._read(ja, en) for ja, en in texts]
        terms = [(ja, en) for term in lexicon.terms for ja in term.ja[:3] for en in term.en[:3]]
        taught = [(read_japanese(ja), read_english(en)) for ja, en in terms]
        alone = Counter(chain.from_iterable(one.japanese for one in read if one.japanese is not None))
        alone.update(chain.from_iterable(ja.units for ja, _ in taught))
        self._kana = frozenset(unit for unit, times in alone.items() if times > 1 and _is_kana(unit))
        for one in read:
            if one.japanese is not None:
                self._add_parts(one.japanese)
        lessons = [(self._with_parts(ja.units), Counter(en.units)) for ja, en in taught]
        both = [one for one in read if one.japanese is not None and one.english is not None]
        step = max(1, -(-len(both) // MOST_SEGMENTS))
        lessons += [(one.japanese or Counter(), one.english or Counter()) for one in both[::step]]
        self.units, self.words, self.signs = Vocabulary(), Vocabulary(), Vocabulary()
        counted = {
            "japanese": self.units.matrix([_items(one.japanese) for one in read], grow=True),
            "english": self.words.matrix([_items(one.english) for one in read], grow=True),
            "symbols": self.signs.matrix([[(sign, 1.0) for sign in sorted(one.symbols)] for one in read], grow=True),
            "concepts": self._concept_matrix(read),
        }
        self._stands_for = self._learned(lessons)
        for name, vocabulary in (("japanese", self.units), ("english", self.words)):
            counted[name].resize((len(read), len(vocabulary.places)))
        self.rarity = {name: _rarity(matrix) for name, matrix in counted.items()}
        if counted["english"].nnz:  # what no English text says would only dilute what Japanese ones are carried to
            self.rarity["english"] *= np.asarray(counted["english"].getnnz(axis=0)) > 0
        subjects = np.array([term.kind not in NO_SUBJECTS for term in lexicon.terms], dtype=np.float32)
        self.rarity["concepts"] *= subjects if len(subjects) else 1.0
        self.vectors = self._finished(counted)

    def read(self, texts: Sequence[tuple[str, str]]) -> dict[str, sparse.csr_matrix]:
        """The vectors of other texts (Japanese, English; "" for none), float32[texts, …] of unit length by part."""
        read = [self._read(ja, en) for ja, en in texts]
        for one in read:
            if one.japanese is not None:
                self._add_parts(one.japanese)
        return self._finished(
            {
                "japanese": self.units.matrix([_items(one.japanese) for one in read], grow=False),
                "english": self.words.matrix([_items(one.english) for one in read], grow=False),
                "symbols": self.signs.matrix(
                    [[(sign, 1.0) for sign in sorted(one.symbols)] for one in read], grow=False
                ),
                "concepts": self._concept_matrix(read),
            }
        )

    def stand_for(self, units: Sequence[str], words: Sequence[int]) -> Float32:
        """float32[units, words]: the probability that a Japanese unit stands for an English word (by its place)."""
        rows = [self.units.places[unit] for unit in units]
        return np.asarray(self._stands_for[rows][:, list(words)].todense())

    def _read(self, ja: str, en: str) -> Read:
        concepts: dict[int, float] = {}
        symbols: set[str] = set()
        japanese = english = None
        sides: tuple[tuple[str, Callable[[str], dict[int, float]]], ...] = (
            (ja, self.lexicon.find_japanese),
            (en, self.lexicon.find_english),
        )
        for text, find in sides:
            for concept, times in find(text).items() if text else ():
                concepts[concept] = max(times, concepts.get(concept, 0.0))
        if ja:
            words = read_japanese(ja)
            japanese = Counter(words.units)
            symbols.update(words.symbols)
        if en:
            words = read_english(en)
            english = Counter(words.units)
            symbols.update(words.symbols)
        return Read(japanese, english, concepts, frozenset(symbols))

    def _add_parts(self, units: Counter[str]) -> None:
        for unit, times in list(units.items()):
            if len(unit) > 3 and _is_kana(unit):
                for part in kana_parts(unit, self._kana):
                    units[part] += times

    def _with_parts(self, units: Iterable[str]) -> Counter[str]:
        counted = Counter(units)
        self._add_parts(counted)
        return counted

    def _concept_matrix(self, read: Sequence[Read]) -> sparse.csr_matrix:
        indptr = [0]
        indices: list[int] = []
        data: list[float] = []
        for one in read:
            indices.extend(one.concepts)
            data.extend(one.concepts.values())
            indptr.append(len(indices))
        shape = (len(read), len(self.lexicon.terms))
        return sparse.csr_matrix((np.array(data, np.float32), indices, indptr), shape=shape)

    def _learned(self, lessons: Sequence[tuple[Counter[str], Counter[str]]]) -> sparse.csr_matrix:
        japanese = self.units.matrix([[(unit, 1.0) for unit in ja] for ja, _ in lessons], grow=True)
        english = self.words.matrix([[(word, 1.0) for word in en] for _, en in lessons], grow=True)
        japanese = _without_common(japanese)
        runs = [unit for unit in self.units.places if _is_kana(unit)]
        names = [word for word in self.words.places if len(word) > 2 and word.isascii() and word.isalpha()]
        alike = similarities(runs, names).tocoo()
        rows = np.array([self.units.places[run] for run in runs], dtype=np.int32)
        columns = np.array([self.words.places[name] for name in names], dtype=np.int32)
        shape = (len(self.units.places), len(self.words.places))
        sounds = sparse.csr_matrix((alike.data**2, (rows[alike.row], columns[alike.col])), shape=shape)
        table = learn(japanese, english, sounds)
        # a Latin word in a Japanese text stands for itself
        same = [
            (place, self.words.places[unit]) for unit, place in self.units.places.items() if unit in self.words.places
        ]
        itself = sparse.csr_matrix(
            (
                np.ones(len(same), np.float32),
                (np.array([a for a, _ in same], int), np.array([b for _, b in same], int)),
            ),
            shape=shape,
        )
        return (table.minimum(1.0) + itself).minimum(1.0).tocsr()

    def _finished(self, counted: dict[str, sparse.csr_matrix]) -> dict[str, sparse.csr_matrix]:
        finished = {}
        for name, matrix in counted.items():
            damped = matrix.copy()
            damped.data = np.log1p(damped.data) if name != "concepts" else np.sqrt(damped.data)
            finished[name] = _unit_rows(damped, self.rarity[name])
        finished["bridge"] = self._bridge(counted)
        return finished

    def _bridge(self, counted: dict[str, sparse.csr_matrix]) -> sparse.csr_matrix:
        english = counted["english"].tocsr()
        has_english = np.diff(english.indptr) > 0
        held = counted["japanese"].copy()
        held.data = np.minimum(held.data, 2.0)
        carried = (held @ self._stands_for).tocsr()
        carried.data = 1 - np.exp(-carried.data)
        own = english.copy()
        own.data = 1 - np.exp(-own.data)
        only_japanese = sparse.diags_array((~has_english).astype(np.float32))
        return _unit_rows((own + only_japanese @ carried).tocsr(), self.rarity["english"])


def _items(counter: Counter[str] | None) -> Iterable[tuple[str, float]]:
    return () if counter is None else counter.items()


def _is_kana(unit: str) -> bool:
    return "ァ" <= unit[0] <= "ヺ"


def _rarity(matrix: sparse.csr_matrix) -> Float32:
    """float32[words]: how rare each word is among the texts that have any, log(1 + n/df) to a power (0.5 added to
    df)."""
    texts = max(1, int((np.diff(matrix.indptr) > 0).sum()))
    return (np.log1p(texts / (np.asarray(matrix.getnnz(axis=0)) + 0.5)) ** RARITY_POWER).astype(np.float32)


def _without_common(japanese: sparse.csr_matrix) -> sparse.csr_matrix:
    """The units of segments but those that almost any holds, and those that are held once only."""
    held = np.asarray(japanese.getnnz(axis=0))
    kept = (held <= max(50, MOST_SHARED * japanese.shape[0])).astype(np.float32)
    left: sparse.csr_matrix = (japanese @ sparse.diags_array(kept)).tocsr()
    left.eliminate_zeros()
    return left


def _unit_rows(matrix: sparse.csr_matrix, rarity: Float32) -> sparse.csr_matrix:
    weighted = (matrix @ sparse.diags_array(rarity)).tocsr()
    weighted.eliminate_zeros()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return (sparse.diags_array((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ weighted).tocsr().astype(np.float32)

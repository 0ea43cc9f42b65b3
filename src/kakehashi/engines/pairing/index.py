"""Finds what could carry an award on.

    index = PairingIndex(awards, Lexicon(read_terms()))     # once; 28,000 awards in half a minute
    index.successors(award, most=10)                         # awards that carry on what it did
    index.openings(award, openings)                          # programmes and calls that could
    index.givers(award)                                      # awards elsewhere that make what it needs

An award may have its texts in Japanese, English or both; those of two awards are compared in a language they share,
else over the bridge (see ``space``). What a match adds up is bits of evidence; ``weights`` says where they come from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kakehashi.engines.pairing import evidence
from kakehashi.engines.pairing.awards import Award, Match, Opening
from kakehashi.engines.pairing.evidence import COLUMNS, KINDS, Facts, Float32
from kakehashi.engines.pairing.giving import Givers
from kakehashi.engines.pairing.lexicon import Lexicon
from kakehashi.engines.pairing.postings import Postings
from kakehashi.engines.pairing.reasons import Explainer
from kakehashi.engines.pairing.space import PARTS, Space
from kakehashi.engines.pairing.weights import Weights, fitted

History = Mapping[tuple[str, str], int]
"""How many awards of one programme had a successor in another: (from, to) → count."""


class PairingIndex:
    """A store of awards, read once; nothing in it changes afterwards."""

    def __init__(self, awards: Sequence[Award], lexicon: Lexicon, *, weights: Weights | None = None) -> None:
        self.awards = tuple(awards)
        self.weights = weights or fitted()
        self.places = {award.key: place for place, award in enumerate(self.awards)}
        self.space = Space(lexicon, [(one.text_ja, one.text_en) for one in self.awards])
        self.facts = Facts(self.awards)
        self._postings = {part: Postings(self.space.vectors[part]) for part in PARTS}
        self._japanese = np.array([bool(one.text_ja) for one in self.awards])
        self._english = np.array([bool(one.text_en) for one in self.awards])
        self._explainer = Explainer(self.space)

    def successors(
        self,
        award: Award,
        *,
        most: int = 10,
        kinds: Collection[str] = KINDS,
        among: npt.NDArray[np.bool_] | None = None,
        history: History | None = None,
    ) -> list[Match]:
        """The awards of the store that could be its successors, best first, with reasons.

        `among` bool[awards] leaves others out; the award itself is never found. `kinds` of evidence to use.
        """
        vectors = self._vectors(award)
        columns = self._columns(award, vectors, history)
        bits = columns @ self.weights.of(kinds)
        allowed = np.ones(len(self.awards), dtype=bool) if among is None else among.copy()
        if (own := self.places.get(award.key)) is not None:
            allowed[own] = False
        bits[~allowed] = -np.inf
        best = _best(bits, min(most, int(allowed.sum())))
        return [
            Match(
                self.awards[place].key,
                float(bits[place]),
                _similarity(columns[place]),
                self._explainer.of_award(
                    award, self.awards[place], columns[place], self.weights.of(kinds), vectors, self.vectors_at(place)
                ),
            )
            for place in best
        ]

    def columns(self, award: Award, *, history: History | None = None) -> Float32:
        """float32[awards, COLUMNS]: the evidence of every award of the store as a successor (to fit weights on)."""
        return self._columns(award, self._vectors(award), history)

    def openings(
        self,
        award: Award,
        openings: Sequence[Opening],
        *,
        most: int = 10,
        kinds: Collection[str] = KINDS,
        history: History | None = None,
    ) -> list[Match]:
        """The programmes and calls that could carry the award on, best first, with reasons."""
        if not openings:
            return []
        vectors = self._vectors(award)
        theirs = self.space.read([(one.text_ja, one.text_en) for one in openings])
        japanese = np.array([bool(one.text_ja) for one in openings])
        english = np.array([bool(one.text_en) for one in openings])
        alike = {part: np.asarray((theirs[part] @ vectors[part].T).todense()).ravel() for part in PARTS}
        table = _text_columns(award, alike, japanese, english) | evidence.opening_columns(award, openings)
        table["history"] = _history(award, [one.programme for one in openings], history)
        columns = evidence.stacked(table)
        weights = self.weights.of(kinds)
        bits = columns @ weights
        return [
            Match(
                openings[place].key,
                float(bits[place]),
                _similarity(columns[place]),
                self._explainer.of_opening(
                    award,
                    openings[place],
                    columns[place],
                    weights,
                    vectors,
                    {part: theirs[part][[place]] for part in PARTS},
                ),
            )
            for place in _best(bits, min(most, len(openings)))
        ]

    def givers(self, award: Award, *, most: int = 10) -> list[Match]:
        """Awards elsewhere whose output is its input, as the texts tell it; the first call reads the store for it."""
        return self._givers.of(award, most=most)

    @cached_property
    def _givers(self) -> Givers:
        return Givers(self.space, self.awards, self.weights)

    def vectors_at(self, place: int) -> dict[str, sparse.csr_matrix]:
        """The vectors of one award of the store, [1, …] by part."""
        return {part: self.space.vectors[part][[place]] for part in PARTS}

    def _vectors(self, award: Award) -> dict[str, sparse.csr_matrix]:
        place = self.places.get(award.key)
        if place is not None and self.awards[place] == award:
            return self.vectors_at(place)
        return self.space.read([(award.text_ja, award.text_en)])

    def _columns(self, award: Award, vectors: Mapping[str, sparse.csr_matrix], history: History | None) -> Float32:
        alike = {part: self._postings[part].alike(vectors[part]) for part in PARTS}
        table = _text_columns(award, alike, self._japanese, self._english) | self.facts.columns(award)
        if history:
            table["history"] = _history(award, [one.programme for one in self.awards], history)
        return evidence.stacked(table)


def _text_columns(
    award: Award, alike: Mapping[str, Float32], japanese: npt.NDArray[np.bool_], english: npt.NDArray[np.bool_]
) -> dict[str, Float32]:
    shared = (japanese & bool(award.text_ja)) | (english & bool(award.text_en))
    words = np.maximum(alike["japanese"], alike["english"])
    both = (japanese | english) & bool(award.text_ja or award.text_en)
    here, across = shared.astype(np.float32), (both & ~shared).astype(np.float32)
    return {
        "words": words,
        "meaning": alike["bridge"] * here,
        "concepts": alike["concepts"] * here,
        "symbols": alike["symbols"] * here,
        "bridge": alike["bridge"] * across,
        "bridge_concepts": alike["concepts"] * across,
        "bridge_symbols": alike["symbols"] * across,
        "bridged": across,
    }


def _history(award: Award, programmes: Sequence[str], history: History | None) -> Float32:
    """float32[n]: log2 of how often successors stood there, beside once in each programme."""
    counts = history or {}
    all_of_it = sum(count for (before, _), count in counts.items() if before == award.programme) or 0
    if not award.programme or not all_of_it:
        return np.zeros(len(programmes), dtype=np.float32)
    kinds = len({one for one in programmes if one}) or 1
    ratio = {
        after: np.log2((counts.get((award.programme, after), 0) + 1) / (all_of_it + kinds) * kinds)
        for after in set(programmes)
    }
    return np.array([ratio[one] if one else 0.0 for one in programmes], dtype=np.float32)


def _similarity(columns: Float32) -> float:
    """Of the texts alone: the words' where a language is shared, else the bridge's or the concepts'."""
    of = dict(zip(COLUMNS, columns.tolist(), strict=True))
    return float(min(1.0, max(of["words"], of["concepts"], of["bridge"], of["bridge_concepts"])))


def _best(bits: Float32, most: int) -> list[int]:
    if most <= 0:
        return []
    found = np.argpartition(-bits, most - 1)[:most]
    return [int(place) for place in sorted(found.tolist(), key=lambda one: (-float(bits[one]), one))]

"""Why an award or opening was found: the evidence told in codes and values, for a caller to put into words.

Of the texts: what they have in common, each side in its own words. A Japanese 迷走神経 beside an English "vagus
nerve" when the lexicon knows both; カテーテル beside "catheter" when it was learned or sounds alike; the longest
passages of one script otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scipy import sparse

from kakehashi.engines.pairing.awards import Award, Opening, Reason, Shared
from kakehashi.engines.pairing.evidence import COLUMNS, KIND_OF, Float32, gap_days
from kakehashi.engines.pairing.reading import normal, read_japanese, written_words
from kakehashi.engines.pairing.space import Space

MOST_SHARED = 6
LEAST_BITS = 0.05
MOST_BRIDGED, LEAST_LIKELY = 12, 0.2
_PASSAGE = re.compile(r"[一-鿿々〆ヶァ-ヺーA-Za-z0-9α-ωがん-]{2,}")
_CLOSED = {"癌": "がん", "鬱": "うつ"}

Vectors = Mapping[str, sparse.csr_matrix]


class Explainer:
    """Tells the evidence of matches in one space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._words, self._signs = list(space.words.places), list(space.signs.places)

    def of_award(
        self, asked: Award, found: Award, columns: Float32, weights: Float32, asked_as: Vectors, found_as: Vectors
    ) -> tuple[Reason, ...]:
        """The reasons for one award, the strongest first."""
        bits = _bits_by_kind(columns, weights)
        texts = ((asked.text_ja, asked.text_en), (found.text_ja, found.text_en))
        reasons = [
            Reason("text", bits.get("text", 0.0), shared=self.shared(texts, asked_as, found_as)),
            _phase(asked, found, bits),
            _values("modality", {asked.modality} - {""}, {found.modality} - {""}, bits),
            _values("area", asked.areas, found.areas, bits),
            Reason("timing", bits.get("timing", 0.0), number=gap_days(asked, found.begins)),
            _values("people", asked.people, found.people, bits),
            _values("institutions", asked.institutions, found.institutions, bits),
            Reason("history", bits.get("history", 0.0)),
        ]
        return _told(reasons)

    def of_opening(
        self, asked: Award, found: Opening, columns: Float32, weights: Float32, asked_as: Vectors, found_as: Vectors
    ) -> tuple[Reason, ...]:
        """The reasons for one opening, the strongest first; the days left to apply, if it closes, come last."""
        bits = _bits_by_kind(columns, weights)
        texts = ((asked.text_ja, asked.text_en), (found.text_ja, found.text_en))
        steps = [phase - asked.phase for phase in sorted(found.phases)] if asked.phase else []
        step = next((one for one in (1, 0) if one in steps), max(steps, default=None))
        taken = tuple(str(int(phase)) for phase in sorted(found.phases))
        reasons = [
            Reason("text", bits.get("text", 0.0), shared=self.shared(texts, asked_as, found_as)),
            Reason("phase", bits.get("phase", 0.0), number=step, values=taken),
            _values("modality", {asked.modality} - {""}, found.modalities, bits),
            _values("area", asked.areas, found.areas, bits),
            Reason("timing", bits.get("timing", 0.0), number=gap_days(asked, found.starts)),
            Reason("history", bits.get("history", 0.0)),
        ]
        told = _told(reasons)
        if found.closes is not None and asked.ends is not None:
            told += (Reason("closes", 0.0, number=(found.closes - asked.ends).days),)
        return told

    def shared(
        self, texts: tuple[tuple[str, str], tuple[str, str]], asked: Vectors, found: Vectors
    ) -> tuple[Shared, ...]:
        """What two texts (Japanese, English each) have in common, the strongest first, each side in its own words."""
        (asked_ja, asked_en), (found_ja, found_en) = texts
        weighed: list[tuple[float, str, str]] = []
        in_japanese, in_english = bool(asked_ja and found_ja), bool(asked_en and found_en)
        here = "ja" if asked_ja and (found_ja or not asked_en) else "en"
        there = "ja" if found_ja and (asked_ja or not found_en) else "en"
        for concept, weight in _common(asked["concepts"], found["concepts"]):
            term = self.space.lexicon.terms[concept]
            wordings = {"ja": term.ja[0], "en": term.en[0]}
            weighed.append((weight, wordings[here], wordings[there]))
        for sign, weight in _common(asked["symbols"], found["symbols"]):
            written = self._signs[sign].upper()
            weighed.append((weight, written, written))
        if in_japanese:
            weighed += [(weight, text, text) for text, weight in self._passages(asked_ja, found_ja)]
        elif in_english:
            ours, theirs = written_words(asked_en), written_words(found_en)
            for place, weight in _common(asked["english"], found["english"]):
                stem = self._words[place]
                weighed.append((weight, ours.get(stem, stem), theirs.get(stem, stem)))
        else:
            weighed += self._over_the_bridge(asked_ja or found_ja, asked_en or found_en, bool(asked_ja), asked, found)
        return _strongest(weighed)

    def _over_the_bridge(
        self, japanese: str, english: str, asked: bool, one: Vectors, other: Vectors
    ) -> list[tuple[float, str, str]]:
        known = self.space.units.places
        telling = {unit for unit in read_japanese(japanese).units if "ァ" <= unit[0] <= "ヺ" or len(unit) > 2}
        units = sorted(unit for unit in telling if unit in known)
        common = _common(one["bridge"], other["bridge"])[:MOST_BRIDGED]
        if not units or not common:
            return []
        written = written_words(english)
        likely = self.space.stand_for(units, [place for place, _ in common])
        pairs = []
        for column, (place, weight) in enumerate(common):
            row = int(likely[:, column].argmax())
            if likely[row, column] >= LEAST_LIKELY:
                stem = self._words[place]
                word = written.get(stem, stem)
                pairs.append((weight, units[row], word) if asked else (weight, word, units[row]))
        return pairs

    def _passages(self, one: str, other: str) -> list[tuple[str, float]]:
        """The longest passages two Japanese texts share, weighed by the rarity of what they are made of."""
        other = normal(other)
        found: dict[str, float] = {}
        for run in _PASSAGE.finditer(normal(one)):
            text, at = run.group(), 0
            while at < len(text) - 1:
                end = len(text)
                while end - at > 2 and text[at:end] not in other:
                    end -= 1
                if end - at > 2:
                    passage = text[at:end]
                    units = [self.space.units.places.get(unit) for unit in read_japanese(passage).units]
                    rarity = sum(float(self.space.rarity["japanese"][unit]) for unit in units if unit is not None)
                    found[_as_written(passage)] = rarity / 100
                    at = end
                else:
                    at += 1
        return list(found.items())


def _as_written(passage: str) -> str:
    for read, written in _CLOSED.items():
        passage = passage.replace(read, written)
    return passage


def _common(one: sparse.csr_matrix, other: sparse.csr_matrix) -> list[tuple[int, float]]:
    product = one.multiply(other).tocsr()
    pairs = zip(product.indices.tolist(), product.data.tolist(), strict=True)
    return sorted(((place, weight) for place, weight in pairs if weight > 0), key=lambda pair: (-pair[1], pair[0]))


def _strongest(weighed: list[tuple[float, str, str]]) -> tuple[Shared, ...]:
    """The strongest, without those whose words are inside another's on both sides; their shares add up to at most 1."""
    kept: list[tuple[float, str, str]] = []
    for weight, asked, found in sorted(weighed, key=lambda one: (-one[0], one[1], one[2])):
        a, b = asked.casefold(), found.casefold()
        if any(a in one.casefold() and b in other.casefold() for _, one, other in kept):
            continue
        kept.append((weight, asked, found))
    total = sum(weight for weight, _, _ in kept) or 1.0
    return tuple(Shared(asked, found, weight / total) for weight, asked, found in kept[:MOST_SHARED])


def _bits_by_kind(columns: Float32, weights: Float32) -> dict[str, float]:
    bits: dict[str, float] = {}
    for name, value in zip(COLUMNS, (columns * weights).tolist(), strict=True):
        bits[KIND_OF[name]] = bits.get(KIND_OF[name], 0.0) + value
    return bits


def _phase(asked: Award, found: Award, bits: Mapping[str, float]) -> Reason:
    if asked.phase is None or found.phase is None:
        return Reason("phase", 0.0)
    values = (str(int(asked.phase)), str(int(found.phase)))
    return Reason("phase", bits.get("phase", 0.0), number=found.phase - asked.phase, values=values)


def _values(
    code: str, asked: frozenset[str] | set[str], found: frozenset[str] | set[str], bits: Mapping[str, float]
) -> Reason:
    both = asked & found
    return Reason(code, bits.get(code, 0.0), number=len(both), values=tuple(sorted(both or asked | found)))


def _told(reasons: list[Reason]) -> tuple[Reason, ...]:
    telling = [one for one in reasons if abs(one.bits) >= LEAST_BITS]
    return tuple(sorted(telling, key=lambda one: (-abs(one.bits), one.code)))

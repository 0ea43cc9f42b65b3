"""Awards elsewhere whose output is an award's input: what it is said to need beside what they are said to make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kakehashi.engines.pairing.awards import Award, Match, Reason
from kakehashi.engines.pairing.evidence import COLUMNS, gap_days
from kakehashi.engines.pairing.postings import Postings
from kakehashi.engines.pairing.reasons import Explainer
from kakehashi.engines.pairing.roles import makes, needs
from kakehashi.engines.pairing.space import Space
from kakehashi.engines.pairing.weights import Weights

PARTS = ("bridge", "concepts", "symbols")
_COLUMNS = {"bridge": "bridge", "concepts": "bridge_concepts", "symbols": "bridge_symbols"}
LEAST_SIMILARITY = 0.15


class Givers:
    """What the awards of a store make, read once."""

    def __init__(self, space: Space, awards: Sequence[Award], weights: Weights) -> None:
        self.space = space
        self.awards = awards
        self._made = [makes(one.text_ja, one.text_en) for one in awards]
        self._vectors = space.read(self._made)
        self._postings = {part: Postings(self._vectors[part]) for part in PARTS}
        self._bits = {part: weights.bits[COLUMNS.index(_COLUMNS[part])] for part in PARTS}
        self._explainer = Explainer(space)

    def of(self, award: Award, *, most: int = 10) -> list[Match]:
        """The awards that make what `award` needs, best first; none where its text names no need.

        Left out: the award itself, those that share one of its people (they know), and those that begin after it ends.
        """
        needed = needs(award.text_ja, award.text_en)
        if not any(needed):
            return []
        asked = self.space.read([needed])
        alike = {part: self._postings[part].alike(asked[part]) for part in PARTS}
        bits = np.sum([self._bits[part] * alike[part] for part in PARTS], axis=0)
        similarity = np.maximum(alike["bridge"], alike["concepts"])
        found: list[Match] = []
        for place in np.argsort(-bits, kind="stable").tolist():
            other = self.awards[place]
            if len(found) >= most or bits[place] <= 0:
                break
            if similarity[place] < LEAST_SIMILARITY or other.key == award.key or other.people & award.people:
                continue
            if award.ends is not None and other.begins is not None and other.begins > award.ends:
                continue
            shared = self._explainer.shared(
                (needed, self._made[place]), asked, {part: self._vectors[part][[place]] for part in self._vectors}
            )
            reason = Reason("input", float(bits[place]), number=gap_days(other, award.begins), shared=shared)
            found.append(Match(other.key, float(bits[place]), float(min(1.0, similarity[place])), (reason,)))
        return found

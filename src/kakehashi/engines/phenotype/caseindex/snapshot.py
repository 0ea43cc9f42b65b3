"""One committed state of an index, searchable: immutable, so any number of threads may search it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex import columns as case_columns
from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.query import Query
from kakehashi.engines.phenotype.caseindex.segment import Segment

Rows = npt.NDArray[np.uint32]

NOTHING_SHARED = float(np.nextafter(0, 1))  # scores below this are no match at all


@dataclass(frozen=True)
class Match:
    """A case found: `score` in 0…1 (see `query.py`), best first; ties stand in the order of their ids' UTF-8."""

    rank: int
    id: str
    score: float


@dataclass(frozen=True)
class LivePart:
    """A segment and the rows of it that have been withdrawn or replaced since (ascending)."""

    segment: Segment
    dead: Rows

    @property
    def count(self) -> int:
        return self.segment.rows - len(self.dead)

    def alive(self) -> npt.NDArray[np.bool_]:
        alive = np.ones(self.segment.rows, dtype=np.bool_)
        alive[self.dead] = False
        return alive

    def is_dead(self, row: int) -> bool:
        place = int(np.searchsorted(self.dead, row))
        return place < len(self.dead) and int(self.dead[place]) == row


@dataclass(frozen=True)
class CaseMask:
    """The cases one may see, as a bitmap of one snapshot's rows; made by `Snapshot.only` or `Snapshot.all_but`."""

    generation: int
    parts: tuple[npt.NDArray[np.uint8], ...]


@dataclass(frozen=True)
class Snapshot:
    """The cases of one generation. `search` is exact: the k highest scores of all cases one may see."""

    model: CaseModel
    generation: int
    parts: tuple[LivePart, ...]

    @classmethod
    def of(cls, model: CaseModel, cases: Iterable[tuple[str, Profile]]) -> Snapshot:
        """In memory, from (id, profile) pairs: a library that is searched and thrown away."""
        built = case_columns.build(model, case_columns.columns_of(model, cases))
        return cls(model, 0, (LivePart(Segment(built), np.zeros(0, dtype=np.uint32)),))

    def __len__(self) -> int:
        return sum(part.count for part in self.parts)

    def __contains__(self, case_id: str) -> bool:
        return self.locate(case_id) is not None

    @property
    def nbytes(self) -> int:
        """Bytes of the index."""
        return sum(part.segment.nbytes + part.dead.nbytes for part in self.parts)

    def ids(self) -> list[str]:
        """All case ids, segment by segment."""
        return [
            part.segment.ids[row]
            for part in self.parts
            for row in range(part.segment.rows)
            if not len(part.dead) or not part.is_dead(row)
        ]

    def locate(self, case_id: str) -> tuple[int, int] | None:
        """(part, row) of a live case."""
        for place in range(len(self.parts) - 1, -1, -1):
            part = self.parts[place]
            row = part.segment.find(case_id)
            if row is not None and not part.is_dead(row):
                return place, row
        return None

    def profile(self, case_id: str) -> Profile | None:
        """What the index holds of a case, None when it has none of that id."""
        found = self.locate(case_id)
        if found is None:
            return None
        segment = self.parts[found[0]].segment
        genes = tuple(gene for gene, _ in segment.case_genes(found[1]))
        return Profile(tuple(segment.findings(found[1]).tolist()), genes)

    # --- what one may see ----------------------------------------------------------------------------------------

    def only(self, case_ids: Collection[str]) -> CaseMask:
        """A mask that shows `case_ids` alone; ids that are not here do not matter."""
        return self._mask(case_ids, shown=1)

    def all_but(self, case_ids: Collection[str]) -> CaseMask:
        """A mask that hides `case_ids` (the query's own case, cases of its publication)."""
        return self._mask(case_ids, shown=0)

    def _mask(self, case_ids: Collection[str], shown: int) -> CaseMask:
        parts = [np.full(part.segment.rows, 1 - shown, dtype=np.uint8) for part in self.parts]
        for bitmap, part in zip(parts, self.parts, strict=True):
            bitmap[part.segment.rows_of(case_ids)] = shown
            bitmap[part.dead] = 0
        return CaseMask(self.generation, tuple(parts))

    # --- searching -----------------------------------------------------------------------------------------------

    def search(
        self, profile: Profile, k: int = 10, mask: CaseMask | None = None, *, use_genes: bool = True
    ) -> list[Match]:
        """The k most similar cases, fewer where fewer have anything in common with the query.

        The same input gives the same output, whatever order cases were added in.

        Errors: ValueError where k < 1 or the mask belongs to another generation.
        """
        if k < 1:
            raise ValueError(f"k must be 1 or more, not {k}")
        if mask is not None and (mask.generation != self.generation or len(mask.parts) != len(self.parts)):
            raise ValueError("the mask was made for another generation of the index; make it anew")
        query = Query.of(self.model, profile, use_genes=use_genes)
        scores: list[npt.NDArray[np.float64]] = []
        places: list[tuple[int, npt.NDArray[np.int64]]] = []
        threshold = NOTHING_SHARED
        for place, part in enumerate(self.parts):
            if mask is not None:
                allowed: npt.NDArray[np.uint8] | None = mask.parts[place]
            else:
                allowed = part.alive().view(np.uint8) if len(part.dead) else None
            wanted = k if k < part.segment.rows else 0  # all of it: nothing to keep the best of
            rows, found, _ = query.scan(part.segment, wanted, threshold, allowed)
            scores.append(found)
            places.append((place, rows))
            merged = np.concatenate(scores)
            if len(merged) >= k:
                threshold = max(threshold, float(np.partition(merged, len(merged) - k)[len(merged) - k]))
        found_cases = [
            (-score, self.parts[place].segment.ids.encoded(row))
            for (place, rows), part_scores in zip(places, scores, strict=True)
            for row, score in zip(rows.tolist(), part_scores.tolist(), strict=True)
            if score >= threshold
        ]
        best = sorted(found_cases)[:k]
        return [Match(rank, name.decode("utf-8"), min(-score, 1.0)) for rank, (score, name) in enumerate(best, 1)]

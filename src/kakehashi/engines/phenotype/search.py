"""Finding a term or a disease by what a person types: label, synonym or id, English or Japanese.

Order of the answers: exact label, exact synonym, wordings that begin with the query, wordings that hold all of it in
any order, wordings that hold a part of it or a word one slip of the finger away. Within one rank terms that more
diseases have come first, then shorter wordings; the same query always gives the same order.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ontology import Status, parse_id
from kakehashi.engines.phenotype.searchindex import LABEL, Query, SearchIndex, read_query

RANKS = ("id", "label", "synonym", "prefix", "words", "part")
_ID, _LABEL, _SYNONYM, _PREFIX, _WORDS, _PART = range(6)
_ALL = 0.90  # coverage from which an entry counts as holding all words (prefixes count .95)
_LEAST = 0.45  # coverage below which an entry is no answer …
_LEAST_INSIDE = 0.2  # … unless all of the entry stands in the query (側弯 in 脊柱側弯症)
_LOOKED_AT = 400

_DIGITS = re.compile(r"(?:hp[:_ ]?)?(\d{3,7})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TermHit:
    """A found term. `label` is in the language asked for, `matched` the wording that was found, `rank` one of RANKS.

    `status` tells when the id that was typed is an alternative or obsolete one.
    """

    index: int
    id: str
    label: str
    label_en: str
    matched: str
    rank: str
    status: Status = "current"


@dataclass(frozen=True, slots=True)
class DiseaseHit:
    """A found disease, as TermHit; `rank` "gene" when it was found by the symbol of its gene."""

    index: int
    id: str
    label: str
    matched: str
    rank: str


class Search:
    """Term and disease search over one release. Threads may share it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._ontology = knowledge.ontology
        self._diseases = knowledge.diseases
        self._folder = knowledge.folder
        self.has_japanese = self._ontology.japanese_label_count > 0

    @cached_property
    def _terms(self) -> SearchIndex:
        return SearchIndex(self._folder, "term_search")

    @cached_property
    def _disease_names(self) -> SearchIndex:
        return SearchIndex(self._folder, "disease_search")

    @cached_property
    def _term_weight(self) -> npt.NDArray[np.float64]:
        counts = np.bincount(self._diseases.row_term, minlength=self._ontology.n)
        return np.log1p(counts)

    @cached_property
    def _no_weight(self) -> npt.NDArray[np.float64]:
        return np.zeros(self._diseases.n)

    def terms(
        self,
        text: str,
        *,
        limit: int = 20,
        language: str = "en",
        within: npt.NDArray[np.int32] | None = None,
    ) -> list[TermHit]:
        """The best terms for `text`; `within` restricts them to a set of term indices (default: phenotypes)."""
        allowed = np.zeros(self._ontology.n, dtype=np.bool_)
        if within is None:
            allowed = self._ontology.phenotype_mask
        else:
            allowed[within] = True
        if limit <= 0:
            return []
        hits = self._by_id(text, allowed, limit, language)
        if hits:
            return hits
        found = self._best(self._terms, text, allowed, self._term_weight, limit)
        return [self._term_hit(owner, matched, rank, language) for owner, matched, rank in found]

    def diseases(
        self, text: str, *, limit: int = 20, language: str = "en", sources: Collection[str] | None = None
    ) -> list[DiseaseHit]:
        """The best diseases for a name, an id ("OMIM:154700", "154700") or a gene symbol, of `sources` (None: all)."""
        known = self._diseases
        allowed = known.source_mask(known.sources if sources is None else sources)
        hits: dict[int, DiseaseHit] = {}
        stripped = text.strip()
        for written in [stripped, *(f"{source}:{stripped}" for source in known.sources)]:
            place = known.index(written)
            if place is not None and allowed[place]:
                hits[place] = DiseaseHit(place, known.ids[place], known.label(place, language), known.ids[place], "id")
        for owner, matched, rank in self._best(self._disease_names, text, allowed, self._no_weight, limit):
            hits.setdefault(owner, DiseaseHit(owner, known.ids[owner], known.label(owner, language), matched, rank))
        gene = known.gene_index(stripped)
        if gene is not None:
            by_gene = {
                place: DiseaseHit(
                    place, known.ids[place], known.label(place, language), known.gene_symbols[gene], "gene"
                )
                for place in known.diseases_of_gene(gene).tolist()
                if allowed[place]
            }
            hits = by_gene | {place: hit for place, hit in hits.items() if place not in by_gene}
        return list(hits.values())[: max(limit, 0)]

    def _by_id(self, text: str, allowed: npt.NDArray[np.bool_], limit: int, language: str) -> list[TermHit]:
        stripped = text.strip()
        found = _DIGITS.fullmatch(stripped)
        if found and len(found.group(1)) == 7:
            stripped = f"HP:{found.group(1)}"
        if parse_id(stripped) is not None:
            resolution = self._ontology.resolve(stripped)
            if resolution.index is None or not allowed[resolution.index]:
                return []
            return [self._term_hit(resolution.index, resolution.asked_id, "id", language, resolution.status)]
        if not found:
            return []
        digits = found.group(1)
        low, high = int(digits.ljust(7, "0")), int(digits.ljust(7, "9"))
        numbers = self._ontology.numbers
        inside = np.flatnonzero((numbers >= low) & (numbers <= high) & allowed)
        inside = inside[np.argsort(numbers[inside])][:limit]
        return [self._term_hit(int(i), self._ontology.id(int(i)), "id", language) for i in inside]

    def _term_hit(self, index: int, matched: str, rank: str, language: str, status: Status = "current") -> TermHit:
        names = self._ontology
        return TermHit(index, names.id(index), names.label(index, language), names.label(index), matched, rank, status)

    def _best(
        self,
        index: SearchIndex,
        text: str,
        allowed: npt.NDArray[np.bool_],
        weight: npt.NDArray[np.float64],
        limit: int,
    ) -> list[tuple[int, str, str]]:
        """(owner, wording, rank) of the best owners, one wording each."""
        query = read_query(text)
        if not query.tokens or limit <= 0:
            return []
        coverage = index.coverage(query)
        coverage[~allowed[index.owner]] = 0
        candidates = np.flatnonzero(coverage >= _LEAST_INSIDE)
        if not len(candidates):
            return []
        closeness = coverage[candidates] - index.length[candidates] / (20.0 * (len(query.joined) + 40.0))
        closeness = closeness + 0.01 * weight[index.owner[candidates]]
        if len(candidates) > _LOOKED_AT:
            candidates = candidates[np.argpartition(-closeness, _LOOKED_AT)[:_LOOKED_AT]]
        ranked = sorted(
            self._key(index, query, coverage, weight, entry)
            for entry in candidates.tolist()
            if coverage[entry] >= _LEAST or index.joined[entry] in query.joined
        )
        best: dict[int, tuple[int, str, str]] = {}
        for rank, _, _, owner, entry in ranked:
            if owner not in best:
                best[owner] = (owner, index.texts[entry], RANKS[rank])
                if len(best) == limit:
                    break
        return list(best.values())

    @staticmethod
    def _key(
        index: SearchIndex,
        query: Query,
        coverage: npt.NDArray[np.float32],
        weight: npt.NDArray[np.float64],
        entry: int,
    ) -> tuple[int, float, int, int, int]:
        joined = index.joined[entry]
        kind, owner = int(index.kind[entry]), int(index.owner[entry])
        if joined == query.joined:
            rank = _LABEL if kind == LABEL else _SYNONYM
        elif joined.startswith(query.joined):
            rank = _PREFIX
        else:
            rank = _WORDS if coverage[entry] >= _ALL else _PART
        surplus = len(joined) - len(query.joined) if rank < _PART else 40 * (1 - float(coverage[entry]))
        order = round(surplus / 4 + 2 * kind - float(weight[owner]), 4)
        return rank, order, kind, owner, entry

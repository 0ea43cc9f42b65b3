"""Which known diseases a set of findings points to, as a short vector: the bridge between two cases.

Two patients of one disease need not share findings; they do share the diseases that would explain them. The scores
are those of the disease ranking for observed findings alone (`ranking/model.py` has the formula): no excluded finding,
age, sex or gene enters, so nothing here tells which terms somebody assessed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.weights import Weights
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import Patch, leave_out, patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood
from kakehashi.engines.phenotype.ranking.model import open_model
from kakehashi.engines.phenotype.ranking.parameters import fitted

Int32 = npt.NDArray[np.int32]
Float64 = npt.NDArray[np.float64]

SOURCE = "OMIM"
LEVELS = 255  # a case's weights are kept in one byte each
CASES_AT_ONCE = 1 << 16
PUBLICATIONS_KEPT = 64
PATCHED_ROWS_KEPT = 512


@dataclass(frozen=True)
class Pulls:
    """For each of n cases the diseases it points to most: rows (ascending) and weights of norm 1; int32/float64[n, k].

    A case without findings, or of fewer diseases than k, has weights of 0.
    """

    rows: Int32
    weights: Float64


class DiseasePull:
    """Works out pulls for one release; safe to share by threads."""

    def __init__(self, knowledge: Knowledge, weights: Weights) -> None:
        self._knowledge = knowledge
        self._weights = weights
        self._parameters = fitted()
        source = SOURCE if SOURCE in knowledge.diseases.sources else knowledge.diseases.sources[0]
        self.model = open_model(knowledge, source, self._parameters.profile)
        self._likelihood = Likelihood.of(self.model, knowledge.ontology, self._parameters.score)
        self._columns = {int(disease): column for column, disease in enumerate(self.model.diseases.tolist())}
        self._patches: OrderedDict[tuple[str, ...], Patch | None] = OrderedDict()
        self._patched_rows: OrderedDict[tuple[tuple[str, ...], int], npt.NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def strongest(self, cases: Sequence[Int32], most: int, without: tuple[str, ...] = ()) -> Pulls:
        """The pulls of cases given as findings (ascending), `most` diseases each.

        `without`: leave out every annotation row that cites one of these publications.
        """
        from kakehashi.engines.phenotype.caseindex import kernels

        most = min(most, self.model.n)
        changed = self._patch(without)
        cost = self._cost(changed)
        chosen = np.zeros((len(cases), most), dtype=np.int32)
        totals = np.full((len(cases), most), -np.inf, dtype=np.float32)
        for start in range(0, len(cases), CASES_AT_ONCE):
            part = cases[start : start + CASES_AT_ONCE]
            flat = np.concatenate([np.zeros(0, np.int32), *part])
            terms, places = np.unique(flat, return_inverse=True)
            ratios = np.empty((len(terms), self.model.n), dtype=np.float32)
            for i, term in enumerate(terms.tolist()):
                ratios[i] = self._row(term, without)
            indptr = np.concatenate([[0], np.cumsum([len(findings) for findings in part])]).astype(np.int64)
            stop = start + len(part)
            kernels.strongest(ratios, indptr, places.astype(np.int64), cost, chosen[start:stop], totals[start:stop])
        order = np.argsort(chosen, axis=1, kind="stable")
        chosen, totals = np.take_along_axis(chosen, order, 1), np.take_along_axis(totals, order, 1)
        return Pulls(chosen, self._normed(totals.astype(np.float64), np.array([len(findings) for findings in cases])))

    def gene_credence(self, findings: Int32, genes: Sequence[str], without: tuple[str, ...] = ()) -> Float64:
        """How much of a case's explanation each of its candidate genes may be, by its findings; float64[k], sum 1.

        A softmax over the best disease of each gene, a gene of no known disease standing at the mean of all diseases,
        mixed with equal shares: the gene may act in a way that nobody has described yet.
        """
        if not genes:
            return np.zeros(0)
        diseases, weights = self._knowledge.diseases, self._weights
        columns = [self._gene_columns(diseases.gene_index(gene)) for gene in genes]
        cost = self._cost(self._patch(without))
        totals = np.zeros(len(cost))
        for term in findings.tolist():
            totals += self._row(term, without)
        totals -= len(findings) * cost
        best = np.array([totals[listed].max() if listed else totals.mean() for listed in columns])
        share = np.exp((best - best.max()) * (self._parameters.score.finding / weights.gene_temperature))
        equal = weights.gene_unknown
        return np.asarray((1 - equal) * share / share.sum() + equal / len(genes), dtype=np.float64)

    def _gene_columns(self, gene: int | None) -> list[int]:
        if gene is None:
            return []
        known = self._knowledge.diseases.diseases_of_gene(gene).tolist()
        return [column for disease in known if (column := self._columns.get(disease)) is not None]

    def _row(self, term: int, without: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """The evidence of one finding for every disease; do not write into it."""
        changed = self._patch(without)
        if changed is None:
            return self._likelihood.row(term)
        with self._lock:
            if (kept := self._patched_rows.get((without, term))) is not None:
                return kept
        row = self._likelihood.row(term, changed)
        with self._lock:
            self._patched_rows[without, term] = row
            while len(self._patched_rows) > PATCHED_ROWS_KEPT:
                self._patched_rows.popitem(last=False)
        return row

    def _normed(self, totals: Float64, findings: npt.NDArray[np.int64]) -> Float64:
        best = totals.max(axis=1, keepdims=True, initial=-np.inf)
        finding = self._parameters.score.finding
        spread = np.where(np.isfinite(best), totals - np.where(np.isfinite(best), best, 0), -np.inf)
        warmth = self._weights.temperature * np.sqrt(np.maximum(findings, 1) / self._weights.temperature_findings)
        weights = np.exp(spread * (finding / warmth)[:, None])
        norm = np.sqrt(np.sum(weights * weights, axis=1, keepdims=True))
        return np.asarray(weights / np.maximum(norm, 1e-9), dtype=np.float64)

    def _cost(self, changed: Patch | None) -> npt.NDArray[np.float32]:
        """What each finding costs a disease for the size of its profile, in the unit of the ratios (as the ranking)."""
        model, score = self.model, self._parameters.score
        traits, kin_size = (model.traits, model.kin_size) if changed is None else (changed.traits, changed.kin_size)
        reference = model.reference_size if changed is None else changed.left_out.reference_size
        share = self._likelihood.share(traits.findings)
        size: Any = (1 - share) * traits.size + share * kin_size
        cost = score.size * np.log((size + score.size_floor) / (reference + score.size_floor)) / score.finding
        return np.asarray(cost, dtype=np.float32)

    def _patch(self, publications: tuple[str, ...]) -> Patch | None:
        if not publications:
            return None
        with self._lock:
            if publications in self._patches:
                self._patches.move_to_end(publications)
                return self._patches[publications]
        rows = self._knowledge.diseases.rows_citing(*publications).astype(np.int64)
        changed = None
        if len(rows):
            changed = patch(self.model, leave_out(self._knowledge, self.model, rows, self._parameters.profile))
        with self._lock:
            self._patches[publications] = changed
            while len(self._patches) > PUBLICATIONS_KEPT:
                self._patches.popitem(last=False)
        return changed

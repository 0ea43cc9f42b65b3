"""A query made ready: its tables for scanning, and the search of one set of segments.

score = ( query_share  · h · Σ over query findings a of max over case findings b of v(a, b) / Σ v(a, a)
        + disease_bridge · cosine of the diseases both point to ) / their weights
v(a, b) = information of the most informative common ancestor (Resnik 1995); v(a, a) = exact_match · information of a.
h = (findings of the query / findings of the case) ** crowding, at most 1: among many findings something alike is met by
chance.

Where the query has candidate genes the score is (that + shared_gene · g) / (1 + shared_gene), with
g = log(1 + G · Σ over shared genes of credence there · credence here) / log(1 + G): the surprise of both patients
having the same causal gene out of G. The credences of a patient's candidates add up to 1, so a gene shared by two long
lists may well be chance, unless the findings of both speak for it (`diseasepull.py`).
So a score lies in 0…1: 1 is a case with the same findings, the same diseases and the same single gene.
It is a share, not a probability, and it is not symmetric: what matters is that the *query* finds itself in the case.
(Findings of the case found again in the query add nothing to these: fitted, their weight is 0.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.diseasepull import LEVELS
from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.segment import GROUPS, Segment

WORD_BITS = 64


@dataclass(frozen=True)
class Query:
    """A profile's tables. `values` float32[Q, n]: v(a, t); `pull_rows`, `pull_weights`: the diseases it points to;
    `share_factors` float64[GROUPS]: what a unit of v adds to the score of a case of g findings; factors: see above."""

    model: CaseModel
    findings: npt.NDArray[np.int32]
    genes: dict[str, float]
    values: npt.NDArray[np.float32]
    words: npt.NDArray[np.uint64]
    unit: float
    rest: float
    pull_rows: npt.NDArray[np.int32]
    pull_weights: npt.NDArray[np.float64]
    share_factors: npt.NDArray[np.float64]
    bridge_factor: float
    gene_factor: float

    @classmethod
    def of(cls, model: CaseModel, profile: Profile, *, use_genes: bool = True) -> Query:
        """Make `profile` ready (about a millisecond)."""
        from kakehashi.engines.phenotype.caseindex import kernels

        weights = model.weights
        findings = model.tidy(profile.observed)
        genes = model.query_genes(profile) if use_genes else {}
        ontology = model.ontology
        values = np.zeros((len(findings), ontology.n), dtype=np.float32)
        kernels.value_rows(
            findings,
            ontology.ancestor_indptr,
            ontology.ancestor_indices,
            ontology.descendant_indptr,
            ontology.descendant_indices,
            model.information,
            model.own_value,
            values,
        )
        own = model.own_value[findings].astype(np.float64)
        bits, unit, rest = _share_bits(own)
        words = np.zeros(ontology.n, dtype=np.uint64)
        kernels.thermometer(values, bits, np.float32(unit), words)
        pull_rows, pull_weights = model.query_pull(profile)
        whole = weights.query_share + weights.disease_bridge
        if genes:
            whole *= 1 + weights.shared_gene
        crowded = np.maximum(np.arange(GROUPS) / max(len(findings), 1), 1.0)
        return cls(
            model=model,
            findings=findings,
            genes=genes,
            values=values,
            words=words,
            unit=unit,
            rest=rest,
            pull_rows=pull_rows,
            pull_weights=pull_weights,
            share_factors=weights.query_share / whole / max(own.sum(), 1e-9) * crowded**-weights.crowding,
            bridge_factor=weights.disease_bridge / whole,
            gene_factor=weights.shared_gene / (1 + weights.shared_gene) if genes else 0.0,
        )

    def gene_value(self, met: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """g of the formula for cases whose shared genes' credences, multiplied and summed, are `met`."""
        pool = self.model.weights.genome_of_candidates
        return np.asarray(np.minimum(1.0, np.log1p(pool * met) / np.log1p(pool)), dtype=np.float64)

    def extras(self, segment: Segment) -> npt.NDArray[np.float32]:
        """float32[rows]: what diseases and genes add to each case's score, exactly."""
        from kakehashi.engines.phenotype.caseindex import kernels

        extra = np.zeros(segment.rows, dtype=np.float32)
        arrays = segment.arrays
        for first_row, indptr in segment.blocks():
            kernels.add_bridge(
                self.pull_rows,
                self.pull_weights,
                indptr,
                arrays["bridge_cases"],
                arrays["bridge_levels"],
                self.bridge_factor / LEVELS,
                extra[first_row:],
            )
        rows, met = self.shared_genes(segment)
        extra[rows] += (self.gene_factor * self.gene_value(met)).astype(np.float32)
        return extra

    def shared_genes(self, segment: Segment) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """(rows, Σ over shared genes of credence here · credence there) of the cases that share a gene."""
        indptr, arrays = segment.arrays["gene_indptr"], segment.arrays
        cases = [np.zeros(0, dtype=np.uint32)]
        met = [np.zeros(0)]
        for gene, credence in self.genes.items():
            if (number := segment.find_gene(gene)) is not None:
                span = slice(int(indptr[number]), int(indptr[number + 1]))
                cases.append(arrays["gene_cases"][span])
                met.append(arrays["gene_levels"][span] * (credence / LEVELS))
        rows, place = np.unique(np.concatenate(cases), return_inverse=True)
        sums = np.bincount(place, weights=np.concatenate(met), minlength=len(rows))
        return rows.astype(np.int64), sums.astype(np.float64)

    def scan(
        self, segment: Segment, k: int, threshold: float, allowed: npt.NDArray[np.uint8] | None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], int]:
        """(rows, scores, number scored in full): all cases that may be among the best k, ties too; k = 0: all."""
        from kakehashi.engines.phenotype.caseindex import kernels

        sizes = np.flatnonzero(np.diff(segment.group_start)).astype(np.int64)
        order = sizes[np.argsort(np.abs(sizes - len(self.findings)), kind="stable")]
        found: Any = kernels.scan(
            order,
            segment.group_start,
            segment.group_flat,
            segment.terms,
            self.extras(segment),
            np.zeros(0, dtype=np.uint8) if allowed is None else allowed,
            self.values,
            self.words,
            self.share_factors,
            self.unit,
            self.rest,
            k,
            threshold,
        )
        return found[0], found[1], int(found[2])


def _share_bits(own: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], float, float]:
    """Share the bits of a word among findings by what they give at most: (bits each, value of a bit, value left out).

    The finest unit such that every finding's ceil(own / unit) bits fit together; of more findings than bits the least
    telling get none and count in full.
    """
    bits = np.zeros(len(own), dtype=np.int64)
    if not len(own):
        return bits, 1.0, 0.0
    served = np.argsort(-own, kind="stable")[: WORD_BITS * 3 // 4]
    low, high = own[served].sum() / WORD_BITS, own[served].sum()
    for _ in range(40):
        middle = (low + high) / 2
        if np.ceil(own[served] / middle + 1e-6).sum() <= WORD_BITS:
            high = middle
        else:
            low = middle
    bits[served] = np.ceil(own[served] / high + 1e-6).astype(np.int64)
    return bits, float(high), float(own.sum() - own[served].sum())

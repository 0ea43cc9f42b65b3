"""Which known diseases a set of findings points to, as a short vector: the bridge between two cases.

Two patients of one disease need not share findings; they do share the diseases that explain them. A disease's profile
holds the frequency F of each annotated finding (pooled counts, shrunk to `(n + 1) / (m + 2)`, one half where none is
given), carried to all ancestors by maximum; `bg` is the mean profile. A finding speaks for a disease with
`log(noise + (1 - noise) · max over its ancestors a of F(a) / bg(a))`; findings add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import COUNT, PHENOTYPE, Diseases
from kakehashi.engines.phenotype.ontology import Ontology

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]

UNGIVEN_FREQUENCY = 0.5
SOURCE = "OMIM"


@dataclass(frozen=True)
class FindingEvidence:
    """For each term (CSR over n terms): the diseases whose profile has it and the evidence it gives for them.

    `diseases` int32 rows into `disease_ids` (indices of `Diseases`), `evidence` float32; `floor` where a disease has
    neither the term nor an ancestor of it.
    """

    indptr: npt.NDArray[np.int64]
    diseases: Int32
    evidence: Float32
    background: npt.NDArray[np.float64]
    disease_index: Int32
    floor: float
    noise: float

    @property
    def n_diseases(self) -> int:
        return len(self.disease_index)


def annotation_counts(ontology: Ontology, diseases: Diseases) -> tuple[Int32, int]:
    """(number of diseases annotated with each term or one below it, number of diseases)."""
    use = _present(diseases)
    keys, _ = _carried_up(ontology, diseases.row_disease[use], diseases.row_term[use], None)
    chosen = diseases.source_mask({SOURCE})
    counts = np.bincount(keys % ontology.n, minlength=ontology.n).astype(np.int32)
    return counts, int(chosen.sum())


def compile_evidence(ontology: Ontology, diseases: Diseases, noise: float) -> FindingEvidence:
    """The evidence of every term for every OMIM disease."""
    chosen = np.flatnonzero(diseases.source_mask({SOURCE})).astype(np.int32)
    place = np.full(diseases.n, -1, dtype=np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    keys, frequency = _profiles(ontology, diseases, np.flatnonzero(_asserted(diseases)))
    term = keys % ontology.n
    disease = place[keys // ontology.n]
    background = np.bincount(term, weights=frequency, minlength=ontology.n) / max(len(chosen), 1)
    order = np.lexsort((disease, term))
    indptr = np.zeros(ontology.n + 1, dtype=np.int64)
    np.cumsum(np.bincount(term, minlength=ontology.n), out=indptr[1:])
    return FindingEvidence(
        indptr=indptr,
        diseases=disease[order],
        evidence=_evidence(frequency[order], background[term[order]], noise).astype(np.float32),
        background=background,
        disease_index=chosen,
        floor=float(np.log(noise)),
        noise=noise,
    )


def profiles_without(
    ontology: Ontology, diseases: Diseases, evidence: FindingEvidence, publication: str
) -> dict[int, dict[int, float]]:
    """For each disease that `publication` annotated (row of `evidence`): term → evidence from the other rows alone."""
    citing = diseases.rows_citing(publication)
    asserted = _asserted(diseases)
    left: dict[int, dict[int, float]] = {}
    for disease in np.unique(diseases.row_disease[citing[asserted[citing]]]).tolist():
        rows = np.arange(*diseases.rows(disease).indices(len(diseases.row_disease)))
        rows = np.setdiff1d(rows[asserted[rows]], citing)
        place = int(np.searchsorted(evidence.disease_index, disease))
        if not len(rows):
            left[place] = {}
            continue
        keys, frequency = _profiles(ontology, diseases, rows)
        term = keys % ontology.n
        values = _evidence(frequency, evidence.background[term], evidence.noise).astype(np.float32)
        left[place] = dict(zip(term.tolist(), values.tolist(), strict=True))
    return left


def _evidence(frequency: npt.NDArray[Any], background: npt.NDArray[Any], noise: float) -> npt.NDArray[np.float64]:
    return np.asarray(np.log(noise + (1 - noise) * frequency / np.maximum(background, 1e-5)), dtype=np.float64)


def _asserted(diseases: Diseases) -> npt.NDArray[np.bool_]:
    """Rows that say something of a finding of a disease, NOT rows included."""
    return np.asarray((diseases.row_aspect == PHENOTYPE) & diseases.source_mask({SOURCE})[diseases.row_disease])


def _present(diseases: Diseases) -> npt.NDArray[np.bool_]:
    return np.asarray(_asserted(diseases) & ~diseases.row_negated & ~(diseases.row_frequency == 0))


def _profiles(ontology: Ontology, diseases: Diseases, rows: npt.NDArray[np.intp]) -> tuple[Any, Any]:
    """(disease · n + term, frequency) of the profiles that `rows` make, carried up to ancestors, keys ascending."""
    key, group = np.unique(
        diseases.row_disease[rows].astype(np.int64) * ontology.n + diseases.row_term[rows], return_inverse=True
    )

    def total(weights: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return np.bincount(group, weights=weights, minlength=len(key)).astype(np.float64)

    negated = diseases.row_negated[rows]
    counted = (diseases.row_frequency_kind[rows] == COUNT) & ~negated
    given = ~np.isnan(diseases.row_frequency[rows]) & ~counted & ~negated
    seen = total(np.where(counted, diseases.row_numerator[rows], 0))
    asked = total(np.where(counted, diseases.row_denominator[rows], 0) + negated)
    said = total(given)
    frequency = np.where(seen > 0, (seen + 1) / (asked + 2), 0.0)
    said_frequency = np.where(
        said > 0, total(np.where(given, diseases.row_frequency[rows], 0)) / np.maximum(said, 1), 0
    )
    frequency = np.maximum(frequency, said_frequency)
    only_named = (asked == 0) & (said == 0)
    frequency = np.where(only_named, UNGIVEN_FREQUENCY, np.minimum(frequency, 1.0))
    kept = frequency > 0
    return _carried_up(ontology, (key // ontology.n)[kept], (key % ontology.n)[kept], frequency[kept])


def _carried_up(ontology: Ontology, disease: Any, term: Any, frequency: Any) -> tuple[Any, Any]:
    """The same for every ancestor within the phenotypic abnormalities, by maximum."""
    first = ontology.ancestor_indptr[term].astype(np.int64)
    count = ontology.ancestor_indptr[term + 1] - first
    start = np.repeat(np.cumsum(count) - count, count)
    ancestor = ontology.ancestor_indices[np.arange(int(count.sum())) - start + np.repeat(first, count)]
    inside = ontology.phenotype_mask[ancestor]
    key = (np.repeat(disease.astype(np.int64), count) * ontology.n + ancestor)[inside]
    if frequency is None:
        return np.unique(key), None
    order = np.argsort(key, kind="stable")
    key = key[order]
    if not len(key):
        return key, np.zeros(0)
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return key[starts], np.maximum.reduceat(np.repeat(frequency, count)[inside][order], starts)

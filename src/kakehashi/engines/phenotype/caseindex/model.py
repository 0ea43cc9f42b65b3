"""What scoring needs of an ontology release: how telling each term is, lines of descent, evidence for diseases."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.diseasebridge import (
    FindingEvidence,
    annotation_counts,
    compile_evidence,
    profiles_without,
)
from kakehashi.engines.phenotype.caseindex.profile import FINDINGS_AT_MOST, Profile
from kakehashi.engines.phenotype.caseindex.weights import WEIGHTS, Weights
from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ontology import Ontology

Float32 = npt.NDArray[np.float32]

BRIDGE_LEVELS = 255  # a case's disease weights are kept in one byte each

_models: dict[tuple[str, Weights], CaseModel] = {}
_loading = threading.Lock()


@dataclass(frozen=True)
class DiseasePull:
    """A short vector over the bridge's diseases (rows, ascending) with weights of norm 1."""

    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float64]


class CaseModel:
    """One release, ready for scoring; read-only, shared by threads. Made once a process by `CaseModel.of`.

    `information` float32[n]: −log of the share of OMIM diseases annotated with a term (0 outside the phenotypic
    abnormalities), Resnik 1995. `own_value` float32[n]: what a finding gives when it meets itself.
    """

    def __init__(self, ontology: Ontology, diseases: Diseases, weights: Weights = WEIGHTS) -> None:
        self.ontology = ontology
        self.diseases = diseases
        self.weights = weights
        counts, total = annotation_counts(ontology, diseases)
        information = -np.log(np.maximum(counts, 1) / max(total, 1))
        information[~ontology.phenotype_mask | (counts >= total)] = 0
        self.information: Float32 = np.maximum(information, 0).astype(np.float32)
        self.own_value: Float32 = (self.information * np.float32(weights.exact_match)).astype(np.float32)

    @staticmethod
    def of(knowledge: Knowledge) -> CaseModel:
        """The model of a release, kept for the process (about a second the first time)."""
        key = (knowledge.fingerprint, WEIGHTS)
        with _loading:
            if key not in _models:
                _models[key] = CaseModel(knowledge.ontology, knowledge.diseases)
            return _models[key]

    @cached_property
    def evidence(self) -> FindingEvidence:
        """What each finding says for each disease."""
        return compile_evidence(self.ontology, self.diseases, self.weights.noise)

    @cached_property
    def signature(self) -> str:
        """Names everything a stored case depends on; an index of another signature must be rebuilt."""
        check = 0
        for array in (self.ontology.numbers, self.information, self.evidence.diseases, self.evidence.evidence):
            check = zlib.crc32(np.ascontiguousarray(array).data, check)
        return f"{self.ontology.release}-{zlib.crc32(self.weights.key().encode(), check):08x}"

    # --- profiles ------------------------------------------------------------------------------------------------

    def tidy(self, observed: Iterable[int]) -> npt.NDArray[np.int32]:
        """Distinct informative findings, ascending; the most specific `FINDINGS_AT_MOST` where there are more."""
        terms = np.unique(np.fromiter(observed, dtype=np.int32))
        terms = terms[self.information[terms] > 0]
        if len(terms) > FINDINGS_AT_MOST:
            order = np.lexsort((terms, -self.information[terms]))
            terms = np.sort(terms[order[:FINDINGS_AT_MOST]])
        return terms

    # --- diseases ------------------------------------------------------------------------------------------------

    def query_pull(self, profile: Profile) -> DiseasePull:
        """The diseases a query's findings point to, at most `diseases_asked`."""
        return self._pull(profile, self.weights.diseases_asked)

    def case_pull(self, profile: Profile) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """The diseases a case's findings point to as stored: rows ascending, weights in `BRIDGE_LEVELS` steps."""
        pull = self._pull(profile, self.weights.diseases_kept)
        levels = np.rint(pull.weights * BRIDGE_LEVELS).astype(np.uint8)
        kept = levels > 0
        return pull.rows[kept], levels[kept]

    def _pull(self, profile: Profile, most: int) -> DiseasePull:
        findings = self.tidy(profile.observed)
        if not len(findings) or not self.evidence.n_diseases:
            return DiseasePull(np.zeros(0, dtype=np.int32), np.zeros(0))
        totals = self._totals(findings)
        if profile.without_publication:
            self._leave_out(totals, findings, profile.without_publication)
        most = min(most, len(totals))
        cut = np.partition(totals, len(totals) - most)[len(totals) - most]
        rows = np.flatnonzero(totals > cut)
        rows = np.sort(np.concatenate([rows, np.flatnonzero(totals == cut)[: most - len(rows)]]))
        chosen = totals[rows]
        weights = np.exp((chosen - chosen.max()) / self.weights.temperature)
        return DiseasePull(rows.astype(np.int32), weights / np.sqrt(np.sum(weights * weights)))

    def _totals(self, findings: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        from kakehashi.engines.phenotype.caseindex import kernels

        evidence = self.evidence
        totals = np.zeros(evidence.n_diseases)
        kernels.add_evidence(
            findings,
            self.ontology.ancestor_indptr,
            self.ontology.ancestor_indices,
            evidence.indptr,
            evidence.diseases,
            evidence.evidence,
            np.float32(evidence.floor),
            np.zeros(evidence.n_diseases, dtype=np.float32),
            totals,
        )
        return totals

    def _leave_out(self, totals: npt.NDArray[np.float64], findings: npt.NDArray[np.int32], publication: str) -> None:
        for row, left in profiles_without(self.ontology, self.diseases, self.evidence, publication).items():
            if not left:
                totals[row] = -np.inf
                continue
            floor = float(np.float32(self.evidence.floor))
            totals[row] = sum(
                max([floor, *(left[a] for a in self.ontology.ancestors(int(finding)).tolist() if a in left)])
                for finding in findings
            )

"""What scoring needs of an ontology release: how telling each term is, lines of descent, pulls to diseases."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.diseasepull import LEVELS, DiseasePull
from kakehashi.engines.phenotype.caseindex.information import term_information
from kakehashi.engines.phenotype.caseindex.profile import FINDINGS_AT_MOST, Profile, tidy_genes
from kakehashi.engines.phenotype.caseindex.weights import WEIGHTS, Weights
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.parameters import fitted

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]

_models: dict[str, CaseModel] = {}
_loading = threading.Lock()


class CaseModel:
    """One release, ready for scoring; read-only, shared by threads. Made once a process by `CaseModel.of`.

    `information` float32[n]: see `information.py`. `own_value` float32[n]: what a finding gives when it meets itself.
    """

    def __init__(self, knowledge: Knowledge, weights: Weights = WEIGHTS) -> None:
        self.knowledge = knowledge
        self.ontology = knowledge.ontology
        self.weights = weights
        self.information: Float32 = term_information(knowledge.ontology, knowledge.diseases)
        self.own_value: Float32 = (self.information * np.float32(weights.exact_match)).astype(np.float32)

    @staticmethod
    def of(knowledge: Knowledge) -> CaseModel:
        """The model of a release, kept for the process."""
        with _loading:
            if knowledge.fingerprint not in _models:
                _models[knowledge.fingerprint] = CaseModel(knowledge)
            return _models[knowledge.fingerprint]

    @cached_property
    def pull(self) -> DiseasePull:
        """The bridge by diseases."""
        return DiseasePull(self.knowledge, self.weights)

    @property
    def disease_index(self) -> Int32:
        """The bridge's disease rows as indices of `Diseases`."""
        return self.pull.model.diseases

    @cached_property
    def signature(self) -> str:
        """Names everything a stored case depends on; an index of another signature must be rebuilt."""
        check = zlib.crc32(repr((self.weights.key(), fitted())).encode())
        own = self.pull.model.own
        for array in (self.ontology.numbers, self.information, self.disease_index, own.column, own.frequency):
            check = zlib.crc32(np.ascontiguousarray(array).data, check)
        return f"{self.ontology.release}-{check:08x}"

    # --- profiles ------------------------------------------------------------------------------------------------

    def tidy(self, observed: Iterable[int]) -> Int32:
        """Distinct informative findings, ascending; the most specific `FINDINGS_AT_MOST` where there are more."""
        terms = np.unique(np.fromiter(observed, dtype=np.int32))
        terms = terms[self.information[terms] > 0]
        if len(terms) > FINDINGS_AT_MOST:
            order = np.lexsort((terms, -self.information[terms]))
            terms = np.sort(terms[order[:FINDINGS_AT_MOST]])
        return terms

    # --- diseases ------------------------------------------------------------------------------------------------

    def query_pull(self, profile: Profile) -> tuple[Int32, npt.NDArray[np.float64]]:
        """The diseases a query's findings point to: rows, ascending, and weights.

        Weights are such that the same findings stored as a case give 1 (up to the steps of the stored weights): the
        norm of the `diseases_kept` strongest is 1, which no other case of norm 1 can beat.
        """
        findings = self.tidy(profile.observed)
        pulls = self.pull.strongest([findings], self.weights.diseases_asked, profile.without_publications)
        rows, weights = pulls.rows[0], pulls.weights[0]
        kept = weights > 0
        strongest = np.sort(weights)[-self.weights.diseases_kept :]
        norm = float(np.sqrt(np.sum(strongest * strongest)))
        return rows[kept], weights[kept] / (norm or 1.0)

    def case_pulls(
        self, findings: Sequence[Int32], without: Sequence[tuple[str, ...]]
    ) -> tuple[Int32, npt.NDArray[np.uint8]]:
        """The diseases cases point to as they are stored: (rows ascending, weights in `LEVELS` steps), n × k each."""
        most = min(self.weights.diseases_kept, self.pull.model.n)
        rows = np.zeros((len(findings), most), dtype=np.int32)
        levels = np.zeros((len(findings), most), dtype=np.uint8)
        alike: dict[tuple[str, ...], list[int]] = {}
        for i, publications in enumerate(without):
            alike.setdefault(publications, []).append(i)
        for publications, places in alike.items():
            pulls = self.pull.strongest([findings[i] for i in places], most, publications)
            rows[places] = pulls.rows
            levels[places] = np.rint(pulls.weights * LEVELS).astype(np.uint8)
        return rows, levels

    # --- genes ---------------------------------------------------------------------------------------------------

    def query_genes(self, profile: Profile) -> dict[str, float]:
        """The query's candidate genes and how much its findings let one believe in each; they add up to 1."""
        genes = tidy_genes(profile.genes)
        credence = self.pull.gene_credence(self.tidy(profile.observed), genes, profile.without_publications)
        return dict(zip(genes, credence.tolist(), strict=True))

    def case_genes(self, profile: Profile) -> tuple[tuple[bytes, int], ...]:
        """The same as it is stored: (symbol in UTF-8, credence in `LEVELS` steps, at least one)."""
        return tuple(
            (gene.encode(), max(1, round(credence * LEVELS))) for gene, credence in self.query_genes(profile).items()
        )

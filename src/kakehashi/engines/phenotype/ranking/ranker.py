"""Ranks diseases for a patient: likelihood ratios of the findings, a prior, and whatever else is known.

score(D) = prior + Σ over observed findings (w · log ratio(t, D) − v · log size(D)) + excluded + onset + sex
         + inheritance + genes + nearest solved case

Every term is fitted to the scale of a log posterior (`parameters.json`), so that probabilities follow by softmax.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import circumstances
from kakehashi.engines.phenotype.ranking.calibration import Posterior, posterior
from kakehashi.engines.phenotype.ranking.evidence import Explainer
from kakehashi.engines.phenotype.ranking.leaveout import leave_out, patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood
from kakehashi.engines.phenotype.ranking.model import open_model
from kakehashi.engines.phenotype.ranking.outlook import questions, sufficiency
from kakehashi.engines.phenotype.ranking.parameters import Parameters, fitted
from kakehashi.engines.phenotype.ranking.patient import Findings, Patient, arrange
from kakehashi.engines.phenotype.ranking.result import (
    Evidence,
    FindingEvidence,
    OtherEvidence,
    Question,
    RankedDisease,
    Ranking,
    Topic,
)
from kakehashi.engines.phenotype.ranking.solved import SolvedCases
from kakehashi.engines.phenotype.ranking.standing import Standing

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]

PooledRows = Literal["drop", "keep"]

DEFAULT_SOURCES = frozenset({"OMIM"})
PUBLICATIONS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Scored:
    """One model's part of a ranking."""

    source: str
    standing: Standing
    findings: Findings
    total: Float64
    others: dict[Topic, Float64]


class Ranker:
    """Ranks the diseases of `sources` ("OMIM", "ORPHA", "DECIPHER"); one may be used by many threads.

    `standings`: the compiled models by source. They are opened on construction (compiled first where missing, some
    seconds). Errors: ValueError for a source that the release does not hold; KnowledgeError where models cannot be
    kept on disk.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        sources: Collection[str] = DEFAULT_SOURCES,
        solved: SolvedCases | None = None,
        parameters: Parameters | None = None,
    ) -> None:
        missing = sorted(set(sources) - set(knowledge.diseases.sources))
        if missing or not sources:
            known = ", ".join(knowledge.diseases.sources)
            raise ValueError(f"no diseases of source {', '.join(missing) or '(none)'}: this release holds {known}")
        self.knowledge = knowledge
        self.parameters = parameters or fitted()
        self.solved = solved
        self.standings: dict[str, Standing] = {}
        for source in sorted(sources):  # disease ids are sorted, so models in this order keep indices sorted
            model = open_model(knowledge, source, self.parameters.profile)
            likelihood = Likelihood(model, knowledge.ontology, self.parameters.score)
            self.standings[source] = Standing(knowledge, likelihood, self.parameters.score)
        self._explainers = {
            source: Explainer(knowledge, standing.likelihood, self.parameters)
            for source, standing in self.standings.items()
        }
        self._without: OrderedDict[tuple[str, PooledRows], dict[str, Standing] | None] = OrderedDict()
        self._lock = threading.Lock()

    def rank(
        self,
        patient: Patient,
        *,
        leave_publication_out: bool = False,
        pooled_rows: PooledRows = "keep",
        top: int = 10,
    ) -> Ranking:
        """Rank all diseases for `patient`; the first `top` come with labels, genes and evidence.

        None come for a patient without any finding or known candidate gene: the prior alone singles out nothing.

        `leave_publication_out`: as if phenotype.hpoa held no row that cites the patient's own publication, and the
        library no solved case of it. `pooled_rows`: 6,571 rows of the embedded release pool several publications;
        "keep" leaves out only rows that cite nothing else (what the others reported stays, and with it, unavoidably,
        the patient herself), "drop" every row that cites her own. Errors: ValueError for an index that is no term.
        """
        findings = arrange(patient, self.knowledge.ontology)
        leaving = patient.publication if leave_publication_out else None
        standings = self.standing_for(patient, leave_publication_out=leave_publication_out, pooled_rows=pooled_rows)
        parts = [self._score(source, standing, findings, patient, leaving) for source, standing in standings.items()]
        indices = np.concatenate([part.standing.model.diseases for part in parts])
        scores = np.concatenate([part.total for part in parts])
        calibration = self.parameters.calibration_solved if self.solved else self.parameters.calibration
        best = max(parts, key=lambda part: float(part.total.max(initial=-np.inf)))
        explained = best.standing.explained(findings.observed, int(best.total.argmax())) if best.total.size else 0.0
        shares = posterior(scores, explained, len(findings.observed), calibration)
        spoken_for = bool(findings.observed or findings.excluded) or self._knows_a_gene(patient)
        return self._ranking(findings, parts, best, indices, scores, shares, top if spoken_for else 0)

    def standing_for(
        self, patient: Patient, *, leave_publication_out: bool = False, pooled_rows: PooledRows = "keep"
    ) -> dict[str, Standing]:
        """What the patient is ranked against, by source: the models, or those without her own publication."""
        if not leave_publication_out or not patient.publication:
            return self.standings
        return self._changes(patient.publication, pooled_rows) or self.standings

    def _knows_a_gene(self, patient: Patient) -> bool:
        """Whether a candidate gene is a gene of any disease."""
        diseases = self.knowledge.diseases
        return any(diseases.gene_index(gene.strip().upper()) is not None for gene in patient.genes)

    # --- scores --------------------------------------------------------------------------------------------------

    def _score(
        self, source: str, standing: Standing, findings: Findings, patient: Patient, own_publication: str | None
    ) -> _Scored:
        model, score = standing.model, self.parameters.score
        total = np.zeros(model.n)
        rows = [standing.likelihood.row(term, standing.changed) for term in findings.observed]
        for row in rows:
            total += row
        total *= score.finding
        total -= len(findings.observed) * standing.size
        for term in findings.excluded:
            columns, costs = standing.excluded(term)
            total[columns] += costs
        others: dict[Topic, Float64] = {"prior": standing.prior}
        others.update(circumstances.circumstance_scores(self.knowledge, patient, standing))
        if (genes := circumstances.gene_scores(self.knowledge, patient, model, score)) is not None:
            others["genes"] = genes
        if self.solved:
            others["solved"] = self.solved.scores(findings.observed, rows, standing, score, own_publication)
        for values in others.values():
            total += values
        return _Scored(source, standing, findings, total, others)

    def _changes(self, publication: str, pooled_rows: PooledRows) -> dict[str, Standing] | None:
        """What changes per model without the rows that cite `publication`; None where nothing cites it."""
        key = (publication, pooled_rows)
        with self._lock:
            if key in self._without:
                self._without.move_to_end(key)
                return self._without[key]
        diseases = self.knowledge.diseases
        rows = diseases.rows_citing(publication).astype(np.int64)
        if pooled_rows == "keep":
            rows = rows[~diseases.pooled(rows)]
        changes: dict[str, Standing] | None = None
        if len(rows):
            any_model = next(iter(self.standings.values())).model
            left_out = leave_out(self.knowledge, any_model, rows, self.parameters.profile)
            changes = {
                source: Standing(self.knowledge, whole.likelihood, self.parameters.score, patch(whole.model, left_out))
                for source, whole in self.standings.items()
            }
        with self._lock:
            self._without[key] = changes
            while len(self._without) > PUBLICATIONS_KEPT:
                self._without.popitem(last=False)
        return changes

    # --- result --------------------------------------------------------------------------------------------------

    def _ranking(
        self,
        findings: Findings,
        parts: list[_Scored],
        likeliest: _Scored,
        indices: Int32,
        scores: Float64,
        shares: Posterior,
        top: int,
    ) -> Ranking:
        probabilities = shares.probabilities
        order = _first(scores, top)
        explain = _Explanation(self, parts)
        ranked = tuple(self._row(int(place), indices, scores, probabilities, explain) for place in order)

        def ask(count: int) -> tuple[Question, ...]:
            standing = likeliest.standing
            known = shares.known[np.searchsorted(indices, standing.model.diseases)]
            explainer = self._explainers[likeliest.source]
            return questions(self.knowledge, standing.model, explainer, known, findings, standing.changed, count)

        return Ranking(
            ranked,
            shares.unknown,
            findings,
            indices,
            scores,
            probabilities,
            explain,
            lambda: sufficiency(shares),
            ask,
        )

    def _row(
        self, place: int, indices: Int32, scores: Float64, probabilities: Float64, explain: _Explanation
    ) -> RankedDisease:
        diseases = self.knowledge.diseases
        disease = int(indices[place])
        return RankedDisease(
            1 + int((scores > scores[place]).sum()),
            disease,
            diseases.ids[disease],
            diseases.labels[disease],
            diseases.labels_ja[disease],
            float(scores[place]),
            float(probabilities[place]),
            tuple(gene.symbol for gene in diseases.genes(disease)),
            explain,
        )

    def column(self, source: str, disease: int) -> int | None:
        """The column of a disease index in the model of `source`."""
        return self.standings[source].model.column(disease)

    def explain(self, part: _Scored, column: int) -> Evidence:
        """The evidence for one disease of a ranking."""
        explainer, standing, findings = self._explainers[part.source], part.standing, part.findings
        weight, cost = self.parameters.score.finding, float(standing.size[column])
        changed = standing.changed
        evidence: list[FindingEvidence] = []
        for term in findings.observed:
            contribution = weight * float(standing.likelihood.row(term, changed)[column]) - cost
            evidence.append(explainer.finding(term, column, contribution, changed))
        for term in findings.excluded:
            columns, costs = standing.excluded(term)
            contribution = float(costs[columns == column].sum())
            evidence.append(explainer.excluded(term, column, contribution, changed))
        others: list[OtherEvidence] = [
            circumstances.other_evidence(topic, float(values[column])) for topic, values in part.others.items()
        ]
        return Evidence(
            float(part.total[column]),
            tuple(evidence),
            tuple(other for other in others if other.contribution != 0.0),
            tuple(
                one.term for one in evidence if not one.excluded and (one.contribution <= 0 or one.through == "none")
            ),
            explainer.expected(column, findings.observed, findings.excluded, changed),
        )


class _Explanation:
    """Explains any disease of one ranking when asked, and remembers it."""

    def __init__(self, ranker: Ranker, parts: list[_Scored]) -> None:
        self._ranker = ranker
        self._parts = parts
        self._known: dict[int, Evidence] = {}

    def __call__(self, disease: int) -> Evidence:
        if disease not in self._known:
            for part in self._parts:
                column = self._ranker.column(part.source, disease)
                if column is not None:
                    self._known[disease] = self._ranker.explain(part, column)
                    break
            else:
                raise KeyError(disease)
        return self._known[disease]


def _first(scores: Float64, top: int) -> npt.NDArray[np.int64]:
    """The places of the `top` highest scores, highest first, equals in the order they stand."""
    count = max(0, min(top, len(scores)))
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    among = np.flatnonzero(scores >= least)
    return among[np.argsort(-scores[among], kind="stable")][:count]

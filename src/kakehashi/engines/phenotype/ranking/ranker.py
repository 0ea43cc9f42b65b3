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
from kakehashi.engines.phenotype.ranking.calibration import Posterior, among_known, posterior
from kakehashi.engines.phenotype.ranking.evidence import Explainer
from kakehashi.engines.phenotype.ranking.leaveout import leave_out, patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood
from kakehashi.engines.phenotype.ranking.model import open_model
from kakehashi.engines.phenotype.ranking.outlook import questions, sufficiency
from kakehashi.engines.phenotype.ranking.parameters import CalibrationParameters, Parameters, fitted
from kakehashi.engines.phenotype.ranking.patient import Findings, Patient, arrange
from kakehashi.engines.phenotype.ranking.result import (
    Evidence,
    Question,
    RankedDisease,
    Ranking,
    Sufficiency,
    Topic,
)
from kakehashi.engines.phenotype.ranking.solved import CALIBRATED_FROM, Compared, SolvedCases
from kakehashi.engines.phenotype.ranking.standing import Standing

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

PooledRows = Literal["drop", "keep"]

DEFAULT_SOURCES = frozenset({"OMIM"})
PUBLICATIONS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Scored:
    """One model's part of a ranking."""

    source: str
    standing: Standing
    findings: Findings
    rows: list[Float32]
    total: Float64
    others: dict[Topic, Float64]
    compared: Compared | None


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
            likelihood = Likelihood.of(model, knowledge.ontology, self.parameters.score)
            self.standings[source] = Standing(knowledge, likelihood, self.parameters.score)
        self._explainers = {
            source: Explainer(knowledge, standing.likelihood, self.parameters)
            for source, standing in self.standings.items()
        }
        self._without: OrderedDict[tuple[tuple[str, ...], PooledRows], dict[str, Standing] | None] = OrderedDict()
        self._lock = threading.Lock()

    def rank(
        self,
        patient: Patient,
        *,
        leave_publication_out: bool = False,
        pooled_rows: PooledRows = "keep",
        top: int = 10,
        without_solved: Collection[str] = (),
    ) -> Ranking:
        """Rank all diseases for `patient`; the first `top` come with labels, genes and evidence.

        None come for a patient without any finding or known candidate gene: the prior alone singles out nothing.

        `leave_publication_out`: as if phenotype.hpoa held no row that cites the patient's own publications, and the
        library no solved case of them. `pooled_rows`: 6,571 rows of the embedded release pool several publications;
        "keep" leaves out only rows that cite nothing else (what the others reported stays, and with it, unavoidably,
        the patient herself), "drop" every row that cites her own. `without_solved`: ids of solved cases that do not
        count for her (her own record). Errors: ValueError for an index that is no term.
        """
        findings = arrange(patient, self.knowledge.ontology)
        usable = None
        if self.solved:
            usable = self.solved.usable(patient.publications if leave_publication_out else (), without_solved)
        standings = self.standing_for(patient, leave_publication_out=leave_publication_out, pooled_rows=pooled_rows)
        parts = [self._score(source, standing, findings, patient, usable) for source, standing in standings.items()]
        indices = np.concatenate([part.standing.model.diseases for part in parts])
        scores = np.concatenate([part.total for part in parts])
        best = max(parts, key=lambda part: float(part.total.max(initial=-np.inf)))
        calibration = self.parameters.calibration
        if self.solved and (len(self.solved) >= CALIBRATED_FROM or _moved_by_solved(best)):
            calibration = self.parameters.calibration_solved
        explained = 0.0
        if best.total.size:
            explained = best.standing.explained(findings.observed, best.rows, int(best.total.argmax()))
        shares = posterior(scores, explained, len(findings.observed), calibration)
        return self._ranking(patient, findings, parts, best, indices, scores, shares, calibration, top)

    def standing_for(
        self, patient: Patient, *, leave_publication_out: bool = False, pooled_rows: PooledRows = "keep"
    ) -> dict[str, Standing]:
        """What the patient is ranked against, by source: the models, or those without her own publication."""
        if not leave_publication_out or not patient.publications:
            return self.standings
        return self._changes(tuple(sorted(set(patient.publications))), pooled_rows) or self.standings

    def _known_genes(self, patient: Patient) -> list[str]:
        """The candidate genes that are genes of any disease."""
        index = self.knowledge.diseases.gene_index
        symbols = dict.fromkeys(gene.strip().upper() for gene in patient.genes)
        return [symbol for symbol in symbols if index(symbol) is not None]

    # --- scores --------------------------------------------------------------------------------------------------

    def _score(
        self, source: str, standing: Standing, findings: Findings, patient: Patient, usable: Bool | None
    ) -> _Scored:
        model, score = standing.model, self.parameters.score
        total = np.zeros(model.n)
        rows = standing.rows(findings.observed)
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
        compared = None
        if self.solved and usable is not None and usable.any():
            compared = self.solved.compared(findings.observed, model, usable)
            others["solved"] = self.solved.scores(findings.observed, rows, standing, score, compared)
        for values in others.values():
            total += values
        return _Scored(source, standing, findings, rows, total, others, compared)

    def _changes(self, publications: tuple[str, ...], pooled_rows: PooledRows) -> dict[str, Standing] | None:
        """What changes per model without the rows that cite `publications`; None where nothing cites it."""
        key = (publications, pooled_rows)
        with self._lock:
            if key in self._without:
                self._without.move_to_end(key)
                return self._without[key]
        diseases = self.knowledge.diseases
        rows = diseases.rows_citing(*publications).astype(np.int64)
        if pooled_rows == "keep":
            rows = rows[~diseases.pooled(rows, publications)]
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
        patient: Patient,
        findings: Findings,
        parts: list[_Scored],
        likeliest: _Scored,
        indices: Int32,
        scores: Float64,
        shares: Posterior,
        calibration: CalibrationParameters,
        top: int,
    ) -> Ranking:
        probabilities = shares.probabilities
        genes = self._known_genes(patient)
        nothing_said = not (findings.observed or findings.excluded or genes)
        order = _first(scores, 0 if nothing_said else top)
        explain = _Explanation(self, parts, indices[order])
        ranked = self._rows(order, indices, scores, probabilities, explain)

        def ask(count: int) -> tuple[Question, ...]:
            standing = likeliest.standing
            known = shares.known[np.searchsorted(indices, standing.model.diseases)]
            explainer = self._explainers[likeliest.source]
            model, changed = standing.model, standing.changed
            return questions(self.knowledge, model, explainer, known, findings, patient.sex, changed, count)

        def suffice() -> Sufficiency:
            if not genes:
                return sufficiency(shares.known)
            without = scores - np.concatenate([part.others["genes"] for part in parts])
            return sufficiency(among_known(without, calibration), shares.known, genes)

        return Ranking(
            ranked,
            nothing_said,
            shares.unknown,
            findings,
            indices,
            scores,
            probabilities,
            explain,
            suffice,
            ask,
        )

    def _rows(
        self, order: Int64, indices: Int32, scores: Float64, probabilities: Float64, explain: _Explanation
    ) -> tuple[RankedDisease, ...]:
        """The diseases at the places `order`, highest score first; equals share the first one's rank."""
        diseases = self.knowledge.diseases
        ranked: list[RankedDisease] = []
        places = zip(indices[order].tolist(), scores[order].tolist(), probabilities[order].tolist(), strict=True)
        for number, (disease, score, probability) in enumerate(places, 1):
            tied = bool(ranked) and ranked[-1].score == score
            ranked.append(
                RankedDisease(
                    ranked[-1].rank if tied else number,
                    disease,
                    diseases.ids[disease],
                    diseases.labels[disease],
                    diseases.labels_ja[disease],
                    score,
                    probability,
                    diseases.symbols(disease),
                    explain,
                )
            )
        return tuple(ranked)

    def explain(self, part: _Scored, columns: Int32) -> list[Evidence]:
        """The evidence for some diseases of a ranking."""
        findings, standing = part.findings, part.standing
        contributions = np.zeros((len(findings.observed) + len(findings.excluded), len(columns)))
        for place, row in enumerate(part.rows):
            contributions[place] = row[columns]
        contributions[: len(part.rows)] *= self.parameters.score.finding
        contributions[: len(part.rows)] -= standing.size[columns]
        for place, term in enumerate(findings.excluded, len(part.rows)):
            spoken_against, costs = standing.excluded(term)
            for number, column in enumerate(columns.tolist()):
                contributions[place, number] = costs[spoken_against == column].sum()
        explained = self._explainers[part.source].explain(findings, columns, contributions, standing.changed)
        others = {topic: values[columns].tolist() for topic, values in part.others.items()}
        return [
            Evidence(
                score,
                one.findings,
                tuple(
                    circumstances.other_evidence(topic, values[number], _alike(part, topic, columns[number]))
                    for topic, values in others.items()
                    if values[number] != 0.0
                ),
                tuple(
                    finding.term
                    for finding in one.findings
                    if not finding.excluded and (finding.contribution <= 0 or finding.through == "none")
                ),
                one.expected,
            )
            for number, (score, one) in enumerate(zip(part.total[columns].tolist(), explained, strict=True))
        ]


class _Explanation:
    """Explains any disease of one ranking when asked: those `shown` all at once, others one by one; remembers them."""

    def __init__(self, ranker: Ranker, parts: list[_Scored], shown: Int32) -> None:
        self._ranker = ranker
        self._parts = parts
        self._shown = shown
        self._known: dict[int, Evidence] = {}

    def __call__(self, disease: int) -> Evidence:
        if disease not in self._known:
            asked = self._shown if disease in self._shown else np.array([disease], dtype=np.int32)
            for part in self._parts:
                model = part.standing.model
                columns = np.minimum(np.searchsorted(model.diseases, asked), model.n - 1).astype(np.int32)
                columns = columns[model.diseases[columns] == asked]
                if len(columns):
                    explained = self._ranker.explain(part, columns)
                    self._known.update(zip(model.diseases[columns].tolist(), explained, strict=True))
        return self._known[disease]


def _alike(part: _Scored, topic: Topic, column: int) -> tuple[str, ...]:
    """The solved cases behind a contribution of them."""
    if topic != "solved" or part.compared is None:
        return ()
    return part.compared.alike(int(part.standing.model.diseases[column]))


def _moved_by_solved(part: _Scored) -> bool:
    """Whether solved cases speak for or against the likeliest disease."""
    return "solved" in part.others and part.total.size > 0 and part.others["solved"][part.total.argmax()] != 0


_BLOCKS = 64


def _first(scores: Float64, top: int) -> Int64:
    """The places of the `top` highest scores, highest first, equals in the order they stand."""
    count = max(0, min(top, len(scores)))
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    highest = scores
    if count <= _BLOCKS <= len(scores) // _BLOCKS:  # the best of each block: at least `count` scores reach their k-th
        even = len(scores) - len(scores) % _BLOCKS
        highest = scores[:even].reshape(-1, _BLOCKS).max(axis=0)
    least = np.partition(highest, len(highest) - count)[len(highest) - count]
    among = np.flatnonzero(scores >= least)
    return among[np.argsort(-scores[among], kind="stable")][:count]

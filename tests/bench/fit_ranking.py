"""Fits the ranker's weights and calibration; writes parameters.json (all diseases) and ranking_folds.json (by fold).

    python -m tests.bench.fit_ranking

Fitted, per fold on the diseases of the four others (patients weighted by one over the root of their disease's count):
1. `finding`, `size`, `prior_patients`: a softmax over all OMIM diseases, weights >= 0, on patients whose disease has
   no row that cites their publication. Nothing is left out for these, so no weight can learn to spot what was.
2. `temperature` on the same patients; the four weights of the unknown share on them (known), on those whose disease
   the release does not annotate at all, and on the former again with their disease taken away (unknown), weighted so
   that the unknown are as many as in the whole collection. Once without, once with solved cases of other publications.
Everything else in parameters.json is a constant chosen by hand; `tests/bench/README.md` says how.
"""

import dataclasses
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from kakehashi.engines.phenotype.knowledge import Knowledge, load
from kakehashi.engines.phenotype.ranking import Ranker, SolvedCases, parameters
from kakehashi.engines.phenotype.ranking.parameters import CalibrationParameters, Parameters, fitted
from kakehashi.engines.phenotype.ranking.patient import arrange
from tests.bench.published_patients import (
    FOLDS,
    Published,
    as_solved,
    disease_weights,
    is_untouched,
    read_published,
)

FOLDS_FILE = Path(__file__).with_name("ranking_folds.json")
PARAMETERS_FILE = Path(parameters.__file__).with_name("parameters.json")
RIDGE = 1e-3
TEMPERATURES = (0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5)


def main() -> None:
    knowledge = load()
    published = read_published(knowledge)
    judged = [one for one in published if one.disease is None or is_untouched(one, knowledge)]
    known = np.array([one.disease is not None for one in judged])
    unknown_share = float(np.mean([one.disease is None for one in published]))
    weights = disease_weights(judged)
    weights[~known] *= unknown_share / (1 - unknown_share) * weights[known].sum() / weights[~known].sum()
    fold = np.array([one.fold for one in judged])
    print(f"{known.sum()} patients of known and {(~known).sum()} of unknown diseases, {unknown_share:.1%} unknown")
    features, truth, rest = score_features(knowledge, judged)
    solved = solved_features(knowledge, judged, published)
    chosen = []
    for held_out in (*range(FOLDS), None):
        inside = np.ones(len(judged), dtype=bool) if held_out is None else fold != held_out
        linear = fit_scores(features, truth, rest, weights, inside & known)
        scores = combine(features, rest, linear)
        calibration = fit_calibration(knowledge, scores, truth, judged, weights, inside)
        with_solved = fit_calibration(knowledge, scores + solved, truth, judged, weights, inside)
        base = fitted()
        chosen.append(
            Parameters(
                base.profile,
                dataclasses.replace(base.score, finding=linear[0], size=linear[1], prior_patients=linear[2]),
                calibration,
                with_solved,
            )
        )
        print("all" if held_out is None else f"fold {held_out}", np.round(linear, 3), calibration, with_solved)
    write(PARAMETERS_FILE, dataclasses.asdict(chosen.pop()))
    write(FOLDS_FILE, [dataclasses.asdict(one) for one in chosen])


def score_features(knowledge: Knowledge, judged: list[Published]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(patients × diseases × [log ratios, -size, prior] at weight 1, place of the true disease or -1, the rest of the
    score at its fixed weights)."""
    base = fitted()
    plain = dataclasses.replace(base.score, finding=1.0, size=0.0, prior_patients=0.0)
    ranker = Ranker(knowledge, parameters=dataclasses.replace(base, score=plain))
    unit = dataclasses.replace(base.score, finding=0.0, size=1.0, prior_patients=1.0)
    standing = next(iter(Ranker(knowledge, parameters=dataclasses.replace(base, score=unit)).standings.values()))
    size, prior, count = standing.size, standing.prior, len(standing.prior)
    features = np.empty((len(judged), count, 3), dtype=np.float32)
    rest = np.empty((len(judged), count), dtype=np.float32)
    truth = np.full(len(judged), -1)
    for i, one in enumerate(judged):
        whole = ranker.rank(one.patient, top=0)
        alone = ranker.rank(dataclasses.replace(one.patient, excluded=(), sex=None, onset=None, onset_days=None), top=0)
        features[i, :, 0] = alone.scores
        features[i, :, 1] = -len(whole.findings.observed) * size
        features[i, :, 2] = prior
        rest[i] = whole.scores - alone.scores
        if one.disease is not None:
            truth[i] = np.searchsorted(whole.indices, one.disease)
    return features, truth, rest


def solved_features(knowledge: Knowledge, judged: list[Published], library: list[Published]) -> np.ndarray:
    """What solved cases of other publications add to each score."""
    solved = SolvedCases(knowledge, as_solved(library))
    alone = Ranker(knowledge)
    informed = Ranker(knowledge, solved=solved)
    added = []
    for one in judged:  # these patients lose nothing with their publication, except solved cases
        options = {"leave_publication_out": True, "pooled_rows": "drop", "top": 0}
        added.append(informed.rank(one.patient, **options).scores - alone.rank(one.patient, **options).scores)
    return np.array(added, dtype=np.float32)


def combine(features: np.ndarray, rest: np.ndarray, linear: np.ndarray) -> np.ndarray:
    return features @ linear.astype(np.float32) + rest


def fit_scores(
    features: np.ndarray, truth: np.ndarray, rest: np.ndarray, weights: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """The three weights that make the true disease likeliest."""
    part, right, fixed, weight = features[inside], truth[inside], rest[inside], weights[inside]
    at = np.arange(len(part))
    scale = part.std(axis=(0, 1)).astype(np.float64)

    def loss(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        linear = scaled / scale
        scores = combine(part, fixed, linear)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1)
        shares /= total[:, None]
        likelihood = scores[at, right] - np.log(total)
        expected = np.einsum("pd,pdk->pk", shares, part, optimize=True)
        slope = (weight[:, None] * (part[at, right] - expected)).sum(axis=0) / weight.sum() / scale
        return (
            float(-(weight * likelihood).sum() / weight.sum() + RIDGE * (scaled**2).sum()),
            -slope + 2 * RIDGE * scaled,
        )

    found = minimize(loss, 0.5 * scale, jac=True, method="L-BFGS-B", bounds=[(0, None)] * 3)
    return np.asarray(found.x / scale)


def unknown_examples(
    knowledge: Knowledge, judged: list[Published], scores: np.ndarray, truth: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How much the best disease explains, for each patient; and the best one but the true one, where there is one."""
    standing = next(iter(Ranker(knowledge).standings.values()))
    found = np.zeros((2, len(judged)))
    for i, one in enumerate(judged):
        observed = arrange(one.patient, knowledge.ontology).observed
        ratios, row = standing.rows(observed), scores[i].copy()
        found[0, i] = standing.explained(observed, ratios, int(row.argmax()))
        if truth[i] >= 0:
            row[truth[i]] = -np.inf
        found[1, i] = standing.explained(observed, ratios, int(row.argmax()))
    return found[0], found[1]


def fit_calibration(
    knowledge: Knowledge,
    scores: np.ndarray,
    truth: np.ndarray,
    judged: list[Published],
    weights: np.ndarray,
    inside: np.ndarray,
) -> CalibrationParameters:
    """Temperature and unknown share that make the truth, "none of them" included, likeliest."""
    known = truth >= 0
    places = np.flatnonzero(inside & known)
    likelihoods = []
    for temperature in TEMPERATURES:
        part = scores[places] / np.float32(temperature)
        part -= part.max(axis=1, keepdims=True)
        likelihood = part[np.arange(len(places)), truth[places]] - np.log(np.exp(part).sum(axis=1))
        likelihoods.append(float((weights[places] * likelihood).sum()))
    temperature = TEMPERATURES[int(np.argmax(likelihoods))]
    explained, without = unknown_examples(knowledge, judged, scores, truth)
    amount = np.log1p([len(set(one.patient.observed)) for one in judged])
    removed = scores.copy()
    removed[known, truth[known]] = -np.inf
    as_is = np.column_stack([np.ones(len(judged)), explained, log_best_share(scores / temperature), amount])
    bereft = np.column_stack([np.ones(len(judged)), without, log_best_share(removed / temperature), amount])
    # examples: known patients, unannotated ones, and the known ones again with their disease taken away
    examples = np.vstack([as_is[known & inside], as_is[~known & inside], bereft[known & inside]])
    unknown = np.repeat([0.0, 1.0, 1.0], [(known & inside).sum(), (~known & inside).sum(), (known & inside).sum()])
    unannotated, taken = weights[~known & inside], weights[known & inside]
    weight = np.concatenate([taken, unannotated / 2, taken / taken.sum() * unannotated.sum() / 2])

    def loss(values: np.ndarray) -> float:
        logit = examples @ values
        likelihood = -np.logaddexp(0, logit) + unknown * logit
        return float(-(weight * likelihood).sum() / weight.sum() + RIDGE * (values[1:] ** 2).sum())

    logistic = minimize(loss, np.zeros(4), method="L-BFGS-B").x.tolist()
    return CalibrationParameters(temperature, *logistic)


def log_best_share(scores: np.ndarray) -> np.ndarray:
    """Log of the softmax share of the best disease."""
    return -np.log(np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1))


def write(path: Path, values: object) -> None:
    rounded = json.loads(json.dumps(values), parse_float=lambda text: round(float(text), 4))
    path.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print("wrote", path.name)


if __name__ == "__main__":
    main()

"""How rankings are judged: mid-ranks, disease-clustered bootstrap, calibration."""

from dataclasses import dataclass

import numpy as np

BOOTSTRAPS = 2000
CALIBRATION_BINS = 10


def mid_rank(scores: np.ndarray, place: int) -> float:
    """The rank of one of `scores`, ties as the middle of their ranks."""
    mine = scores[place]
    return float(1 + (scores > mine).sum() + ((scores == mine).sum() - 1) / 2)


@dataclass(frozen=True)
class Figures:
    """Of ranks: share at rank 1 and up to 10, mean reciprocal rank; `macro_*`: mean over diseases."""

    patients: int
    top_1: float
    top_10: float
    mrr: float
    macro_top_1: float
    macro_top_10: float


def figures(ranks: np.ndarray, diseases: np.ndarray) -> Figures:
    """Figures of `ranks` (inf: not ranked); `diseases` names each patient's disease."""
    _, cluster, counts = np.unique(diseases, return_inverse=True, return_counts=True)
    weights = 1 / counts[cluster] / len(counts)
    return Figures(
        len(ranks),
        float((ranks <= 1).mean()),
        float((ranks <= 10).mean()),
        float((1 / ranks).mean()),
        float((weights * (ranks <= 1)).sum()),
        float((weights * (ranks <= 10)).sum()),
    )


def compare(ours: np.ndarray, theirs: np.ndarray, diseases: np.ndarray) -> dict[str, list[float]]:
    """Difference of ours − theirs with its 95 % interval; whole diseases are drawn, patients stay paired."""
    _, cluster = np.unique(diseases, return_inverse=True)
    count = np.bincount(cluster)
    drawn = np.random.default_rng(1).multinomial(len(count), np.full(len(count), 1 / len(count)), size=BOOTSTRAPS)
    result = {}
    for name, measure in (("top_1", lambda r: r <= 1), ("top_10", lambda r: r <= 10), ("mrr", lambda r: 1 / r)):
        difference = measure(ours).astype(float) - measure(theirs).astype(float)
        sums = np.bincount(cluster, difference)
        means = (drawn @ sums) / (drawn @ count)
        low, high = np.percentile(means, (2.5, 97.5))
        result[name] = [float(difference.mean()), float(low), float(high)]
    return result


def calibration(predicted: np.ndarray, happened: np.ndarray) -> dict[str, object]:
    """Reliability table (share of patients, mean prediction, what happened) and expected calibration error."""
    bins = np.minimum((predicted * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    table, error = [], 0.0
    for place in range(CALIBRATION_BINS):
        inside = bins == place
        if inside.any():
            said, was = float(predicted[inside].mean()), float(happened[inside].mean())
            table.append([int(inside.sum()), said, was])
            error += float(inside.mean()) * abs(said - was)
    return {"expected_calibration_error": error, "bins": table}


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive scores above a negative."""
    both = np.concatenate([positive, negative])
    order = np.argsort(both, kind="stable")
    ranks = np.empty(len(both))
    ranks[order] = np.arange(1, len(both) + 1)
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, ranks) / counts)[inverse]
    return float(
        (ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / len(positive) / len(negative)
    )

"""Case matching: is the most similar case of another publication one of the same disease? Beside published scores.

``python -m tests.bench.case_matching`` (data: the published patients beside the checkout; minutes). Queries are all
patients with a case of the same disease in another publication; the library is everyone of another publication. Ties
count half. The index runs with its shipped weights and with weights fitted anew on other diseases (five folds of
diseases); with the disease annotations as they are, and without every annotation row that cites a patient's own paper.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot
from kakehashi.engines.phenotype.caseindex.query import Query
from kakehashi.engines.phenotype.caseindex.weights import WEIGHTS
from kakehashi.engines.phenotype.knowledge import Knowledge, load
from tests.bench.casebaselines import Baselines
from tests.conftest import ROOT, shared_data_folder

FOLDS = 5
SEED = 20261121
RESAMPLES = 2000
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Patient:
    id: str
    publication: str
    disease: str
    observed: tuple[int, ...]
    gene: str | None


def read_patients(folder: Path, knowledge: Knowledge) -> list[Patient]:
    """The published patients that have an observed phenotypic finding."""
    patients = []
    with gzip.open(folder / "phenopackets" / "phenopackets-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            packet = json.loads(line)
            findings = [(f["type"]["id"], f.get("excluded", False)) for f in packet.get("phenotypicFeatures", [])]
            profile = Profile.of_findings(knowledge.ontology, findings)
            diagnosis = packet["interpretations"][0]["diagnosis"]
            genes = [
                context["symbol"]
                for one in diagnosis.get("genomicInterpretations", [])
                if (context := one.get("variantInterpretation", {}).get("variationDescriptor", {}).get("geneContext"))
            ]
            if profile.observed:
                publication = "PMID:" + packet["id"].split("_")[1]
                gene = genes[0].upper() if genes else None
                patients.append(Patient(packet["id"], publication, diagnosis["disease"]["id"], profile.observed, gene))
    return patients


class Collection:
    """Patients, who may be found for whom, and how ranks are counted."""

    def __init__(self, patients: Sequence[Patient], sample: int | None) -> None:
        self.patients = patients
        self.disease = np.unique([p.disease for p in patients], return_inverse=True)[1]
        self.publication = np.unique([p.publication for p in patients], return_inverse=True)[1]
        pairs = set(zip(self.disease.tolist(), self.publication.tolist(), strict=True))
        publications = np.bincount([disease for disease, _ in pairs], minlength=self.disease.max() + 1)
        queries = np.flatnonzero(publications[self.disease] > 1)
        if sample and sample < len(queries):
            queries = np.sort(np.random.default_rng(SEED).choice(queries, sample, replace=False))
        self.queries = queries
        self.fold = np.random.default_rng(SEED).permutation(self.disease.max() + 1) % FOLDS

    def ranks(self, scores: Any) -> Any:
        """Rank of the best case of the same disease for each query; `scores` queries × patients."""
        ranks = np.empty(len(self.queries))
        for i, query in enumerate(self.queries):
            library = self.publication != self.publication[query]
            same = library & (self.disease == self.disease[query])
            best, others = scores[i][same].max(), scores[i][library & ~same]
            ranks[i] = 1 + (others > best).sum() + 0.5 * (others == best).sum()
        return ranks

    def figures(self, ranks: Any) -> dict[str, float]:
        """Top-1, top-10 and mean reciprocal rank, over patients and over diseases (macro)."""
        count = np.bincount(self.disease[self.queries])[self.disease[self.queries]]
        figures = {}
        for name, weight in (("", np.ones(len(ranks))), ("macro_", 1 / count)):
            for figure, value in (("top1", ranks <= 1), ("top10", ranks <= 10), ("mrr", 1 / ranks)):
                figures[name + figure] = float(np.average(value, weights=weight))
        return figures

    def difference(self, ranks: Any, others: Any) -> dict[str, list[float]]:
        """95 % interval of the paired difference, resampling whole diseases."""
        disease = np.unique(self.disease[self.queries], return_inverse=True)[1]
        count = np.bincount(disease)
        rng = np.random.default_rng(SEED)
        drawn = rng.multinomial(len(count), np.full(len(count), 1 / len(count)), size=RESAMPLES)
        interval = {}
        for figure, value in (("top1", lambda r: r <= 1), ("top10", lambda r: r <= 10), ("mrr", lambda r: 1 / r)):
            gain = np.bincount(disease, weights=value(ranks).astype(float) - value(others).astype(float))
            means = drawn @ gain / (drawn @ count)
            interval[figure] = [float(x) for x in np.quantile(means, [0.025, 0.975])]
        return interval


@dataclass(frozen=True)
class Parts:
    """The parts of the index's score, each float32 queries × patients, in 0…1."""

    names: tuple[str, ...]
    values: tuple[Any, ...]

    def mixed(self, weights: Iterable[float]) -> Any:
        total = np.zeros_like(self.values[0])
        for weight, value in zip(weights, self.values, strict=True):
            total += np.float32(weight) * value
        return total


def parts_of(knowledge: Knowledge, collection: Collection, profiles: Sequence[Profile], genes: bool) -> Parts:
    """The parts as the index itself computes them, one at a time by taking the others' factors away.

    Each without its weight: 1 is the same findings, the same diseases, the same single gene.
    """
    snapshot = Snapshot.of(CaseModel.of(knowledge), ((f"{i:06d}", profile) for i, profile in enumerate(profiles)))
    segment = snapshot.parts[0].segment
    place = np.array([int(segment.ids[row]) for row in range(segment.rows)])
    whole = (WEIGHTS.query_share + WEIGHTS.disease_bridge) * (1 + WEIGHTS.shared_gene if genes else 1)
    names = ("query_share", "disease_bridge", "shared_gene") if genes else ("query_share", "disease_bridge")
    values = [np.zeros((len(collection.queries), len(profiles)), dtype=np.float32) for _ in names]
    for i, number in enumerate(collection.queries):
        query = Query.of(snapshot.model, profiles[number], use_genes=genes)
        alone = replace(query, gene_factor=0.0, bridge_factor=0.0)
        rows, found, _ = alone.scan(segment, 0, 0.0, None)
        values[0][i, place[rows]] = found * (whole / WEIGHTS.query_share)
        bridge = replace(query, gene_factor=0.0).extras(segment)
        values[1][i, place] = bridge * (whole / WEIGHTS.disease_bridge)
        if genes:
            values[-1][i, place] = replace(query, bridge_factor=0.0).extras(segment) / max(query.gene_factor, 1e-9)
    return Parts(names, tuple(values))


def fitted_elsewhere(
    collection: Collection, parts: Parts, shipped: Any, candidates: int = 300
) -> tuple[Any, list[Any]]:
    """Scores by weights fitted on the diseases of the other folds, and those weights.

    A softmax over each query's `candidates` best by the shipped weights; diseases weigh by the root of their patients.
    """
    scores = np.empty_like(shipped)
    best = np.argpartition(-np.where(_library(collection), shipped, -np.inf), candidates, axis=1)[:, :candidates]
    features = np.stack([np.take_along_axis(value, best, 1) for value in parts.values], axis=-1).astype(np.float64)
    disease = collection.disease[collection.queries]
    same = collection.disease[best] == disease[:, None]
    importance = 1 / np.sqrt(np.bincount(disease)[disease])
    all_weights = []
    for fold in range(FOLDS):
        held_out = collection.fold[disease] == fold
        usable = collection.fold[collection.disease[best]] != fold
        train = np.flatnonzero(~held_out & (same & usable).any(axis=1))
        weights = _fit(features[train], same[train] & usable[train], usable[train], importance[train])
        all_weights.append((weights / weights[:2].sum()).round(4).tolist())
        scores[held_out] = parts.mixed(weights)[held_out]
    return scores, all_weights


def _library(collection: Collection) -> Any:
    return collection.publication[collection.queries][:, None] != collection.publication[None]


def _fit(features: Any, same: Any, usable: Any, importance: Any) -> Any:
    def loss(weights: Any) -> tuple[float, Any]:
        logits = np.where(usable, features @ weights, -1e9)
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        right = np.maximum((share * same).sum(axis=1, keepdims=True), 1e-12)
        pull = share - share * same / right
        gradient = np.einsum("qk,qkf->f", pull * importance[:, None], features) / importance.sum()
        return float(-(importance * np.log(right[:, 0])).sum() / importance.sum() + 1e-5 * weights @ weights), (
            gradient + 2e-5 * weights
        )

    return minimize(loss, np.ones(features.shape[-1]), jac=True, method="L-BFGS-B").x


def candidate_lists(knowledge: Knowledge, patients: Sequence[Patient], k: int) -> list[tuple[str, ...]]:
    """For each patient k candidate genes, the true one among k − 1 drawn from all genes of the disease table."""
    pool = sorted({symbol.upper() for symbol in knowledge.diseases.gene_symbols})
    rng = np.random.default_rng(SEED + k)
    lists = []
    for patient in patients:
        drawn = [pool[i] for i in rng.choice(len(pool), k, replace=False)]
        others = [gene for gene in drawn if gene != patient.gene]
        lists.append(tuple([patient.gene] if patient.gene else []) + tuple(others[: k - bool(patient.gene)]))
    return lists


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, help="a random sample of so many queries instead of all")
    options = parser.parse_args(arguments)
    folder = shared_data_folder()
    if folder is None:
        print("the published patients are not beside this checkout: nothing measured", file=sys.stderr)
        return 2
    started = time.process_time()
    knowledge = load(ROOT / "var" / "test-ontology")
    patients = read_patients(folder, knowledge)
    collection = Collection(patients, options.queries)
    print(f"{len(patients)} patients, {len(collection.queries)} queries", flush=True)
    ranks: dict[str, Any] = {}
    fitted: dict[str, Any] = {}

    def report(name: str, scores: Any) -> None:
        ranks[name] = collection.ranks(scores)
        f = collection.figures(ranks[name])
        plain = f"{f['top1'] * 100:5.1f} {f['top10'] * 100:5.1f}  {f['mrr']:.3f}"
        print(
            f"{name:58s} {plain}   {f['macro_top1'] * 100:5.1f} {f['macro_top10'] * 100:5.1f}  {f['macro_mrr']:.3f}",
            flush=True,
        )

    print(f"{'':58s} top-1 top-10 MRR    macro over diseases")
    baselines = Baselines(knowledge, [np.array(p.observed) for p in patients])
    gic = baselines.sim_gic()[collection.queries]
    report("Resnik best-match average", baselines.resnik_average()[collection.queries])
    report("Resnik best matches pooled", baselines.resnik_pooled()[collection.queries])
    report("Jiang-Conrath best matches pooled", baselines.jiang_conrath_pooled()[collection.queries])
    report("simGIC", gic)
    shipped = [WEIGHTS.query_share, WEIGHTS.disease_bridge]

    def index_rows(label: str, profiles: Sequence[Profile], weights: list[float], genes: bool) -> None:
        parts = parts_of(knowledge, collection, profiles, genes)
        scores = parts.mixed(weights)
        report(f"index, {label}", scores)
        elsewhere, fitted[label] = fitted_elsewhere(collection, parts, scores)
        report(f"index, {label}, weights of other diseases", elsewhere)

    own = [p.publication for p in patients]
    clean = [Profile(p.observed, (), (publication,)) for p, publication in zip(patients, own, strict=True)]
    index_rows("own papers' annotations left out", clean, shipped, False)
    index_rows("all annotations", [Profile(p.observed) for p in patients], shipped, False)
    for k in (5, 20):
        lists = candidate_lists(knowledge, patients, k)
        shared = np.array([[len(set(lists[q]) & set(other)) for other in lists] for q in collection.queries])
        report(f"patientMatcher-like weights, {k} genes", 0.75 * shared / k + 0.25 * gic)
        with_genes = [replace(profile, genes=genes) for profile, genes in zip(clean, lists, strict=True)]
        index_rows(f"{k} genes, own papers' annotations left out", with_genes, [*shipped, WEIGHTS.shared_gene], True)

    reference = ranks["Resnik best matches pooled"]
    intervals = {name: collection.difference(rank, reference) for name, rank in ranks.items()}
    name = "index, own papers' annotations left out, weights of other diseases"
    low, high = intervals[name]["top1"]
    print(f"top-1 above pooled Resnik, 95 % interval over diseases: {low * 100:.1f} … {high * 100:.1f} points")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "case_matching.json").write_text(
        json.dumps(
            {
                "patients": len(patients),
                "queries": len(collection.queries),
                "figures": {name: collection.figures(rank) for name, rank in ranks.items()},
                "above_pooled_resnik_95": intervals,
                "weights_by_fold": fitted,
                "weights_shipped": [*shipped, WEIGHTS.shared_gene],
                "cpu_seconds": time.process_time() - started,
            },
            indent=1,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

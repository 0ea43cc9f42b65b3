"""Speed and size: exact search of the case index, disease ranking, cold start; beside hpo3 and semsimian in one run.

``python -m tests.bench.speed`` (minutes; ``--sizes 10000 100000`` leaves the million out). CPU seconds of one thread;
compare ratios, not figures of other machines. Peers run in environments of their own under ``tests/bench/.envs``,
made on the first run. Cases are synthetic, drawn from the disease models.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kakehashi.engines.phenotype.caseindex import CaseIndex, CaseModel, Profile, Snapshot, warm
from kakehashi.engines.phenotype.caseindex.query import Query
from kakehashi.engines.phenotype.knowledge import Knowledge, load
from kakehashi.engines.phenotype.ranking import Evidence, Patient, Ranker
from kakehashi.engines.phenotype.ranking import warm as warm_ranking
from kakehashi.engines.phenotype.synthetic import Drawer
from tests.conftest import ROOT

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000)
QUERIES, CHECKED, K, SEED = 200, 10, 10, 20261121
PEERS = ("hpo3", "semsimian")
ONE_THREAD = dict.fromkeys(("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def drawn_profiles(knowledge: Knowledge, n: int, seed: int) -> list[Profile]:
    drawn = Drawer(knowledge).profiles(n, seed=seed)
    return [Profile(tuple(drawn.indices[drawn.indptr[i] : drawn.indptr[i + 1]].tolist())) for i in range(n)]


def timed(work: Callable[[Profile], object], profiles: Sequence[Profile]) -> dict[str, float]:
    """Mean, 95th percentile and maximum in milliseconds of CPU time, after a few rounds of warming up."""
    for profile in profiles[:5]:
        work(profile)
    taken = []
    for profile in profiles:
        started = time.process_time()
        work(profile)
        taken.append((time.process_time() - started) * 1e3)
    return {"mean": float(np.mean(taken)), "p95": float(np.quantile(taken, 0.95)), "max": float(np.max(taken))}


def scored_alone(snapshot: Snapshot, profile: Profile) -> list[tuple[str, float]]:
    """The best K by scoring every case in full and sorting all of them: what the pruned search must equal."""
    segment = snapshot.parts[0].segment
    rows, scores, scored = Query.of(snapshot.model, profile).scan(segment, 0, 0.0, None)
    assert scored == segment.rows
    kth = np.partition(scores, len(scores) - K)[len(scores) - K]
    best = sorted((-scores[i], segment.ids.encoded(int(rows[i]))) for i in np.flatnonzero(scores >= kth))
    return [(name.decode(), min(-score, 1.0)) for score, name in best[:K]]


def growth(knowledge: Knowledge, sizes: Sequence[int]) -> list[dict[str, Any]]:
    model = CaseModel.of(knowledge)
    warm(model)
    queries = drawn_profiles(knowledge, QUERIES, SEED + 1)
    lines = []
    heads = ("build s", "MB", "mean ms", "p95", "max", "in full", "all ms")
    print(f"{'cases':>10}" + "".join(f"{head:>9}" for head in heads) + "  equal")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            index = CaseIndex.open(Path(folder), model)
            started = time.process_time()
            index.rebuild((f"{i:07d}", profile) for i, profile in enumerate(drawn_profiles(knowledge, size, SEED)))
            build_s = time.process_time() - started
            snapshot = CaseIndex.open(Path(folder), model).snapshot()
            bytes_on_disk = sum(file.stat().st_size for file in Path(folder).iterdir())
            search = timed(lambda profile, s=snapshot: s.search(profile, K), queries)
            segment = snapshot.parts[0].segment
            in_full = np.mean([Query.of(model, q).scan(segment, K, 0.0, None)[2] for q in queries[:50]]) / size
            equal = all(
                [(m.id, m.score) for m in snapshot.search(q, K)] == scored_alone(snapshot, q) for q in queries[:CHECKED]
            )
            brute = timed(lambda profile, s=snapshot: scored_alone(s, profile), queries[:5])
        line = {
            "cases": size,
            "build_s": build_s,
            "megabytes": bytes_on_disk / 1e6,
            "search_ms": search,
            "scored_in_full": float(in_full),
            "brute_force_ms": brute,
            "equal_to_brute_force": equal,
        }
        lines.append(line)
        figures = (build_s, line["megabytes"], *search.values())
        numbers = "".join(f"{figure:9.1f}" for figure in figures)
        print(f"{size:>10,}{numbers}{in_full:>9.2%}{brute['mean']:9.1f}  {equal}", flush=True)
    return lines


def peers(knowledge: Knowledge) -> dict[str, Any]:
    """What hpo3 and semsimian take for the same kind of comparison on the same synthetic cases."""
    ontology = knowledge.ontology
    cases = [[ontology.id(t) for t in profile.observed] for profile in drawn_profiles(knowledge, 100, SEED + 2)]
    edges = [(ontology.id(i), ontology.id(int(parent))) for i in range(ontology.n) for parent in ontology.parents(i)]
    answers: dict[str, Any] = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"cases": cases, "edges": edges, "pairs": 5000, "ranked": 3}, file)
        file.flush()
        for peer in PEERS:
            python = HERE / ".envs" / peer / "bin" / "python"
            try:
                if not python.exists():
                    subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
                    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer]
                    subprocess.run(pip, check=True, timeout=600)
                command = [str(python), str(HERE / "peerspeed.py"), peer, file.name]
                done = subprocess.run(
                    command, check=True, capture_output=True, text=True, timeout=900, env={**os.environ, **ONE_THREAD}
                )
                answers[peer] = json.loads(done.stdout)
            except (subprocess.SubprocessError, OSError, ValueError) as error:
                print(f"{peer}: not measured ({type(error).__name__})", file=sys.stderr)
    return answers


def ranking(knowledge: Knowledge) -> dict[str, float]:
    """Ranking all OMIM diseases for a patient, the ten best explained."""
    ranker = Ranker(knowledge)
    warm_ranking(ranker)

    def explained(profile: Profile) -> list[Evidence]:
        return [disease.evidence for disease in ranker.rank(Patient(observed=profile.observed)).diseases]

    return timed(explained, drawn_profiles(knowledge, QUERIES, SEED + 3))


def cold_start() -> float:
    """Wall seconds of ``kakehashi rank`` on one patient in a fresh process, everything compiled before."""
    with tempfile.TemporaryDirectory() as folder:
        patient = Path(folder) / "patient.json"
        features = [{"type": {"id": term}} for term in ("HP:0001305", "HP:0007033", "HP:0001274", "HP:0011344")]
        patient.write_text(json.dumps({"id": "one", "subject": {"id": "one"}, "phenotypicFeatures": features}))
        environment = {**os.environ, "KAKEHASHI_HOME": str(ROOT / "var"), "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-c", "from kakehashi.cli import main; main()", "rank", str(patient)]
        walls = []
        for _ in range(4):
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            walls.append(time.perf_counter() - started)
    return min(walls[1:])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args(arguments)
    knowledge = load(ROOT / "var" / "test-ontology")
    results: dict[str, Any] = {"growth": growth(knowledge, options.sizes)}
    largest = results["growth"][-1]
    ours = {name: largest[name]["mean"] / 1e3 / largest["cases"] * 1e6 for name in ("search_ms", "brute_force_ms")}
    results["peers"] = peers(knowledge)
    print("\nCPU seconds per million comparisons of two cases")
    print(f"  case index, exact top {K:<3} {ours['search_ms']:9.3f}")
    print(f"  case index, every case   {ours['brute_force_ms']:9.3f}")
    for peer, answer in results["peers"].items():
        seconds = answer["seconds_per_million"]
        print(f"  {peer:24} {seconds:9.1f}   {seconds / ours['search_ms']:,.0f} times the exact search")
    results["ranking_ms"] = ranking(knowledge)
    print(f"\nranking all OMIM diseases, ms a patient: {results['ranking_ms']['mean']:.2f} mean", end="")
    print(f", {results['ranking_ms']['p95']:.2f} p95", end="")
    if "hpo3" in results["peers"]:
        print(f"; hpo3 {results['peers']['hpo3']['rank_ms']:.0f}", end="")
    results["cold_start_s"] = cold_start()
    print(f"\ncold start of `kakehashi rank` on one patient: {results['cold_start_s']:.2f} s wall")
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "speed.json").write_text(json.dumps(results, indent=1))
    return 0 if all(line["equal_to_brute_force"] for line in results["growth"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

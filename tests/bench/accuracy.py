"""Accuracy of disease ranking on the published patients, plain and with their own publication left out.

    python -m tests.bench.accuracy [--sample N] [--without-hpo3]

Every patient is ranked with weights fitted without her disease (ranking_folds.json). See README.md in this folder.
"""

import argparse
import dataclasses
import json
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from kakehashi.engines.phenotype.knowledge import Knowledge, load
from kakehashi.engines.phenotype.ranking import Ranker, Ranking, SolvedCases
from kakehashi.engines.phenotype.ranking.calibration import posterior
from kakehashi.engines.phenotype.ranking.parameters import Parameters, fitted, from_json
from kakehashi.engines.phenotype.ranking.standing import Standing
from kakehashi.engines.phenotype.sources import embedded_release
from tests.bench.fit_ranking import FOLDS_FILE
from tests.bench.judging import area_under_curve, calibration, compare, figures, mid_rank
from tests.bench.published_patients import FOLDS, Published, as_solved, is_untouched, read_published
from tests.bench.similarity_baselines import NAMES, SimilarityBaselines

RESULTS = Path(__file__).parent / "results" / "accuracy.json"
HPO3 = Path(__file__).parent / ".envs" / "hpo3" / "bin" / "python"
HPO3_PATIENTS = 60
HPO3_METHODS = {"hpo3 graphic funSimAvg": ["graphic", "funSimAvg"], "hpo3 Resnik BMA": ["resnik", "BMA"]}
PROTOCOLS = ("plain", "left out, pooled rows too", "left out, pooled rows kept")
OURS, SOLVED, PROTOTYPE = "Kakehashi", "Kakehashi + solved cases", "likelihood-ratio prototype"
Ranks = dict[str, dict[str, np.ndarray]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, help="judge only so many patients, drawn with a fixed seed")
    options.add_argument("--without-hpo3", action="store_true")
    chosen = options.parse_args()
    knowledge = load()
    library = read_published(knowledge)
    judged = library
    if chosen.sample:
        places = np.random.default_rng(0).choice(len(library), chosen.sample, replace=False)
        judged = [library[i] for i in sorted(places)]
    known = [one for one in judged if one.disease is not None]
    diseases = np.array([one.disease_id for one in known])
    result: dict[str, object] = {
        "release": knowledge.fingerprint,
        "patients": len(judged),
        "patients_of_annotated_diseases": len(known),
        "without_any_annotation_when_left_out": emptied(knowledge, known),
    }
    ranks: Ranks = {protocol: {} for protocol in PROTOCOLS}
    result["ours"] = judge_ours(knowledge, judged, library, ranks)
    judge_baselines(knowledge, known, ranks)
    result["figures"] = {
        protocol: {name: dataclasses.asdict(figures(values, diseases)) for name, values in by_name.items()}
        for protocol, by_name in ranks.items()
    }
    result["difference_to_kakehashi"] = {
        protocol: {name: compare(by_name[OURS], values, diseases) for name, values in by_name.items() if name != OURS}
        for protocol, by_name in ranks.items()
    }
    show(result)
    if not chosen.without_hpo3 and HPO3.exists():
        result["hpo3"] = judge_hpo3(knowledge, known, ranks)
        print(f"hpo3 and ours on {result['hpo3']['patients']} patients: {rounded(result['hpo3'])}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1), encoding="utf-8")


def rank_options(protocol: str) -> dict[str, object]:
    return {
        "leave_publication_out": protocol != PROTOCOLS[0],
        "pooled_rows": "keep" if protocol == PROTOCOLS[2] else "drop",
    }


def emptied(knowledge: Knowledge, known: list[Published]) -> dict[str, int]:
    """How many patients' diseases have no finding left, by protocol."""
    ranker = Ranker(knowledge)
    count = {}
    for protocol in PROTOCOLS:
        empty = 0
        for one in known:
            standing = ranker.standing_for(one.patient, **rank_options(protocol))["OMIM"]
            traits = standing.model.traits if standing.changed is None else standing.changed.traits
            empty += int(traits.findings[standing.model.column(one.disease)] == 0)
        count[protocol] = empty
    return count


def judge_ours(knowledge: Knowledge, judged: list[Published], library: list[Published], ranks: Ranks) -> dict:
    """Fills `ranks` with ours, with and without solved cases and candidate genes; calibration, unknown, CPU time."""
    folds = [from_json(json.dumps(one)) for one in json.loads(FOLDS_FILE.read_text(encoding="utf-8"))]
    solved = SolvedCases(knowledge, as_solved(library))
    symbols = np.array(knowledge.diseases.gene_symbols)
    everything = np.arange(len(judged))
    is_known = np.array([one.disease is not None for one in judged])
    untouched = np.array([one.disease is None or is_untouched(one, knowledge) for one in judged])
    report: dict[str, object] = {}
    for protocol in PROTOCOLS:
        options = rank_options(protocol)
        found: dict[str, np.ndarray] = defaultdict(lambda: np.full(len(judged), np.inf))
        said: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(judged)))
        seconds = 0.0
        for fold in range(FOLDS):
            ranker = Ranker(knowledge, parameters=folds[fold])
            informed = Ranker(knowledge, parameters=folds[fold], solved=solved)
            for i in everything[[one.fold == fold for one in judged]].tolist():
                one = judged[i]
                started = time.process_time()
                ranking = ranker.rank(one.patient, **options)
                seconds += time.process_time() - started
                if not ranking.diseases:  # nothing is said of her but what was absent: not ranked, so missed
                    continue
                said["probability"][i] = ranking.diseases[0].probability
                said["correct"][i] = ranking.diseases[0].index == one.disease
                said["share_of_ten"][i] = ranking.sufficiency.share * (1 - ranking.unknown_probability)
                said["unknown"][i] = ranking.unknown_probability
                if protocol != PROTOCOLS[0]:
                    with_solved = informed.rank(one.patient, **options)
                    said["probability_solved"][i] = with_solved.diseases[0].probability
                    said["correct_solved"][i] = with_solved.diseases[0].index == one.disease
                if one.disease is None:
                    continue
                found[OURS][i] = ranking.mid_rank(one.disease)
                standing = ranker.standing_for(one.patient, **options)["OMIM"]
                said["unknown_when_removed"][i] = without_truth(ranking, one.disease, standing, folds[fold])
                if protocol != PROTOCOLS[0]:
                    found[SOLVED][i] = with_solved.mid_rank(one.disease)
                for count in (5, 20):
                    found[f"{OURS} + {count} candidate genes"][i] = with_genes(ranker, one, count, symbols, i, options)
        ranks[protocol].update({name: values[is_known] for name, values in found.items()})
        top_ten = np.where(np.isfinite(found[OURS]), found[OURS] <= 10, False)
        report[protocol] = {
            "cpu_ms_a_patient": 1000 * seconds / len(judged),
            "on_all_patients": {
                name: [float((v <= 1).mean()), float((v <= 10).mean()), float((1 / v).mean())]
                for name, v in found.items()
            },
            "calibration": calibration(said["probability"], said["correct"]),
            "calibration_untouched": calibration(said["probability"][untouched], said["correct"][untouched]),
            "calibration_of_first_ten": calibration(said["share_of_ten"], top_ten),
            "calibration_of_unknown": calibration(said["unknown"], ~is_known),
            "unknown": unknown_figures(said, is_known),
        }
        if protocol != PROTOCOLS[0]:
            report[protocol]["calibration_with_solved"] = calibration(
                said["probability_solved"], said["correct_solved"]
            )
    return report


def without_truth(ranking: Ranking, disease: int, standing: Standing, parameters: Parameters) -> float:
    """The unknown share when the true disease is not among the models."""
    scores = ranking.scores.copy()
    scores[np.searchsorted(ranking.indices, disease)] = -np.inf
    observed = ranking.findings.observed
    explained = standing.explained(observed, standing.rows(observed), int(scores.argmax()))
    return posterior(scores, explained, len(observed), parameters.calibration).unknown


def with_genes(ranker: Ranker, one: Published, count: int, symbols: np.ndarray, seed: int, options: dict) -> float:
    """The rank with `count` candidate genes, one of them the causative one."""
    others = np.random.default_rng(seed).choice(symbols, count, replace=False)
    genes = tuple(dict.fromkeys((*one.genes[:1], *others.tolist())))[:count]
    ranking = ranker.rank(dataclasses.replace(one.patient, genes=genes), top=0, **options)
    return ranking.mid_rank(one.disease)


def unknown_figures(said: dict[str, np.ndarray], known: np.ndarray) -> dict[str, float]:
    """How the unknown share tells patients of unknown diseases, and of diseases removed, from the others."""
    present, removed, unannotated = said["unknown"][known], said["unknown_when_removed"][known], said["unknown"][~known]
    return {
        "mean_when_disease_is_known": float(present.mean()),
        "mean_when_true_disease_is_removed": float(removed.mean()),
        "mean_when_disease_is_not_annotated": float(unannotated.mean()) if len(unannotated) else float("nan"),
        "rises_when_true_disease_is_removed": float((removed > present).mean()),
        "recall_when_removed_at_one_in_five_false_alarms": float((removed > np.quantile(present, 0.8)).mean()),
        "area_under_curve_removed": area_under_curve(removed, present),
        "area_under_curve_not_annotated": area_under_curve(unannotated, present) if len(unannotated) else float("nan"),
    }


def prototype_parameters() -> Parameters:
    """The prototype of the anchors: best ratio over ancestors, no kin, no size, no prior."""
    base = fitted()
    profile = dataclasses.replace(base.profile, count_prior_absent=1.0, frequency_not_said=0.5, kin_floor=1e9)
    score = dataclasses.replace(
        base.score, exact_share=0.0, kin_share=0.0, kin_rows=1e-9, finding=1.0, size=0.0, prior_patients=0.0,
        excluded=0.0, onset=0.0, sex=0.0,
    )  # fmt: skip
    return dataclasses.replace(base, profile=profile, score=score)


def judge_baselines(knowledge: Knowledge, known: list[Published], ranks: Ranks) -> None:
    """Fills `ranks` with the baselines."""
    prototype = Ranker(knowledge, parameters=prototype_parameters())
    standing = Ranker(knowledge)
    baselines = SimilarityBaselines(knowledge, next(iter(standing.standings.values())).model)
    for protocol in PROTOCOLS:
        options = rank_options(protocol)
        found = {name: np.full(len(known), np.inf) for name in (PROTOTYPE, *NAMES)}
        for i, one in enumerate(known):
            ranking = prototype.rank(one.patient, top=0, **options)
            found[PROTOTYPE][i] = ranking.mid_rank(one.disease)
            if not ranking.findings.observed:
                for name in NAMES:
                    found[name][i] = (len(ranking.scores) + 1) / 2
                continue
            changed = standing.standing_for(one.patient, **options)["OMIM"].changed
            left_out = changed.left_out if changed else None
            place = int(np.searchsorted(ranking.indices, one.disease))
            for name, scores in baselines.scores(ranking.findings.observed, left_out).items():
                found[name][i] = mid_rank(scores, place)
        ranks[protocol].update(found)


def judge_hpo3(knowledge: Knowledge, known: list[Published], ranks: Ranks) -> dict:
    """hpo3 on a few patients (it takes half a second each), ours on the same ones."""
    places = np.random.default_rng(3).choice(len(known), min(HPO3_PATIENTS, len(known)), replace=False)
    places = np.array([i for i in sorted(places.tolist()) if known[i].patient.observed])
    ranker = Ranker(knowledge)
    diseases = np.array([known[i].disease_id for i in places])
    report: dict[str, object] = {"patients": len(places)}
    for protocol in PROTOCOLS:
        asked = []
        for i in places:
            standing = ranker.standing_for(known[i].patient, **rank_options(protocol))["OMIM"]
            left = {}
            if standing.changed:
                for place, disease in enumerate(standing.changed.left_out.diseases.tolist()):
                    terms = np.flatnonzero(standing.changed.left_out.direct[place] > 0)
                    number = knowledge.diseases.ids[disease].removeprefix("OMIM:")
                    if number.isdigit():
                        left[number] = [knowledge.ontology.id(int(term)) for term in terms]
            observed = sorted(set(known[i].patient.observed))
            asked.append({"terms": [knowledge.ontology.id(term) for term in observed], "left": left})
        task = {"data": str(embedded_release()), "methods": HPO3_METHODS, "patients": asked}
        script = Path(__file__).with_name("hpo3_ranking.py")
        done = subprocess.run([HPO3, script], input=json.dumps(task), capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        report[protocol] = {OURS: dataclasses.asdict(figures(ranks[protocol][OURS][places], diseases))}
        for name in HPO3_METHODS:
            found = []
            for i, answer in zip(places, answers, strict=True):
                numbers = list(answer[name])
                scores = np.array(list(answer[name].values()))
                place = numbers.index(known[i].disease_id.removeprefix("OMIM:"))
                found.append(mid_rank(scores, place))
            report[protocol][name] = dataclasses.asdict(figures(np.array(found), diseases))
            report[protocol][f"{name}, difference"] = compare(ranks[protocol][OURS][places], np.array(found), diseases)
        report[protocol]["cpu_ms_a_patient"] = 1000 * float(np.mean([answer["cpu_seconds"] for answer in answers]))
    return report


def show(result: dict) -> None:
    console = Console(width=140)
    console.print(
        f"{result['patients']} patients, {result['patients_of_annotated_diseases']} of diseases that phenotype.hpoa "
        f"annotates; without any annotation left: {result['without_any_annotation_when_left_out']}"
    )
    for protocol, by_name in result["figures"].items():
        table = Table(title=f"{protocol}: OMIM diseases, strict id, ties as mid-rank", title_justify="left")
        for heading in ("method", "top-1 %", "top-10 %", "MRR", "macro top-1/10 %", "ours − this, top-1 (95 %)"):
            table.add_column(heading, justify="left" if heading == "method" else "right")
        for name, one in by_name.items():
            against = result["difference_to_kakehashi"][protocol].get(name)
            table.add_row(
                name,
                f"{100 * one['top_1']:.1f}",
                f"{100 * one['top_10']:.1f}",
                f"{one['mrr']:.3f}",
                f"{100 * one['macro_top_1']:.1f} / {100 * one['macro_top_10']:.1f}",
                "" if against is None else "{:+.1f} ({:+.1f} … {:+.1f})".format(*(100 * x for x in against["top_1"])),
            )
        console.print(table)
        ours = result["ours"][protocol]
        console.print(f"  on all patients, unannotated ones as missed: {rounded(ours['on_all_patients'])}")
        console.print(f"  CPU {ours['cpu_ms_a_patient']:.2f} ms a patient")
        for name in ours:
            if name.startswith("calibration"):
                bins = " ".join(f"{said:.2f}→{was:.2f} ({count})" for count, said, was in ours[name]["bins"])
                console.print(f"  {name}: ECE {ours[name]['expected_calibration_error']:.3f}; {bins}", soft_wrap=True)
        console.print(f"  unknown share: {rounded(ours['unknown'])}", soft_wrap=True)


def rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


if __name__ == "__main__":
    main()

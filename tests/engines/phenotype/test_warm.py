"""After warming up the first answer compiles nothing more: looked at in a fresh process, which has nothing compiled."""

import json
import subprocess
import sys

from tests.conftest import ROOT

ASKED = """
import json
from pathlib import Path
from kakehashi.engines.phenotype import caseindex, ranking
from kakehashi.engines.phenotype.knowledge import load
known = load(Path("var/test-ontology"))
ranker, model = ranking.Ranker(known), caseindex.CaseModel.of(known)
ranking.warm(ranker)
caseindex.warm(model)
from kakehashi.engines.phenotype.caseindex import kernels as index_kernels
from kakehashi.engines.phenotype.caseindex.snapshot import Snapshot
from kakehashi.engines.phenotype.ranking import kernels as ranking_kernels
def compiled():
    parts = (vars(index_kernels), vars(ranking_kernels))
    return {name: len(one.signatures) for part in parts for name, one in part.items() if hasattr(one, "signatures")}
warmed = compiled()
terms = tuple(known.ontology.index(term) for term in ("HP:0001250", "HP:0000252", "HP:0001274"))
profile = caseindex.Profile(terms, ("SCN1A",))
Snapshot.of(model, [("one", profile), ("other", caseindex.Profile(terms[:1], ()))]).search(profile, 2)
found = ranker.rank(ranking.Patient(terms[:2], terms[2:], genes=("SCN1A",)))
[found.evidence(disease.index) for disease in found.diseases], found.questions
print(json.dumps([warmed, compiled()]))
"""


def test_the_first_answer_after_warming_up_compiles_nothing(knowledge):
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True)
    warmed, answered = json.loads(done.stdout)
    assert warmed == answered
    assert warmed["scan"] == 1
    assert warmed["meet"] > 0

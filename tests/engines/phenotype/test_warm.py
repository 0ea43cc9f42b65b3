"""Warming up compiles every loop that the first answer needs: looked at in a fresh process, which has none compiled."""

import subprocess
import sys

from tests.conftest import ROOT

ASKED = """
from pathlib import Path
from kakehashi.engines.phenotype import caseindex, ranking
from kakehashi.engines.phenotype.knowledge import load
known = load(Path("var/test-ontology"))
ranking.warm(ranking.Ranker(known))
caseindex.warm(caseindex.CaseModel.of(known))
from kakehashi.engines.phenotype.caseindex import kernels as index_kernels
from kakehashi.engines.phenotype.ranking import kernels as ranking_kernels
loops = [one for part in (index_kernels, ranking_kernels) for one in vars(part).values() if hasattr(one, "signatures")]
print(len(loops), sum(bool(one.signatures) for one in loops))
"""


def test_warming_up_compiles_every_loop(knowledge):
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True)
    there, compiled = map(int, done.stdout.split())
    assert there == compiled > 10

"""The loops give the same numbers by hand and compiled; numba is not needed for a single patient."""

import os
import subprocess
import sys

import numpy as np
import pytest

from kakehashi.engines.phenotype.ranking import Patient, by_hand, kernels, pace
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood

FINDINGS = ("HP:0001305", "HP:0007033", "HP:0001274", "HP:0011344", "HP:0001250", "HP:0002090", "HP:0000407")


@pytest.fixture
def terms(release):
    return tuple(release.ontology.index(term) for term in FINDINGS)


@pytest.fixture
def unhurried(monkeypatch):
    """Make the process take the form of the loops that a test asks for."""

    def take(form):
        for module in ("likelihood", "evidence", "outlook"):
            monkeypatch.setattr(f"kakehashi.engines.phenotype.ranking.{module}.loops_in_force", lambda: form)

    return take


def everything(ranking):
    return [
        ranking.scores.tolist(),
        ranking.unknown_probability,
        ranking.questions,
        [(one.rank, one.id, one.probability, one.evidence) for one in ranking.diseases],
    ]


@pytest.mark.parametrize("left_out", [False, True])
def test_by_hand_and_compiled_agree_to_the_bit(release, ranker, terms, unhurried, monkeypatch, left_out):
    monkeypatch.setattr(
        Likelihood, "of", staticmethod(lambda *arguments: Likelihood(*arguments))
    )  # rows of its own for each form
    likely = ranker.rank(Patient(terms)).diseases[0].index
    publication = release.diseases.references(release.diseases.rows(likely).start)[0]
    patient = Patient(terms[:5], terms[5:], publications=(publication,))
    answers = []
    for form in (by_hand, kernels):
        unhurried(form)
        fresh = type(ranker)(ranker.knowledge)
        answers.append(everything(fresh.rank(patient, leave_publication_out=left_out, pooled_rows="drop")))
    assert answers[0] == answers[1]


def test_a_row_is_the_same_with_and_without_its_kept_trunk(ranker, terms):
    likelihood = ranker.standings["OMIM"].likelihood
    for term in terms:
        whole = likelihood._compute(term, likelihood.model.background.copy())
        assert np.array_equal(likelihood.row(term), whole)


def test_compiled_loops_take_over_after_some_rows(monkeypatch):
    monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(pace, "_rows", 0)
    assert pace.loops_in_force() is by_hand
    monkeypatch.setattr(pace, "_rows", pace.ROWS_BY_HAND)
    assert pace.loops_in_force() is kernels


def test_one_patient_needs_neither_numba_nor_scipy(release):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from kakehashi.engines.phenotype.knowledge import load\n"
        "from kakehashi.engines.phenotype.ranking import Patient, Ranker\n"
        "ranking = Ranker(load(Path(sys.argv[1]))).rank(Patient((100, 200, 300)))\n"
        "assert ranking.diseases[0].evidence and ranking.questions\n"
        "assert not {'numba', 'scipy'} & set(sys.modules)\n"
    )
    folder = release.folder.path.parent.parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, env=environment)

"""Compile the loops once at set-up, so that no clinician waits for it."""

from __future__ import annotations

from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.snapshot import Snapshot


def warm(model: CaseModel) -> None:
    """Run a search over one case: numba keeps what it compiles (some seconds the first time, then nothing)."""
    profile = Profile(tuple(model.ontology.descendants(model.ontology.phenotype_root)[1:4].tolist()), ("GENE",))
    snapshot = Snapshot.of(model, [("warm", profile)])
    snapshot.search(profile, 1, snapshot.only(["warm"]))

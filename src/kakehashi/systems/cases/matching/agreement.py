"""Whether the case index holds what the database says it must: looked at, nothing mended."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from kakehashi.engines.phenotype.caseindex import CaseIndex, CaseModel, IndexDamaged, IndexOutdated
from kakehashi.engines.phenotype.caseindex.profile import tidy_genes
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import FINDABLE

COMPARED = 500
"""Of so many cases, drawn anew each time, the findings and genes are compared as well."""


@dataclass(frozen=True)
class Agreement:
    """How index and database compare.

    ``indexed``: cases in the index. ``waiting``: changed since they were put there; the next search does it.
    ``missing``: case ids that the database says are in the index and are not; ``strangers``: ids in the index that it
    must not hold; ``different``: ids whose findings or genes are others. ``readable``: False when the index cannot be
    read at all (damaged, or of another release); it is made anew at the next opening.
    """

    indexed: int = 0
    waiting: int = 0
    missing: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    readable: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong that will not be put right by itself."""
        return not (self.missing or self.strangers or self.different)


def compare(compared: int = COMPARED) -> Agreement:
    """Compare every id, and the content of ``compared`` cases, with others writing meanwhile.

    Whoever changes the index does so in a transaction that only one process has at a time, so both are read in one.
    """
    model = CaseModel.of(vocabulary.knowledge())
    assert model.signature  # made before anything is locked: it takes a while
    try:
        with transaction.atomic():
            similar.alone()
            snapshot = CaseIndex.open(similar.folder(), model).snapshot()
            held = set(snapshot.ids())
            settled = Case.objects.filter(indexed_revision=F("revision"))
            wanted = set(settled.filter(state__in=FINDABLE).values_list("public_id", flat=True))
            unsettled = set(Case.objects.not_indexed().values_list("public_id", flat=True))
            drawn = random.Random().sample(sorted(wanted & held), min(compared, len(wanted & held)))  # noqa: S311
            described = dict(settled.filter(public_id__in=drawn).values_list("public_id", "description"))
    except (IndexDamaged, IndexOutdated):
        return Agreement(readable=False)
    different = []
    for public_id in drawn:
        said, kept = similar.profile_of(Description.model_validate(described[public_id])), snapshot.profile(public_id)
        wanted_terms, wanted_genes = set(model.tidy(said.observed).tolist()), set(tidy_genes(said.genes))
        if kept is None or set(kept.observed) != wanted_terms or set(kept.genes) != wanted_genes:
            different.append(public_id)
    return Agreement(
        indexed=len(held),
        waiting=len(unsettled),
        missing=tuple(sorted(wanted - held)),
        strangers=tuple(sorted(held - wanted - unsettled)),
        different=tuple(different),
    )

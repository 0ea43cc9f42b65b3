"""Similar cases: the case index of this node, kept in step with the database, searched within what one may see.

The database says which cases the index must hold (registered, in their current revision) and, in each row, which
revision it holds. A change of a case leaves the two apart in the very transaction that makes it; bringing them
together is idempotent and runs after the commit, before every search and when a process first opens the index. A
process killed anywhere in between leaves work for the next one, never a wrong answer for long.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from kakehashi.engines.phenotype.caseindex import (
    CaseIndex,
    CaseModel,
    Explanation,
    IndexDamaged,
    IndexOutdated,
    Profile,
    explain_many,
)
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.kernel import locks
from kakehashi.kernel.sharing.asked import keyed_profile
from kakehashi.kernel.sharing.asking import TOLD_FROM
from kakehashi.systems.cases import genenames, queries, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.linkage.registrations import more_than_once, others_of
from kakehashi.systems.cases.matching.sifting import most_similar
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.queries import usable_cases
from kakehashi.systems.cases.states import FINDABLE

AT_ONCE = 1000
ALIKE_FROM = TOLD_FROM
"""From this similarity on a case is called alike: from which also one answers that shows no more than its existence."""

_indexes: dict[tuple[Path, str], CaseIndex] = {}
_opening = threading.Lock()


@dataclass(frozen=True)
class SimilarCase:
    """A case someone may see, how similar it is (0–1), and why."""

    rank: int
    case: Case
    score: float
    explanation: Explanation

    @property
    def diagnosis(self) -> str:
        """The name of the disease it was diagnosed with, in the language in force; "" without a diagnosis."""
        return queries.diagnosis_of(self.case)

    @property
    def diagnosis_code(self) -> str:
        """By what number people know that disease; "" where they know it by none."""
        return vocabulary.disease_code(self.case.diagnosis)


def folder() -> Path:
    """Where this node's index lies."""
    return Path(settings.HOME) / "case-index"


def profile_of(description: Description) -> Profile:
    """A patient as the index compares it: present findings and candidate genes; what was absent never counts."""
    ontology = vocabulary.knowledge().ontology
    return Profile.of_terms(
        ontology,
        (finding.term for finding in description.present),
        genes=tuple(gene.upper() for gene in genenames.current_genes(description)),
    )


def profile_key(description: Description) -> str:
    """What a patient is compared by, as a hash that tells descriptions apart for the bounds of asking."""
    return keyed_profile([*(finding.term for finding in description.present), *map(str.upper, description.all_genes)])


def case_index() -> CaseIndex:
    """The index, opened once a process for each release and brought into agreement with the database then.

    Opening may write, so the right to write comes first and the lock of this process second, as for a handler that
    needs the index in the middle of its transaction: the other way round the two would wait for each other.
    """
    known = vocabulary.knowledge()
    key = (folder(), known.fingerprint)
    found = _indexes.get(key)
    if found is not None:
        return found
    model = _ready(known)
    with transaction.atomic():
        alone()
        with _opening:
            found = _indexes.get(key)
            if found is None:
                found = _opened(model)
                _indexes.clear()
                _indexes[key] = found
            return found


def _ready(known: Knowledge) -> CaseModel:
    """The model with what opening asks of it: before anything is locked, since it takes a while."""
    model = CaseModel.of(known)
    assert model.signature
    return model


def _opened(model: CaseModel) -> CaseIndex:
    try:
        index = CaseIndex.open(folder(), model)
    except (IndexDamaged, IndexOutdated):
        index = CaseIndex(folder(), model)
        _rebuild(index)
        return index
    if len(index) != Case.objects.filter(state__in=FINDABLE, indexed_revision__gt=0).count():
        bring_up_to_date(index)
        if len(index) != Case.objects.filter(state__in=FINDABLE, indexed_revision__gt=0).count():
            _rebuild(index)
    return index


def bring_up_to_date(index: CaseIndex | None = None) -> int:
    """Put every case into the index that changed since it was last put there; how many did."""
    waiting = Case.objects.not_indexed()
    done = 0
    while waiting.exists():
        index = index or case_index()
        with transaction.atomic():
            alone()
            rows = list(waiting.values_list("pk", "public_id", "revision", "state", "description")[:AT_ONCE])
            if not rows:  # another process was quicker
                continue
            put = [
                (public_id, profile_of(Description.model_validate(described)))
                for _pk, public_id, _revision, state, described in rows
                if state in FINDABLE
            ]
            index.change(put=put, withdraw=[row[1] for row in rows if row[3] not in FINDABLE])
            for pk, _public_id, revision, _state, _described in rows:
                Case.objects.filter(pk=pk).update(indexed_revision=revision)
        done += len(rows)
    return done


def rebuild() -> int:
    """Make the whole index anew from the registered cases; how many there are."""
    index = CaseIndex(folder(), CaseModel.of(vocabulary.knowledge()))
    count = _rebuild(index)
    with _opening:
        _indexes.clear()
    return count


def _rebuild(index: CaseIndex) -> int:
    with transaction.atomic():
        alone()
        taken: dict[int, list[int]] = {}  # revision → the cases that stood at it before the index was read
        for pk, revision in Case.objects.values_list("pk", "revision").iterator():
            taken.setdefault(revision, []).append(pk)
        index.rebuild(_registered_profiles())
        for revision, pks in taken.items():  # who changed a case meanwhile finds it waiting still
            for start in range(0, len(pks), AT_ONCE):
                Case.objects.filter(pk__in=pks[start : start + AT_ONCE]).update(indexed_revision=revision)
    return len(index)


def _registered_profiles() -> Iterator[tuple[str, Profile]]:
    rows = Case.objects.filter(state__in=FINDABLE).order_by("pk").values_list("public_id", "description")
    for public_id, described in rows.iterator(chunk_size=2000):
        yield public_id, profile_of(Description.model_validate(described))


def alone() -> None:
    """Inside a transaction: from here to its end, one process at a time reads what waits and writes it."""
    locks.alone("case-index")


def similar_to_case(person: Any, case: Case, *, k: int = 10) -> list[SimilarCase]:
    """The k cases most similar to a case among those ``person`` may see: never itself, nor one of the same patient."""
    same = others_of(case.pk).values_list("public_id", flat=True)
    return find_similar(person, case.described, k=k, but=[case.public_id, *same])


def find_similar(
    person: Any, description: Description, *, k: int = 10, but: Collection[str] = (), use_genes: bool = True
) -> list[SimilarCase]:
    """The k most similar registered cases among those ``person`` may see, without the case ids in ``but``; of one
    patient whom two hospitals registered, the more similar one."""
    bring_up_to_date()
    snapshot = case_index().snapshot()
    profile = profile_of(description)
    if not (profile.observed or profile.genes):
        return []
    visible = usable_cases(person).filter(state__in=FINDABLE)
    left_out = set(but)
    while True:
        counting = visible.exclude(public_id__in=left_out) if left_out else visible
        matches = most_similar(snapshot, profile, k, counting, use_genes=use_genes)
        cases = {case.public_id: case for case in visible.filter(public_id__in=[match.id for match in matches])}
        found = [match for match in matches if match.id in cases]
        again = more_than_once([cases[match.id].pk for match in found])
        if not again:
            break
        left_out |= {match.id for match in found if cases[match.id].pk in again}
    why = explain_many(snapshot, profile, (match.id for match in found), use_genes=use_genes)
    return [
        SimilarCase(rank=rank, case=cases[match.id], score=match.score, explanation=explanation)
        for rank, (match, explanation) in enumerate(zip(found, why, strict=True), 1)
    ]

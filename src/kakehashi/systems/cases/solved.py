"""Solved cases as further evidence for a case's ranking: registered, with a diagnosis, visible to whom asks.

Default deny: a library holds only what ``usable_cases`` gives the person, and is named by exactly the cases and
revisions in it, so two people who may see different cases never share one. Never the case itself, nor cases of a
publication it stands in, nor another case of the same patient; synthetic cases speak for synthetic patients alone.
Making a library reads only those cases anew that changed since an earlier one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import RankedDisease, Ranker, SolvedCase, SolvedCases
from kakehashi.kernel import audit
from kakehashi.systems.cases import ranking, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.linkage.registrations import more_than_once, others_of
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.queries import usable_cases
from kakehashi.systems.cases.ranking import Beside
from kakehashi.systems.cases.states import FINDABLE

MOST = 1000
"""Of so many solved cases, the latest, a library is made: a large hospital of a nation's node has ten thousand."""
LIBRARIES_KEPT = 32
CASES_KEPT = 20_000
AT_ONCE = 1000

Named = tuple[tuple[int, int], ...]
"""Primary keys and revisions."""

_libraries: OrderedDict[tuple[str, Named], Ranker] = OrderedDict()
_read: OrderedDict[tuple[str, int, int], tuple[SolvedCase, ...]] = OrderedDict()
_making = threading.Lock()


def beside(person: Any, case: Case, description: Description | None = None) -> Beside | None:
    """The solved cases that count beside ``case``, described so if not as it stands; None where there are none."""
    named: Named = tuple(sorted(latest_solved(person, synthetic=case.synthetic).values_list("pk", "revision")))
    if not named:
        return None
    known = vocabulary.knowledge()
    ranker = _ranker(known, named)
    assert ranker.solved is not None
    said = description or case.described
    same = _of_same_patients(case, [pk for pk, _revision in named])
    but = frozenset({case.public_id, *ranker.solved.of_publications(said.publications), *same})
    count = len({*ranker.solved.ids} - but)
    return Beside(ranker, named, but, count) if count else None


def _of_same_patients(case: Case, named: list[int]) -> list[str]:
    """The cases that are no further evidence: of the case's own patient, or of one of whom another is there already."""
    own = others_of(case.pk).values_list("public_id", flat=True)
    again = Case.objects.filter(pk__in=more_than_once(named)).values_list("public_id", flat=True)
    return [*own, *again]


def latest_solved(person: Any, *, synthetic: bool) -> QuerySet[Case]:
    """The latest solved cases that someone may see."""
    solved = usable_cases(person).filter(state__in=FINDABLE, synthetic=synthetic).exclude(diagnosis="")
    latest = (F("pk") + 0).desc()  # by reckoning, not by the key's own index: that would read every case to the end
    return solved.order_by(latest)[:MOST]


def alike(person: Any, diseases: Iterable[RankedDisease]) -> list[Case]:
    """The solved cases that speak for these diseases, each one's most similar first; the reading is recorded."""
    named = [name for disease in diseases for other in disease.evidence.others for name in other.cases]
    if not named:
        return []
    cases = sorted(usable_cases(person).filter(public_id__in=named), key=lambda one: named.index(one.public_id))
    audit.read_of(person, "case", cases, action="case.match")
    return cases


def _ranker(known: Knowledge, named: Named) -> Ranker:
    key = (known.fingerprint, named)
    with _making:
        if key not in _libraries:
            _libraries[key] = Ranker(known, solved=SolvedCases(known, _cases(known, named)))
            while len(_libraries) > LIBRARIES_KEPT:
                _libraries.popitem(last=False)
        _libraries.move_to_end(key)
        return _libraries[key]


def _cases(known: Knowledge, named: Named) -> list[SolvedCase]:
    """The solved cases of these names; only what was not read in this revision before is read."""
    new = [pk for pk, revision in named if (known.fingerprint, pk, revision) not in _read]
    found: dict[int, tuple[SolvedCase, ...]] = {}
    for start in range(0, len(new), AT_ONCE):
        rows = Case.objects.filter(pk__in=new[start : start + AT_ONCE])
        for pk, revision, public_id, described in rows.values_list("pk", "revision", "public_id", "description"):
            description = Description.model_validate(described)
            patient = ranking.patient_of(description, known)
            diagnosed = dict.fromkeys(diagnosis.disease for diagnosis in description.diagnoses)
            found[pk] = tuple(SolvedCase(public_id, disease, patient) for disease in diagnosed)
            _read[known.fingerprint, pk, revision] = found[pk]
    every = [one for pk, revision in named for one in found.get(pk) or _read.get((known.fingerprint, pk, revision), ())]
    while len(_read) > CASES_KEPT:
        _read.popitem(last=False)
    return every

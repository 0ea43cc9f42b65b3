"""Ranked diseases, sufficiency and next questions for a description: the engine's answers, kept while they hold.

The ranker is opened once a process for each release, when it is first needed. An answer depends on the description,
the release and the solved cases beside it and is kept under all three, so that a page, its tabs, its pictures and its
print share one computation, and a case that was edited or a release that was installed never meets an old answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import Patient, Ranker, Ranking
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import Description

KEPT = 64
TOP = 20
MOST = 100


@dataclass(frozen=True)
class Beside:
    """Solved cases beside a patient: a ranker that knows them, their names, who does not count, how many do."""

    ranker: Ranker
    named: tuple[object, ...]
    but: frozenset[str]
    count: int


_rankers: OrderedDict[str, Ranker] = OrderedDict()
_answers: OrderedDict[tuple[object, ...], Ranking] = OrderedDict()
_opening, _keeping = threading.Lock(), threading.Lock()


def ranker(known: Knowledge) -> Ranker:
    """The ranker of a release; the first call in a process opens it, the others wait for that."""
    with _opening:
        found = _rankers.get(known.fingerprint)
        if found is None:
            found = _rankers[known.fingerprint] = Ranker(known)
            while len(_rankers) > 2:
                _rankers.popitem(last=False)
        return found


def patient_of(description: Description, known: Knowledge, *, use_genes: bool = True) -> Patient:
    """The patient as the ranker sees them; terms the node does not know are left aside."""
    ontology = known.ontology

    def indices(terms: list[str]) -> tuple[int, ...]:
        return tuple(index for term in terms if (index := ontology.index(term)) is not None)

    inheritance = indices(list(description.inheritance))
    first = description.first_sign
    return Patient(
        observed=indices([finding.term for finding in description.present]),
        excluded=indices([finding.term for finding in description.absent]),
        genes=tuple(map(genenames.disease_gene, description.all_genes)) if use_genes else (),
        sex=description.sex.upper() if description.sex != "unknown" else None,
        age_days=description.age_days,
        onset=ontology.index(first.term) if first else None,
        onset_days=first.days if first else None,
        inheritance=min(inheritance, default=None),
        publications=description.publications,
    )


def rank(
    description: Description,
    *,
    use_genes: bool = True,
    leave_publication_out: bool = False,
    top: int = TOP,
    beside: Beside | None = None,
) -> Ranking:
    """The known diseases ranked for a description, at most ``top`` of them with labels and evidence.

    ``beside``: the solved cases that count as further evidence (``solved.beside``).
    """
    known = vocabulary.knowledge()
    solved = (beside.named, beside.but) if beside else None
    key = (known.fingerprint, genenames.fingerprint(), description, use_genes, leave_publication_out, top, solved)
    with _keeping:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key]
    answer = (beside.ranker if beside else ranker(known)).rank(
        patient_of(description, known, use_genes=use_genes),
        leave_publication_out=leave_publication_out,
        top=top,
        without_solved=beside.but if beside else (),
    )
    with _keeping:
        _answers[key] = answer
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return answer


def unknown_terms(description: Description) -> list[str]:
    """Findings that this node's release does not know, as "id label": they were not ranked with."""
    return [
        f"{finding.term} {finding.label}".strip()
        for finding in description.findings
        if not vocabulary.is_known(finding.term)
    ]

"""Cases across institutions: the similar ones that a subject may know of, each as far as its registrant shows it.

What ``kernel.sharing`` decides is applied twice: as the filter of which cases are compared at all, and case by case as
how much of each is told. Below the whole record nothing is told but what the question and the case have in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kakehashi.engines.phenotype.caseindex import Explanation, explain_many
from kakehashi.engines.phenotype.caseindex.snapshot import Match
from kakehashi.kernel import audit
from kakehashi.kernel.sharing.asked import answering, ask, refuse_for_now
from kakehashi.kernel.sharing.asking import INSTITUTION, PERSON, TOLD_FROM
from kakehashi.kernel.sharing.decision import Judge, judge, visible_to
from kakehashi.kernel.sharing.models import read_opt_outs
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Subject
from kakehashi.kernel.sharing.subjects import context, institution_acted_for
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.linkage.registrations import more_than_once, others_of
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.sifting import most_similar
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene
from kakehashi.systems.cases.rules import KIND, subject_of
from kakehashi.systems.cases.states import FINDABLE

ANY_NODE = Subject("any node abroad", takes_part=True)
"""A foreign node of which nothing else is known."""
IN_COMMON = 0.25
"""A finding is told as held in common when the common term keeps this share of what the question's finding says."""


@dataclass(frozen=True)
class SharedCase:
    """A case of someone, as far as the asker may know it.

    ``score`` 0–1, rounded to what the level allows; ``findings``: the terms above a finding of each side (HPO ids),
    most telling first; ``genes``: candidate genes of both. Both are empty where only the existence may be known, and
    the score is then that from which on such a case answers at all.
    """

    case: Case
    level: Level
    score: float
    findings: tuple[str, ...]
    genes: tuple[str, ...]


def find_shared(
    subject: Subject,
    description: Description,
    *,
    asker: str,
    k: int = 10,
    purpose: Purpose = Purpose.MATCHING,
    but: QuerySet[Case] | None = None,
    synthetic: bool = True,
) -> list[SharedCase]:
    """The k registered cases most similar to a description among those ``subject`` may know of.

    ``asker``: whose descriptions are counted where only a case's existence may be known (see
    ``kernel.sharing.asking``); ``but``: cases that are left out; ``synthetic``: whether made-up cases are answered with
    too. Best first by what is told; of one patient whom two hospitals registered, only the case that tells more.
    """
    similar.bring_up_to_date()
    asked = context()
    findable = Case.objects.filter(state__in=FINDABLE)
    if not synthetic:
        findable = findable.filter(synthetic=False)
    if but is not None:
        findable = findable.filter(~Exists(but.order_by().filter(pk=OuterRef("pk"))))
    known = findable.filter(visible_to(subject, purpose, asked, KIND))
    profile = similar.profile_of(description)
    if not (profile.observed or profile.genes):
        return []
    snapshot = similar.case_index().snapshot()
    decided = judge(subject, purpose, asked, KIND)
    left_out: set[int] = set()
    while True:
        counting = known.exclude(pk__in=left_out) if left_out else known
        found = _known(most_similar(snapshot, profile, k, counting), findable, decided)
        by_level = sorted(found, key=lambda one: (-one[1], -one[2].score, one[0].public_id))
        again = more_than_once([case.pk for case, _level, _match in by_level])
        if not again:  # before anything is heard: who is left out is asked nothing
            break
        left_out |= again
    hidden = {case.pk: match.score for case, level, match in found if level == Level.EXISTS}
    answers = answering(asker, KIND, hidden, similar.profile_key(description))
    found = [one for one in found if one[1] > Level.EXISTS or one[0].pk in answers]
    why = explain_many(snapshot, profile, (match.id for _case, _level, match in found))
    said = [
        told(case, level, match.score, explanation)
        for (case, level, match), explanation in zip(found, why, strict=True)
    ]
    return sorted(said, key=lambda one: (-one.score, one.case.public_id))  # not by what is not told


def _known(matches: Iterable[Match], findable: QuerySet[Case], decided: Judge) -> list[tuple[Case, Level, Match]]:
    """The cases that match at all, with how much of each may be known now."""
    named = [match for match in matches if match.score > 0]
    rows = findable.filter(public_id__in=[match.id for match in named]).select_related("organisation")
    cases = {case.public_id: case for case in rows}
    read_opt_outs(list(cases.values()))
    levels = {public_id: decided.level(case) for public_id, case in cases.items()}
    return [  # one may have been withdrawn or narrowed in between
        (cases[match.id], levels[match.id], match)
        for match in named
        if levels.get(match.id, Level.NOTHING) > Level.NOTHING
    ]


def find_elsewhere(person: Any, case: Case, *, k: int = 10) -> list[SharedCase]:
    """The most similar cases that a person may know of but not open: those of other institutions. Recorded.

    Raises AskedTooMuch (a NotAllowed) where the person or their institution must wait (see ``kernel.sharing.asking``).
    """
    institution = institution_acted_for(person)
    holder = f"organisation:{institution.pk if institution is not None else 0}"
    about, profile = f"case:{case.pk}", similar.profile_key(case.described)
    for asker, bounds in ((f"person:{person.pk}", PERSON), (holder, INSTITUTION)):
        if (pause := ask(asker, about=about, profile=profile, bounds=bounds)) is not None:
            refuse_for_now(pause, by=person, action="case.told", subject=case, institution=institution)
    left_out = Case.objects.filter(rules.usable_by(person))
    if same := list(others_of(case.pk).values_list("pk", flat=True)):
        left_out = Case.objects.filter(Q(pk__in=left_out.order_by().values("pk")) | Q(pk__in=same))
    found = find_shared(subject_of(person), case.described, asker=holder, k=k, but=left_out, synthetic=case.synthetic)
    for level in sorted({one.level for one in found}):
        told_of = [one.case for one in found if one.level == level]
        audit.read_of(person, "case", told_of, action="case.told", detail={"level": int(level)})
    return found


def told(case: Case, level: Level, score: float, explanation: Explanation) -> SharedCase:
    """A match cut down to what its level allows."""
    if level == Level.EXISTS:
        return SharedCase(case, level, TOLD_FROM, (), ())
    ontology = vocabulary.knowledge().ontology
    common = [match.ancestor for match in explanation.query_matches if match.share >= IN_COMMON]
    findings = tuple(dict.fromkeys(ontology.id(term) for term in common))
    return SharedCase(case, level, round(score, 3), findings, explanation.shared_genes)


def counts_abroad() -> dict[str, int]:
    """How much any node abroad may learn of, by the names of the exchange's metrics; synthetic cases not counted."""
    known = Case.objects.filter(
        visible_to(ANY_NODE, Purpose.MATCHING, context(), KIND), state__in=FINDABLE, synthetic=False
    )
    ids = known.values("pk")
    genes = CaseGene.objects.filter(case__in=ids)
    findings = CaseFinding.objects.filter(case__in=ids)
    return {
        "numberOfCases": known.count(),
        "numberOfSubmitters": known.values("organisation").distinct().count(),
        "numberOfGenes": genes.count(),
        "numberOfUniqueGenes": genes.values("symbol").distinct().count(),
        "numberOfFeatures": findings.count(),
        "numberOfUniqueFeatures": findings.values("number").distinct().count(),
        "numberOfFeatureSets": findings.values("case").distinct().count(),
        "numberOfCasesWithDiagnosis": known.exclude(diagnosis="").count(),
    }

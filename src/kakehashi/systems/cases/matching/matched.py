"""Cases in pairs, for a queue of matches: what a case has in common with others, and who may be told of which.

A pair has a direction: the people who work on its ``case`` are told of its ``other``, as far as ``kernel.sharing`` lets
their institution know it. The two directions are decided apart. Within one institution a pair is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from kakehashi.engines.phenotype.caseindex import Explanation, explain
from kakehashi.engines.phenotype.caseindex.snapshot import Match, Snapshot
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.organisations.places import place_of
from kakehashi.kernel.sharing.asked import answering
from kakehashi.kernel.sharing.asking import NEAR_FROM
from kakehashi.kernel.sharing.decision import Judge, level_of, visible_to
from kakehashi.kernel.sharing.models import read_opt_outs
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import context, institution_subject, institution_subjects
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.linkage.registrations import of_one_patient, others_of
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.shared import SharedCase, told
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.rules import KIND
from kakehashi.systems.cases.states import FINDABLE

LOOKED_AT = (64, 256, 1024)
"""So many of the most similar cases are looked at: more where all of them reach the score, never beyond the last."""


@dataclass(frozen=True)
class Pair:
    """Two cases, as far as those who work on the first may know of the second (see ``shared.SharedCase``).

    ``organisation_id``: who holds the first.
    """

    case_id: int
    organisation_id: int
    other_id: int
    score: float
    findings: tuple[str, ...]
    genes: tuple[str, ...]


@dataclass(frozen=True)
class KnownCase:
    """The other case of a pair, as its first case's institution may know it now.

    ``organisation``: which one holds it, where the whole case may be seen, else only of what kind and where.
    ``public_id`` is empty unless the person who asks may open the case.
    """

    level: Level
    organisation: str
    public_id: str


def pairs_of(
    case_ids: Sequence[int], *, k: int, at_least: float, before: Mapping[int, Collection[int]]
) -> Iterator[tuple[int, list[Pair]]]:
    """Every pair that each of the registered cases among these stands in: (case id, its pairs in both directions).

    A direction holds the ``k`` most similar cases that may be known and score ``at_least``; the cases that ``before``
    names for a case stay paired with it beyond the k-th. Synthetic cases are paired with synthetic ones only; a case
    never with another one of the same patient.
    """
    similar.bring_up_to_date()
    pairing = _Pairing(similar.case_index().snapshot())
    for case in Case.objects.filter(pk__in=case_ids, state__in=FINDABLE).select_related("organisation"):
        yield case.pk, pairing.pairs(case, k=k, at_least=at_least, before=before.get(case.pk, ()))


class _Pairing:
    """One state of the index and of the sharing table, for some cases."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._context = snapshot, context()
        self._judges: dict[int, Judge] = {}

    def pairs(self, case: Case, *, k: int, at_least: float, before: Collection[int]) -> list[Pair]:
        profile = similar.profile_of(case.described)
        if not (profile.observed or profile.genes):
            return []
        looked_at = self._best(case, at_least)
        best = {match.id: match.score for match in looked_at if match.score >= at_least}
        self._let_hear(case, [match for match in looked_at if match.score < at_least])
        standing = Case.objects.filter(public_id__in=list(best), state__in=FINDABLE, synthetic=case.synthetic)
        weighed = standing.select_related("organisation").defer("description")
        others = sorted(weighed, key=lambda one: (-best[one.public_id], one.pk))
        read_opt_outs([case, *others])
        self._know([case.organisation, *(other.organisation for other in others)])
        pairs: list[Pair] = []
        room = {True: k, False: k}
        for other in others:
            explanation: Explanation | None = None
            for ahead, first, second in self._directions(case, other):
                if not room[ahead] and other.pk not in before:
                    continue
                level = self._judges[first.organisation_id].level(second)
                if level == Level.NOTHING:
                    continue
                if level == Level.EXISTS and not self._answers(first, second, best[other.public_id]):
                    continue
                explanation = explanation or explain(self._snapshot, profile, other.public_id)
                pairs.append(_pair(first, told(second, level, best[other.public_id], explanation)))
                room[ahead] = max(0, room[ahead] - 1)
            if not any(room.values()) and not before:
                break
        return pairs

    @staticmethod
    def _answers(first: Case, second: Case, score: float) -> bool:
        """Whether the second, of which only the existence is shown, may answer the first's description once more."""
        asker = f"organisation:{first.organisation_id}"
        return second.pk in answering(asker, KIND, {second.pk: score}, similar.profile_key(first.described))

    def _let_hear(self, case: Case, near: list[Match]) -> None:
        """Cases that are only near, of which only the existence is shown, hear the description without answering."""
        scores = {match.id: match.score for match in near}
        self._know([case.organisation])
        judge = self._judges[case.organisation_id]
        hidden = Case.objects.filter(public_id__in=list(scores), state__in=FINDABLE, synthetic=case.synthetic)
        heard = {
            other.pk: scores[other.public_id]
            for other in hidden.filter(shown=Level.EXISTS).select_related("organisation").defer("description")
            if judge.level(other) == Level.EXISTS
        }
        answering(f"organisation:{case.organisation_id}", KIND, heard, similar.profile_key(case.described))

    def _best(self, case: Case, at_least: float) -> list[Match]:
        """The most similar cases: all that score ``at_least``, and those among them that only come near."""
        searched: list[Match] = []
        hidden = self._snapshot.all_but([case.public_id, *others_of(case.pk).values_list("public_id", flat=True)])
        for k in LOOKED_AT:
            searched = self._snapshot.search(similar.profile_of(case.described), k, hidden)
            if len(searched) < k or searched[-1].score < at_least:
                break
        return [match for match in searched if match.score >= min(at_least, NEAR_FROM)]

    @staticmethod
    def _directions(case: Case, other: Case) -> list[tuple[bool, Case, Case]]:
        if case.organisation_id == other.organisation_id:
            return [(True, case, other) if case.pk < other.pk else (True, other, case)]
        return [(True, case, other), (False, other, case)]

    def _know(self, organisations: Iterable[Organisation]) -> None:
        new = {one.pk: one for one in organisations if one.pk not in self._judges}
        for pk, subject in institution_subjects(new.values()).items():
            self._judges[pk] = Judge(subject, Purpose.MATCHING, self._context, KIND)


def _pair(case: Case, other: SharedCase) -> Pair:
    return Pair(case.pk, case.organisation_id, other.case.pk, other.score, other.findings, other.genes)


def working_on(person: Any, case: str) -> Q:
    """Rows of a sibling whose field ``case`` points at a case, in whatever state, that the person works on."""
    return Q(**{f"{case}__organisation_id__in": sorted(rules.organisations_written_by(person))})


def may_know(organisation: Organisation, case_id: int) -> bool:
    """Whether those who match cases for an institution may know of a case now, by its existence at least."""
    case = Case.objects.select_related("organisation").defer("description").get(pk=case_id)
    return level_of(institution_subject(organisation), case, Purpose.MATCHING, context()) > Level.NOTHING


class Sight:
    """What the institutions that a person works for may know of others' cases, now: read once, then asked of pairs."""

    def __init__(self, person: Any) -> None:
        self._person, self._today = person, context()
        self.organisations = tuple(Organisation.objects.filter(pk__in=rules.organisations_written_by(person)))
        """The institutions that the person works for."""
        self._subjects = institution_subjects(self.organisations)

    def known_pairs(self, case: str, other: str, level: Level = Level.EXISTS) -> Q:
        """Rows of a sibling that pair a case that the person works on with one that its institution may know."""
        ways = Q(pk__in=[])
        for organisation in self.organisations:
            visible = visible_to(self._subjects[organisation.pk], Purpose.MATCHING, self._today, KIND, level)
            known = Case.objects.filter(visible, state__in=FINDABLE, pk=OuterRef(f"{other}_id"))
            ours = Q(**{f"{case}__organisation": organisation, f"{case}__state__in": FINDABLE})
            ways |= ours & Q(Exists(known))
        return ways & ~Q(of_one_patient(case, other))

    def worked_on(self, case: str) -> Q:
        """Rows of a sibling whose field ``case`` points at a registered case that the person works on."""
        held = [one.pk for one in self.organisations]
        return Q(**{f"{case}__organisation_id__in": held, f"{case}__state__in": FINDABLE})

    def known_others(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], KnownCase]:
        """The other case of each (case id, other's id), as the first one's institution may know it."""
        if not pairs:
            return {}
        found = Case.objects.filter(pk__in={pk for pair in pairs for pk in pair}).select_related("organisation")
        cases = {case.pk: case for case in found.defer("description")}
        opened = Case.objects.filter(rules.usable_by(self._person), pk__in=[other for _, other in pairs])
        named = set(opened.values_list("pk", flat=True))
        read_opt_outs([cases[other] for _, other in pairs])
        judges = {pk: Judge(subject, Purpose.MATCHING, self._today, KIND) for pk, subject in self._subjects.items()}
        known = {}
        for case_id, other_id in pairs:
            other = cases[other_id]
            level = judges[cases[case_id].organisation_id].level(other)
            known[case_id, other_id] = KnownCase(
                level=level,
                organisation=other.organisation.label() if level == Level.WHOLE else place_of(other.organisation),
                public_id=other.public_id if other_id in named else "",
            )
        return known

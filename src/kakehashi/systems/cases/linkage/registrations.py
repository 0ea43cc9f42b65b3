"""Cases that two hospitals confirmed to be of one patient: which of them counts, and that they are no further patients.

Of the registrations of one patient the one counts that both sides said to keep, else the earliest; a withdrawn one, or
one that its family names as a relative, counts only where there is no other. Three or more are of one patient only
where every pair of them that was told is confirmed; a pair whose confirmation other answers contradict stays two
patients. It is drawn anew with every answer, with every change of such a case and, all of it, every hour, and kept in
``SamePatient``. Neither case is offered as similar to the other, or as evidence for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import groupby, product
from operator import attrgetter
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from kakehashi.kernel import events, locks
from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.systems.cases.events import SamePatientsSaid
from kakehashi.systems.cases.linkage.states import Answered, Keep
from kakehashi.systems.cases.models import Case, Consultation, FamilyLink
from kakehashi.systems.cases.models.linkage import SamePatient, SuspicionSide
from kakehashi.systems.cases.states import FINDABLE

ROWS = 500


class _Side(NamedTuple):
    """One side of a suspicion that was told, and what says whether its case counts."""

    suspicion: int
    stands: bool
    case: int
    case_state: str
    registered_on: date | None
    answered: str
    answered_at: datetime | None
    keep: str


OF_A_SIDE = (
    "suspicion_id",
    "suspicion__stands",
    "case_id",
    "case__state",
    "case__registered_on",
    "state",
    "answered_at",
    "keep",
)
_Pair = tuple[_Side, _Side]


def alone() -> None:
    """Inside a transaction: from here to its end, one process at a time answers and draws.

    Before any row is locked, and before anything is recorded in the trail: who draws waits for rows of cases and
    consultations that others of these hold.
    """
    locks.alone("same-patients")


@every_hour
def draw_registrations(case_ids: Collection[int] | None = None) -> int:
    """Bring ``SamePatient`` up to date with what was answered; of how many cases something changed.

    ``case_ids``: of these cases alone, and of all that confirmed pairs join to them.
    """
    with transaction.atomic():
        alone()
        told = SuspicionSide.objects.filter(suspicion__told_at__isnull=False)
        stands, relatives = SamePatient.objects.all(), FamilyLink.objects.filter(proband=False)
        if case_ids is not None:
            near = _reached(case_ids)
            told = told.filter(suspicion__first__in=near, suspicion__second__in=near)
            stands, relatives = stands.filter(case__in=near), relatives.filter(case__in=near)
        rows = map(_Side._make, told.order_by("suspicion_id", "pk").values_list(*OF_A_SIDE))
        pairs: list[_Pair] = [(one, other) for _told, (one, other) in groupby(rows, key=attrgetter("suspicion"))]
        named = relatives.filter(case__suspicion_sides__state=Answered.SAME)
        wanted = _counted(pairs, set(named.values_list("case_id", flat=True)))
        stood = dict(stands.values_list("case_id", "counted_id"))
        changed = sorted(case for case in wanted.keys() | stood if wanted.get(case) != stood.get(case))
        for start in range(0, len(changed), ROWS):
            some = changed[start : start + ROWS]
            SamePatient.objects.filter(case__in=some).delete()
            SamePatient.objects.bulk_create(
                SamePatient(case_id=case, counted_id=wanted[case]) for case in some if case in wanted
            )
            judge_anew(some)
        if changed:
            events.publish(SamePatientsSaid(tuple(changed)))
    return len(changed)


def judge_anew(case_ids: Collection[int]) -> None:
    """Have the consultations of these cases judged anew: of one patient only the first counts."""
    Consultation.objects.filter(case__in=case_ids).update(again=None)


def _reached(case_ids: Collection[int]) -> set[int]:
    """These cases and all that confirmed pairs join to them, over however many others."""
    reached: set[int] = set()
    new = set(case_ids)
    while new:
        reached |= new
        said = SuspicionSide.objects.filter(case__in=new, state=Answered.SAME).values("suspicion")
        met = SuspicionSide.objects.filter(suspicion__in=said, state=Answered.SAME).values_list("case_id", flat=True)
        new = set(met) - reached
    return reached


def _counted(pairs: Collection[_Pair], relatives: Collection[int]) -> dict[int, int]:
    """Of each case that is of one patient with others: which registration counts for all of these."""
    groups = _joined(pairs)
    sides = {side.case: side for pair in pairs for side in pair}
    kept, given_up = set(), set()
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if (one.keep, other.keep) == (Keep.OURS, Keep.THEIRS) and other.case in groups.get(one.case, ()):
                kept.add(one.case)
                given_up.add(other.case)

    def order(pk: int) -> tuple[bool, bool, bool, bool, date, int]:
        day = sides[pk].registered_on or date.max
        return not _stands(sides[pk]), pk in relatives, pk in given_up, pk not in kept, day, pk

    return {pk: min(group, key=order) for pk, group in groups.items()}


def _joined(pairs: Iterable[_Pair]) -> dict[int, set[int]]:
    """Each case that is of one patient with others, with all of these; in the order in which they were confirmed.

    A pair joins no two groups of which some pair was told and is not confirmed. Nor does a withdrawn case join two that
    stand: it may have been entered by mistake.
    """
    confirmed: list[_Pair] = []
    apart: set[frozenset[int]] = set()
    standing: set[int] = set()
    for pair in pairs:
        answers = {side.answered for side in pair}
        standing |= {side.case for side in pair if _stands(side)}
        if answers == {Answered.SAME}:
            confirmed.append(pair)
        elif pair[0].stands or answers != {Answered.ASKED}:
            apart.add(frozenset(side.case for side in pair))

    def since(pair: _Pair) -> tuple[bool, list[datetime], int]:
        at = [side.answered_at for side in pair if side.answered_at is not None]
        return not all(map(_stands, pair)), sorted(at, reverse=True), pair[0].suspicion

    groups: dict[int, set[int]] = {}
    for one, other in sorted(confirmed, key=since):
        ours, theirs = (groups.get(side.case, {side.case}) for side in (one, other))
        bridged = not (_stands(one) and _stands(other)) and not ours.isdisjoint(standing)
        bridged = bridged and not theirs.isdisjoint(standing)
        if bridged or any(frozenset(pair) in apart for pair in product(ours, theirs)):
            continue
        together = ours | theirs
        groups |= dict.fromkeys(together, together)
    return groups


def _stands(side: _Side) -> bool:
    return side.case_state in FINDABLE


def not_counted() -> QuerySet[SamePatient]:
    """The cases that do not count, since another registration of the same patient does."""
    return SamePatient.objects.exclude(case=F("counted"))


def others_of(case_id: int) -> QuerySet[Case]:
    """The other cases of a case's patient."""
    patient = SamePatient.objects.filter(case=case_id).values("counted")
    return Case.objects.filter(same_patient__counted__in=patient).exclude(pk=case_id).order_by()


def of_one_patient(case: str, other: str) -> Exists:
    """Rows whose fields ``case`` and ``other`` point at two cases of one patient."""
    mine = SamePatient.objects.filter(case=OuterRef(f"{case}_id"))
    return Exists(mine.filter(counted__registrations__case=OuterRef(f"{other}_id")))


def more_than_once(case_ids: Collection[int]) -> set[int]:
    """Of these cases, in their order, those of a patient of whom an earlier one of them is."""
    patients = dict(SamePatient.objects.filter(case__in=case_ids).values_list("case_id", "counted_id"))
    first: dict[int, int] = {}
    return {pk for pk in case_ids if pk in patients and first.setdefault(patients[pk], pk) != pk}

"""Cases that two hospitals confirmed to be of one patient: which of them counts, and that they are no further patients.

Of the registrations of one patient the earliest counts, or the one that both sides said to keep; a withdrawn one, or
one that its family names as a relative, counts only where there is no other. It is drawn anew with every answer, with
every change of such a case and every hour, and kept in ``SamePatient``. Neither case is offered as similar to the
other, or as evidence for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter

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


def alone() -> None:
    """Inside a transaction: from here to its end, one process at a time answers and draws."""
    locks.alone("same-patients")


@every_hour
def draw_registrations() -> int:
    """Bring ``SamePatient`` up to date with what was answered; of how many cases something changed."""
    with transaction.atomic():
        alone()
        same = SuspicionSide.objects.filter(state=Answered.SAME).select_related("case").order_by("suspicion")
        sides = same.only("suspicion", "keep", "case__state", "case__registered_on")
        answered = [list(pair) for _suspicion, pair in groupby(sides, key=attrgetter("suspicion_id"))]
        wanted = _counted([pair for pair in answered if len(pair) == 2])
        stood = dict(SamePatient.objects.values_list("case_id", "counted_id"))
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


def _counted(pairs: Iterable[list[SuspicionSide]]) -> dict[int, int]:
    """Of each case that is confirmed to be of one patient with others: which registration counts for all of these."""
    groups: dict[int, set[int]] = {}
    cases: dict[int, Case] = {}
    given_up: set[int] = set()
    for one, other in pairs:
        together = groups.get(one.case_id, {one.case_id}) | groups.get(other.case_id, {other.case_id})
        groups |= dict.fromkeys(together, together)
        cases |= {one.case_id: one.case, other.case_id: other.case}
        kept = {(one.keep, other.keep): other for one, other in ((one, other), (other, one))}
        if (Keep.OURS, Keep.THEIRS) in kept:
            given_up.add(kept[Keep.OURS, Keep.THEIRS].case_id)
    links = FamilyLink.objects.filter(proband=False, case__in=list(cases))
    relatives = set(links.values_list("case_id", flat=True)) if cases else set()

    def order(pk: int) -> tuple[bool, bool, bool, date, int]:
        case = cases[pk]
        return case.state not in FINDABLE, pk in relatives, pk in given_up, case.registered_on or date.max, pk

    return {pk: min(group, key=order) for pk, group in groups.items()}


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

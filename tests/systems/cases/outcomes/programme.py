"""A synthetic programme in the database by bulk writes: hospitals, consultations, cases, analyses, diagnoses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.models import Network, NetworkMember
from kakehashi.systems.cases.models import Analysis, Case, CaseDiagnosis, Consultation
from kakehashi.systems.cases.outcomes.groups import BITS
from kakehashi.systems.cases.outcomes.recounting import recount

BATCH = 5000
GROUPS = list(BITS.items())


@dataclass(frozen=True)
class Spec:
    """So many of each step. ``lists``: designated only, both, Orphanet only, neither. ``new``: new ones by list."""

    consulted: tuple[int, int, int]
    registered: int
    analysed: int
    lists: tuple[int, int, int, int]
    new: dict[int, int] = field(default_factory=dict)
    first: date = date(2015, 7, 1)
    last: date = date(2018, 7, 31)
    hospitals: int = 12
    synthetic: bool = False
    marker: str = ""
    """Begins the codes and pseudonyms, where a second programme stands beside the first."""

    def day(self, number: int) -> date:
        """A day of the span, spread evenly but out of order."""
        span = (self.last - self.first).days + 1
        return self.first + timedelta(days=number * 7919 % span)


# Published 2018-10-04 (consultations 2019-01-19): 4,417 families; 2,756 analysed; 1,016 diagnosed = 49+330+425+212.
FIRST_TABLE = Spec((1190, 2303, 924), 3493, 2756, (49, 330, 425, 212), {3: 18})
# Published to 2019-12: 4,658 analysed; 1,593 = 225+722+646+0 with 35 new diseases. Nothing is on neither list, so the
# new diseases are on Orphanet's by then. Its text says 1,584 and 43.8 %, which neither sum nor quotient gives.
SECOND_TABLE = Spec((0, 0, 0), 5200, 4658, (225, 722, 646, 0), {2: 35}, last=date(2019, 12, 31))


def make(spec: Spec) -> list[Organisation]:
    """All rows of a programme; its hospitals, every third of them a hub with the two after it."""
    hospitals = Organisation.objects.bulk_create(
        Organisation(
            code=f"{spec.marker}H{number:03d}",
            name=f"第{number}病院",
            name_en=f"Hospital {number}",
            prefecture=f"{number % 47 + 1:02d}",
        )
        for number in range(spec.hospitals)
    )
    network = Network.objects.create(code=f"{spec.marker}irud", name="IRUD")
    NetworkMember.objects.bulk_create(
        NetworkMember(
            network=network,
            organisation=one,
            role="hub" if at % 3 == 0 else "cooperating",
            hub=None if at % 3 == 0 else hospitals[at - at % 3],
        )
        for at, one in enumerate(hospitals)
    )
    _consult(spec, hospitals)
    cases = _register(spec, hospitals)
    _diagnose(spec, cases)
    recount()
    return hospitals


def _consult(spec, hospitals):
    routes = [
        route
        for route, many in zip(("direct", "referred", "settled"), spec.consulted, strict=True)
        for _ in range(many)
    ]
    Consultation.objects.bulk_create(
        (
            Consultation(
                organisation=hospitals[number * 5 % len(hospitals)],
                local_id=f"F{number}",
                synthetic=spec.synthetic,
                consulted_on=spec.day(number),
                route=route,
                phenotype_group=GROUPS[number % len(GROUPS)][0],
            )
            for number, route in enumerate(routes)
        ),
        batch_size=BATCH,
    )


def _register(spec, hospitals):
    return Case.objects.bulk_create(
        (
            Case(
                organisation=hospitals[number * 7 % len(hospitals)],
                local_id=f"P{number}",
                state="diagnosed"
                if number < sum(spec.lists)
                else "analysed"
                if number < spec.analysed
                else "registered",
                registered_on=spec.day(number),
                phenotype_groups=GROUPS[number % 14][1] | GROUPS[number * 3 % 14][1],
                synthetic=spec.synthetic,
            )
            for number in range(spec.registered)
        ),
        batch_size=BATCH,
    )


def _diagnose(spec, cases):
    analysed = cases[: spec.analysed]
    later = [min(case.registered_on + timedelta(days=number % 200), spec.last) for number, case in enumerate(analysed)]
    Analysis.objects.bulk_create(
        (
            Analysis(case=case, sent_on=case.registered_on, done_on=day)
            for case, day in zip(analysed, later, strict=True)
        ),
        batch_size=BATCH,
    )
    where = [(lists, number) for lists, many in enumerate(spec.lists) for number in range(many)]
    CaseDiagnosis.objects.bulk_create(
        (
            _diagnosis(
                case,
                lists,
                new=number < spec.new.get(lists, 0),
                number=number,
                day=min(day + timedelta(days=number % 90), spec.last),
            )
            for case, day, (lists, number) in zip(analysed, later, where, strict=False)
        ),
        batch_size=BATCH,
    )


def _diagnosis(case, lists, *, new, number, day):
    designated, orphanet = lists in (0, 1), lists in (1, 2)
    catalogue = "new" if new else "designated" if designated else "orphanet" if orphanet else "other"
    return CaseDiagnosis(
        case=case,
        disease=f"NEW:{case.public_id}-1" if new and not orphanet else f"OMIM:{600000 + number}",
        label=f"new disease {number}" if new else "",
        designated=str(number % 196 + 1) if designated else "",
        orphanet=f"ORPHA:{number + 1}" if orphanet else "",
        catalogue=catalogue,
        new_disease=new,
        diagnosed_on=day,
    )

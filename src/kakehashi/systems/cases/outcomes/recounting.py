"""What figures stand on: the days of a case's first analysis and first standing diagnosis, kept beside the case.

Every change of a case makes a new revision; ``counted_revision`` is the one that these columns were drawn at. So the
database knows which cases are to be drawn anew, whatever stopped in between: they are drawn after each change, what is
left over every hour and before anything is published. Looking at figures draws nothing; it says how many wait.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Case as Choice
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable

from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.systems.cases.linkage.registrations import alone, draw_registrations
from kakehashi.systems.cases.models import Analysis, Case, CaseDiagnosis, Consultation, SamePatient
from kakehashi.systems.cases.outcomes.counting import cell_of
from kakehashi.systems.cases.outcomes.words import Lists

AT_ONCE = 2000


@every_hour
def recount() -> int:
    """Draw anew what changed since it was drawn, of cases and consultations; how many. Stopped, it goes on."""
    count = 0
    while done := _recount_some() + _judge_some():
        count += done
    return count


def waiting() -> int:
    """How many cases and consultations changed and are not drawn anew yet."""
    return _outdated().count() + _new().count()


def _outdated() -> QuerySet[Case]:
    return Case.objects.not_counted()


def _new() -> QuerySet[Consultation]:
    return Consultation.objects.filter(again=None).order_by("pk")


def _recount_some() -> int:
    outdated = _outdated().values_list("pk", flat=True)
    if not outdated.exists():
        return 0
    with transaction.atomic():
        alone()  # before rows: see there
        # Locked first: what is read after the lock is what the revision at the lock says.
        ids = list(outdated.select_for_update()[:AT_ONCE])
        done = Analysis.objects.filter(case=OuterRef("pk"), done_on__isnull=False).order_by("done_on")
        standing = CaseDiagnosis.objects.filter(case=OuterRef("pk"), reopened_at=None).order_by("diagnosed_on", "pk")
        Case.objects.filter(pk__in=ids).update(
            analysed_on=Subquery(done.values("done_on")[:1]),
            diagnosed_on=Subquery(standing.values("diagnosed_on")[:1]),
            diagnosis_cell=Subquery(standing.annotate(cell=_cell()).values("cell")[:1]),
            counted_revision=F("revision"),
        )
        draw_registrations(ids)  # withdrawn or brought back, another may count
    return len(ids)


def _judge_some() -> int:
    """Whether the families of new consultations had consulted before: the same institution under the same pseudonym, or
    another one with the same patient."""
    new = _new()
    if not new.exists():
        return 0
    with transaction.atomic():
        alone()
        rows = list(new.select_for_update().values_list("pk", "organisation_id", "local_id")[:AT_ONCE])
        of_them = {name: OuterRef(name) for name in ("organisation_id", "local_id", "synthetic")}
        earlier = Consultation.objects.filter(**of_them, consulted_on__lt=OuterRef("consulted_on"))
        families = Consultation.objects.filter(
            organisation_id__in={row[1] for row in rows}, local_id__in={row[2] for row in rows}
        )
        families.update(again=Exists(earlier))
        _judge_patients(families)
    return len(rows)


def _judge_patients(families: QuerySet[Consultation]) -> None:
    """Of the consultations of one patient with two hospitals (see linkage/registrations.py), only the first counts."""
    cases = list(families.exclude(case=None).values_list("case", flat=True))  # one join of all three reads every pair
    patients = set(SamePatient.objects.filter(case__in=cases).values_list("counted", flat=True)) if cases else set()
    if not patients:
        return
    theirs = Consultation.objects.filter(case__same_patient__counted__in=patients)
    first: dict[int, int] = {}
    for pk, patient in theirs.order_by("consulted_on", "pk").values_list("pk", "case__same_patient__counted"):
        first.setdefault(patient, pk)
    if first:
        theirs.exclude(pk__in=first.values()).update(again=True)


def _cell() -> Combinable:
    """Which cell of lists and newness a diagnosis counts in."""
    designated = ~Q(designated="")
    orphanet = ~Q(orphanet="") | Q(disease__startswith="ORPHA")
    lists = Choice(
        When(designated & orphanet, then=Value(cell_of(Lists.BOTH, new=False))),
        When(designated, then=Value(cell_of(Lists.DESIGNATED, new=False))),
        When(orphanet, then=Value(cell_of(Lists.ORPHANET, new=False))),
        default=Value(cell_of(Lists.NEITHER, new=False)),
        output_field=IntegerField(),
    )
    return lists + Choice(When(new_disease=True, then=Value(1)), default=Value(0), output_field=IntegerField())

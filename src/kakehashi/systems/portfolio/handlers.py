"""What awards count of what happens elsewhere. An event may come twice, or the second before the first."""

from kakehashi.kernel.events import handles
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.systems.portfolio.models import AwardResult, ResultKind


@handles(CaseDiagnosed)
def count_diagnosis(event: CaseDiagnosed) -> None:
    """A diagnosis counts for the award that paid for its case."""
    if event.award_id is not None:
        AwardResult.objects.update_or_create(
            kind=ResultKind.DIAGNOSIS,
            reference=str(event.diagnosis_id),
            defaults={"award_id": event.award_id, "on": event.on},
        )


@handles(DiagnosisReopened)
def take_diagnosis_back(event: DiagnosisReopened) -> None:
    """From this day on it counts no more."""
    if event.award_id is not None:
        AwardResult.objects.update_or_create(
            kind=ResultKind.DIAGNOSIS,
            reference=str(event.diagnosis_id),
            defaults={"taken_back_on": event.on},
            create_defaults={"award_id": event.award_id, "on": event.on, "taken_back_on": event.on},
        )

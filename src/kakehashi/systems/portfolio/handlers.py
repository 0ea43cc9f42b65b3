"""What awards count of what happens elsewhere."""

from kakehashi.kernel.events import handles
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.systems.portfolio.outputs import diagnoses


@handles(CaseDiagnosed)
def count_diagnosis(event: CaseDiagnosed) -> None:
    """A diagnosis counts for the award that paid for its case."""
    diagnoses.count_diagnosis(event, by=None)


@handles(DiagnosisReopened)
def take_diagnosis_back(event: DiagnosisReopened) -> None:
    """It counts no more."""
    diagnoses.take_diagnosis_back(event, by=None)

"""Results of research that an award may count: told by the system in which they happen, kept by the portfolio."""

from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.events.registry import Event


@dataclass(frozen=True)
class CaseDiagnosed(Event):
    """A diagnosis of a case was recorded. ``award_id``: the award that paid for the case, if any."""

    case_id: int
    diagnosis_id: int
    organisation_id: int
    award_id: int | None
    on: date


@dataclass(frozen=True)
class DiagnosisReopened(Event):
    """A recorded diagnosis no longer stands, from this day on."""

    case_id: int
    diagnosis_id: int
    organisation_id: int
    award_id: int | None
    on: date

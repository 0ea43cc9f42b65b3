"""Results of research that an award may count: told by the system in which they happen, kept by the portfolio."""

from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.events.registry import Event


@dataclass(frozen=True)
class CaseDiagnosed(Event):
    """A diagnosis of a case was recorded, or its case names another award. ``award_id``: what paid for it, if any.

    ``revision``: the case's as of which that holds; of two such events the one of the later revision is right.
    """

    case_id: int
    diagnosis_id: int
    organisation_id: int
    award_id: int | None
    on: date
    revision: int = 0


@dataclass(frozen=True)
class DiagnosisReopened(Event):
    """A recorded diagnosis no longer stands, from this day on. ``revision`` as of ``CaseDiagnosed``."""

    case_id: int
    diagnosis_id: int
    organisation_id: int
    award_id: int | None
    on: date
    revision: int = 0

"""Results of research that an award may count: told by the system in which they happen, kept by the portfolio."""

from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.events.registry import Event


@dataclass(frozen=True)
class CaseDiagnosed(Event):
    """A diagnosis was recorded, or its case names another award, or was brought back.

    ``award_id``: what paid for it, if any.
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
    """A recorded diagnosis no longer counts, from this day on: reopened, or its case withdrawn.

    ``revision`` as of ``CaseDiagnosed``; of two events of the same revision this one is right.
    """

    case_id: int
    diagnosis_id: int
    organisation_id: int
    award_id: int | None
    on: date
    revision: int = 0

"""What other systems may hear about cases."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kakehashi.kernel.events import Event

if TYPE_CHECKING:
    from kakehashi.systems.cases.models import Case


@dataclass(frozen=True)
class CaseRegistered(Event):
    """A case can be ranked against others and found from now on (registered, or brought back)."""

    case_id: int
    revision: int


@dataclass(frozen=True)
class CaseChanged(Event):
    """What is said of a registered case changed."""

    case_id: int
    revision: int


@dataclass(frozen=True)
class CaseWithdrawn(Event):
    """A case is no longer to be found, matched or shared."""

    case_id: int
    revision: int


@dataclass(frozen=True)
class CaseMoved(Event):
    """A registered case went on: to its analysis, to a diagnosis, or back. What is said of it stayed."""

    case_id: int
    revision: int


@dataclass(frozen=True)
class ConsultationNoted(Event):
    """A family consulted, or whether it is a synthetic one was said anew."""

    consultation_id: int


@dataclass(frozen=True)
class SamePatientsSaid(Event):
    """Of these cases it was confirmed that they are of one patient with others, or that no longer, or which counts."""

    case_ids: tuple[int, ...]


@dataclass(frozen=True)
class CasesImported(Event):
    """Many cases were registered or changed at once."""

    case_ids: tuple[int, ...]


def registered(case: "Case", by: Any, note: str) -> CaseRegistered:
    """The event of the moves that register."""
    return CaseRegistered(case.pk, case.revision)


def withdrawn(case: "Case", by: Any, note: str) -> CaseWithdrawn:
    """The event of the move that withdraws."""
    return CaseWithdrawn(case.pk, case.revision)


def moved(case: "Case", by: Any, note: str) -> CaseMoved:
    """The event of the moves between registration and diagnosis."""
    return CaseMoved(case.pk, case.revision)

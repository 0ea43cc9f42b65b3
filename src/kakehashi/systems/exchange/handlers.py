"""What follows from a change of cases: their matches are looked for anew, in a job."""

from kakehashi.kernel.events import Event, handles
from kakehashi.systems.cases.public import CaseChanged, CaseRegistered, CasesImported, CaseWithdrawn
from kakehashi.systems.exchange.matching import match_soon


@handles(CaseRegistered, CaseChanged, CaseWithdrawn)
def match_case(event: Event) -> None:
    """Withdrawn: its matches no longer stand."""
    assert isinstance(event, CaseRegistered | CaseChanged | CaseWithdrawn)
    match_soon([event.case_id])


@handles(CasesImported)
def match_imported(event: CasesImported) -> None:
    """However many: one job."""
    match_soon(event.case_ids)

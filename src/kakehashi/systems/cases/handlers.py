"""What happens after the commit: the case index follows the database, and an import that ended is told and tidied, and
cases wait to be compared for being of one patient."""

from kakehashi.kernel.events import Event, handles
from kakehashi.kernel.jobs.running import JobEnded
from kakehashi.systems.cases import tasks
from kakehashi.systems.cases.events import (
    CaseChanged,
    CaseMoved,
    CaseRegistered,
    CasesImported,
    CaseWithdrawn,
    ConsultationNoted,
    SamePatientsSaid,
)
from kakehashi.systems.cases.linkage import looking
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.outcomes.recounting import recount


@handles(CaseRegistered, CaseChanged, CaseMoved, CaseWithdrawn, CasesImported)
def index_cases(event: Event) -> None:
    """Add, replace or take out whatever the index does not hold as the database does."""
    similar.bring_up_to_date()


@handles(CaseRegistered, CaseChanged, CaseMoved, CaseWithdrawn, CasesImported, ConsultationNoted, SamePatientsSaid)
def count_cases(event: Event) -> None:
    """Draw anew the days that the outcomes count by."""
    recount()


@handles(JobEnded)
def close_import(event: JobEnded) -> None:
    """Tell who imported, and let the upload go when it is no longer needed."""
    tasks.close_import(event.job_id)


@handles(CaseRegistered, CaseChanged, CaseMoved, CaseWithdrawn)
def compare_case(event: Event) -> None:
    """Whether it may be the same patient as another is looked at anew, by the next chore."""
    assert isinstance(event, CaseRegistered | CaseChanged | CaseMoved | CaseWithdrawn)
    looking.wait_for([event.case_id])


@handles(CasesImported)
def compare_imported(event: CasesImported) -> None:
    """The same for many."""
    looking.wait_for(event.case_ids)

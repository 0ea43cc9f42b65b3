"""What happens after cases were written: the case index follows the database."""

from kakehashi.kernel.events import handles
from kakehashi.systems.cases import similar
from kakehashi.systems.cases.events import CaseChanged, CaseRegistered, CasesImported, CaseWithdrawn


@handles(CaseRegistered)
def index_registered(event: CaseRegistered) -> None:
    """Add the case to the index."""
    similar.bring_up_to_date()


@handles(CaseChanged)
def index_changed(event: CaseChanged) -> None:
    """Replace the case in the index."""
    similar.bring_up_to_date()


@handles(CaseWithdrawn)
def index_withdrawn(event: CaseWithdrawn) -> None:
    """Take the case out of the index."""
    similar.bring_up_to_date()


@handles(CasesImported)
def index_imported(event: CasesImported) -> None:
    """Add and replace many at once."""
    similar.bring_up_to_date()

"""Who may do what with a match: those who work on its case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Verdict, rule
from kakehashi.systems.cases.public import may_work_on


@rule("not_working_on_it", _("You do not work on this match's case."))
def may_triage(person: Any, match: Any) -> Verdict:
    """The person works on the match's case."""
    return may_work_on(person, match.case_id)

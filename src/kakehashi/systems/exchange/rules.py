"""Who may do what with a match: those who work on its case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Verdict, rule
from kakehashi.systems.cases.public import may_work_on


@rule("not_working_on_it", _("You do not work on this match's case."))
def may_triage(person: Any, match: Any) -> Verdict:
    """The person works on the match's case."""
    return may_work_on(person, match.case_id)


@rule("not_the_other_side", _("You do not work on the other case of this match."))
def may_answer(person: Any, match: Any) -> Verdict | bool:
    """The person works on the other case of the match, of this node."""
    return match.other_id is not None and may_work_on(person, match.other_id)

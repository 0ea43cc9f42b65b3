"""What a move of a case means, for the page that asks before it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kakehashi.systems.cases.course import eligibility
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import Eligibility

COURSE_MOVES = {
    "send_for_analysis": _lazy("The case counts as being analysed from today. It can be found as before."),
    "call_back": _lazy("The analysis under way ends without a result; the case is as it was before it was sent."),
    "record_analysis": _lazy("The analysis counts as done today; the diagnosis committee can take the case up."),
    "analyse_again": _lazy("A further analysis begins today; what was found before stays in the history."),
    "diagnose": _lazy("The diagnoses recorded of this case count from today."),
    "close": _lazy("No diagnosis is looked for any more. The case can still be found, and looked into again."),
    "reopen_diagnosis": _lazy("No recorded diagnosis of this case stands any more; they stay in its history."),
    "reopen_closed": _lazy("A diagnosis is looked for again; the case goes on where it stood."),
}


def said_criteria(case: Case) -> dict[str, Any]:
    """Whether the patient fits the Exchange as far as the case says it: the verdict, its name, what is open."""
    verdict = eligibility.judge(case.described)
    standing = eligibility.standing_of(verdict)
    return {"criteria": verdict, "judged": standing.label, "unsaid": standing == Eligibility.NOT_ALL_SAID}


def losses(move: str) -> list[str]:
    """What a move takes away or brings, for the page that asks before it."""
    if move == "withdraw":
        return [
            _("The case is taken out of every search and comparison."),
            _("Its description and history stay, readable for your organisation."),
            _("A data manager can bring it back."),
        ]
    if move == "reopen":
        return [_("The case is a draft again, as it was before: it can be edited, and registered when it is complete.")]
    if move == "restore":
        return [_("The case can be found and compared again.")]
    if move in COURSE_MOVES:
        return [str(COURSE_MOVES[move])]
    return [_("The case can be found, and other cases of your organisation are compared with it.")]

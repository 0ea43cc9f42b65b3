"""Who may read and write a conversation, and who may name themselves in it: those who work on the side's case.

What was written stays readable to its two sides whatever becomes of the cases. Writing on needs more: both cases are
still registered, neither side has dismissed the match, and the writer's institution may know of the other case now,
or was written to by its people. Asking to be named needs as much; answering who asks does not.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import ALLOWED, Rule, Verdict, denied, rule
from kakehashi.systems.cases.public import may_know, may_work_on
from kakehashi.systems.exchange.models import Match, Side
from kakehashi.systems.exchange.states import MatchState, SideState

ONE_INSTITUTION = denied(
    "one_institution", _("Both cases are your own institution's: talk to each other there. No message is needed.")
)
OTHER_NODE = denied(
    "other_node", _("This patient is at another node: write to the contact its node gives. Nothing from here arrives.")
)
WITHDRAWN = denied("case_withdrawn", _("Your case is no longer registered, so nothing can be written about it."))
DISMISSED = denied("dismissed", _("You dismissed this match. Open it again to write."))
CLOSED = denied("closed", _("The other side takes no further messages about this match."))
NOT_KNOWN = denied("not_known", _("The other case is no longer shown to your institution."))


@rule("not_working_on_it", _("You do not work on this conversation's case."))
def may_speak(person: Any, side: Any) -> Verdict:
    """The person works on the side's case: reads, writes, agrees to be named."""
    return may_work_on(person, side.case_id)


@rule("not_both_agreed", _("The other side has not agreed to be named yet."))
def both_agreed(person: Any, side: Any) -> bool:
    """The person speaks for one of the two sides, and the other one has agreed as this one has."""
    other = other_side(side)
    speaks = may_work_on(person, side.case_id) or may_work_on(person, other.case_id)
    return bool(speaks) and other.state in (SideState.AGREED, SideState.NAMED)


def other_side(side: Side) -> Side:
    """Across from a side."""
    found = Side.objects.select_related("case__organisation", "organisation", "agreed_by")
    return found.exclude(pk=side.pk).get(conversation=side.conversation_id)


def may_write(person: Any, match: Match, *, heard: bool, known: bool) -> Verdict:
    """Whether the person may write to the other side of a match now.

    ``heard``: the other side has written; ``known``: the person's institution may know of the other case now.
    """
    working = may_work_on(person, match.case_id)
    if not working:
        return working
    if match.other is None:
        return OTHER_NODE
    if match.case.organisation_id == match.other.organisation_id:
        return ONE_INSTITUTION
    if not offered(match.case):
        return WITHDRAWN
    if match.state == MatchState.DISMISSED:
        return DISMISSED
    dismissed = Match.objects.filter(case=match.other, other=match.case_id, state=MatchState.DISMISSED).exists()
    if dismissed or not offered(match.other):
        return CLOSED if heard or known else NOT_KNOWN
    return ALLOWED if heard or known else NOT_KNOWN


STILL_KNOWN = denied("still_known", _("The other case is still shown to this side, or was not when it agreed."))


def _sight_lost(actor: Any, side: Side) -> Verdict:
    return ALLOWED if lost_sight(side) else STILL_KNOWN


sight_lost = Rule("sight_lost", _sight_lost)


def lost_sight(side: Side) -> bool:
    """The side agreed to be named while its institution might know of the other case, and it no longer may."""
    return side.agreed_knowing and not knows(side)


def knows(side: Side) -> bool:
    """Whether both cases stand and the side's institution may know of the other one now."""
    return offered(side.case) and may_know(side.organisation, other_side(side).case_id)


def offered(case: Any) -> bool:
    """Whether a case stands where it may be shared at all: registered, and not withdrawn since."""
    return str(case.state) in case.offered_states

"""What each role does on this node today, and what it waits for: said on a first page that has nothing else to say."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.queries import current_memberships
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.shell import Text

_REVIEW_TO_COME = _(
    "Calls, applications and reviews are not on this node yet: there is nothing for you to do here until they are. "
    "You will be told by a notice when something waits for you."
)
_MY_AWARDS = _(
    "At a funding agency “My awards” shows what the awards of your programmes need today. The whole portfolio is open "
    "to you, and every figure opens to its rows."
)
_MY_PROJECT = _(
    "At a funding agency “My project” shows your integrated project's money, goals and awards, the gates to decide "
    "and what is late. The whole portfolio is open to you, and every figure opens to its rows."
)
_MY_AREA = _(
    "At a funding agency “My disease area” shows your area's awards and money across the integrated projects. The "
    "whole portfolio is open to you, and every figure opens to its rows."
)
_THE_AGENCY = _(
    "At a funding agency “The agency” shows on one page what it funds and what came of it, and what waits for your "
    "decision. Every figure opens to its rows."
)
_KEEPS_THE_BOOKS = _(
    "At a funding agency “My books” shows what is to be booked, carried over or returned, when the books close, and "
    "whose money lies where, down to each entry. You book entries, one by one or from a file, correct wrong ones, and "
    "close the rounds of adjustment funds that were decided."
)
WORK: dict[str, Text] = {
    Role.CLINICIAN: _(
        "You register your patients' findings, see which known diseases fit them and why, and find similar cases. "
        "Begin with a new case."
    ),
    Role.DATA_MANAGER: _(
        "You register and import cases, correct them, and bring back withdrawn ones. Begin with a file of "
        "phenopackets to import, or a new case."
    ),
    Role.DIAGNOSIS_COMMITTEE: _(
        "You say what you think of the analysed cases put before your diagnosis committee, and decide on them. They "
        "stand here when they wait."
    ),
    Role.AUDITOR: _(
        "You read the cases and the audit trail of your organisation, and change nothing. At a funding agency you "
        "check its books and walk any figure down to its entries."
    ),
    Role.ADMINISTRATOR: _(
        "You invite people, end their roles, and read the audit trail of your organisation. At a funding agency you "
        "appoint people to its offices."
    ),
    Role.RESEARCHER: _(
        "At an analysis centre you record what came of the cases that were sent to it; they stand here when they "
        "wait. Awards that you carry out stand under “My research awards”."
    ),
    Role.REVIEWER: _REVIEW_TO_COME,
    Role.PROGRAMME_OFFICER: _MY_AWARDS,
    Role.PROGRAMME_SUPERVISOR: _MY_AWARDS,
    Role.PROGRAMME_DIRECTOR: _MY_PROJECT,
    Role.DISEASE_COORDINATOR: _MY_AREA,
    Role.PRESIDENT: _THE_AGENCY,
    Role.ACCOUNTANT: _KEEPS_THE_BOOKS,
}


@dataclass(frozen=True)
class WorkHere:
    """One of a person's roles, the organisations they hold it in, and what they do in it."""

    role: Text
    organisations: tuple[str, ...]
    text: Text


def work_of(person: Person) -> list[WorkHere]:
    """What someone does here, one entry for each role they hold today, in the order of the roles."""
    held: dict[str, dict[str, None]] = {}
    for one in current_memberships(person).order_by("organisation__code"):
        held.setdefault(one.role, {})[one.organisation.label()] = None
    return [WorkHere(role.label, tuple(held[role]), WORK[role]) for role in Role if role in held]

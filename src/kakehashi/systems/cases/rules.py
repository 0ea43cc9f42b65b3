"""Who may do what with a case, and its twin that the database filters by. Default deny.

A case is worked on by its own hospital's clinicians and data managers, and read by its auditors. Who else may see how
much of it is ``kernel.sharing``'s to decide; ``visible_to`` is the only filter of what may be opened.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.queries import current_memberships
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role, member_of_holder
from kakehashi.kernel.rules import Verdict, logged_in, rule
from kakehashi.kernel.sharing import decision as sharing
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Subject
from kakehashi.kernel.sharing.subjects import context, person_subject
from kakehashi.systems.cases.states import CaseState

KIND = "cases.case"
"""How sharing's rows name a case."""
WRITERS = (Role.CLINICIAN, Role.DATA_MANAGER)
READERS = (*WRITERS, Role.AUDITOR)

may_register = logged_in & member_of_holder & holds_role(*WRITERS)
may_edit = may_register
may_withdraw = may_register
may_import = may_register


@rule("was_no_draft", _("This case was registered before it was withdrawn; it comes back registered."))
def was_draft(person: Any, case: Any) -> bool:
    """The withdrawn case had never been registered."""
    return _state_before_withdrawal(case) == CaseState.DRAFT


@rule("was_draft", _("This case was a draft before it was withdrawn; it comes back as a draft."))
def was_registered(person: Any, case: Any) -> bool:
    """The withdrawn case had been registered."""
    return _state_before_withdrawal(case) == CaseState.REGISTERED


def _state_before_withdrawal(case: Any) -> str | None:
    """A case's revisions keep the state of their time; the last that was not withdrawn tells."""
    standing = case.revisions.exclude(state=CaseState.WITHDRAWN).order_by("-number")
    found: str | None = standing.values_list("state", flat=True).first()
    return found


_brings_back = logged_in & member_of_holder & holds_role(Role.DATA_MANAGER)
may_restore = _brings_back & was_registered
may_reopen = _brings_back & was_draft


@rule("no_reader", _("Cases are for clinicians, data managers and auditors of a hospital."))
def reads_somewhere(person: Any) -> bool:
    """The person reads the cases of some organisation: whether the system shows in their rail."""
    return bool(organisations_read_by(person))


def organisations_read_by(person: Any) -> frozenset[int]:
    """Ids of the organisations whose cases someone may read today."""
    return _organisations(person, READERS)


def organisations_written_by(person: Any) -> frozenset[int]:
    """Ids of the organisations for which someone may register cases today."""
    return _organisations(person, WRITERS)


def subject_of(person: Any) -> Subject:
    """Who asks, as ``kernel.sharing`` reads it: the person, acting for one of their institutions."""
    return person_subject(person, readers=READERS)


def visible_to(person: Any) -> Q:
    """The cases that someone may open, for the database: ``Case.objects.filter(visible_to(person))``.

    Those of the institutions whose cases they read, and those that are shared with them whole.
    """
    return sharing.visible_to(subject_of(person), Purpose.RESEARCH, context(), KIND, Level.WHOLE)


@rule("not_visible", _("This case is not shared with you."))
def may_see(person: Any, case: Any) -> Verdict:
    """The person may open the case: the decision whose filter is ``visible_to``."""
    return sharing.decide(subject_of(person), case, Purpose.RESEARCH, context(), Level.WHOLE)


def _organisations(person: Any, roles: tuple[Role, ...]) -> frozenset[int]:
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return frozenset()
    return frozenset(current_memberships(person).filter(role__in=roles).values_list("organisation_id", flat=True))

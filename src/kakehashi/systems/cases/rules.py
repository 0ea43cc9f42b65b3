"""Who may do what with a case, and its twin that the database filters by. Default deny.

A case is worked on by its own hospital's clinicians and data managers, and read by its auditors. Who else may see how
much of it is ``kernel.sharing``'s to decide; ``visible_to`` is the only filter of what may be opened, and
``usable_by`` of what may be searched, matched and counted beyond the care of the patient.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.queries import organisation_ids_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role, member_of_holder
from kakehashi.kernel.rules import Verdict, logged_in, rule
from kakehashi.kernel.sharing import decision as sharing
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Subject
from kakehashi.kernel.sharing.subjects import context, person_subject
from kakehashi.systems.cases.states import FINDABLE, UNSOLVED, CaseState

KIND = "cases.case"
"""How sharing's rows name a case."""
WRITERS = (Role.CLINICIAN, Role.DATA_MANAGER)
AT_CENTRES = (*WRITERS, Role.RESEARCHER)
READERS = (*WRITERS, Role.DIAGNOSIS_COMMITTEE, Role.AUDITOR)

may_register = logged_in & member_of_holder & holds_role(*WRITERS)
may_edit = may_register
may_withdraw = may_register
may_import = may_register


@rule("was_no_draft", _("This case was registered before it was withdrawn; it comes back registered."))
def was_draft(person: Any, case: Any) -> bool:
    """The withdrawn case had never been registered."""
    return state_before(case) == CaseState.DRAFT


@rule("was_draft", _("This case was a draft before it was withdrawn; it comes back as a draft."))
def was_registered(person: Any, case: Any) -> bool:
    """The withdrawn case had been registered."""
    return state_before(case) in FINDABLE


def state_before(case: Any) -> str | None:
    """Where a case stood before it was withdrawn: its revisions keep the state of their time."""
    return _last_state(case.revisions.exclude(state=CaseState.WITHDRAWN))


def unsolved_before(case: Any) -> str | None:
    """Where a diagnosed or closed case stood while a diagnosis was still looked for."""
    return _last_state(case.revisions.filter(state__in=UNSOLVED))


def _last_state(revisions: Any) -> str | None:
    """Of the latest of these. An analysis ended when the case left it: such a case has to be sent again."""
    found: str | None = revisions.order_by("-number").values_list("state", flat=True).first()
    return str(CaseState.REGISTERED) if found == CaseState.IN_ANALYSIS else found


_brings_back = logged_in & member_of_holder & holds_role(Role.DATA_MANAGER)
may_restore = _brings_back & was_registered
may_reopen = _brings_back & was_draft


_works_on = logged_in & member_of_holder & holds_role(*WRITERS)


@rule("no_centre", _("This is for the analysis centre that has the case."))
def of_its_centre(person: Any, case: Any) -> bool:
    """The person works at the analysis centre that the case was sent to and may open it."""
    open_ones = case.analyses.filter(done_on=None, called_back_on=None, centre__in=organisations_analysing(person))
    return open_ones.exists() and bool(may_see(person, case))


@rule("no_committee", _("This is for the diagnosis committee that has the case."))
def of_its_committee(person: Any, case: Any) -> bool:
    """The person sits on the diagnosis committee of the case's hospital, or on the one that is reviewing it."""
    sits = organisations_reviewed_by(person)
    if not sits:
        return False
    reviewing = case.reviews.filter(decision="").values_list("organisation_id", flat=True).first()
    return (reviewing or case.organisation_id) in sits and bool(may_see(person, case))


may_send = _works_on
may_record_analysis = _works_on | (logged_in & of_its_centre)
may_diagnose = _works_on | (logged_in & of_its_committee)
may_close = may_diagnose
may_reopen_diagnosis = may_diagnose
may_analyse_again = may_diagnose


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


def organisations_analysing(person: Any) -> frozenset[int]:
    """Ids of the institutions for which someone may work on analyses today."""
    return _organisations(person, AT_CENTRES)


def organisations_reviewed_by(person: Any) -> frozenset[int]:
    """Ids of the institutions on whose diagnosis committee someone sits today."""
    return _organisations(person, (Role.DIAGNOSIS_COMMITTEE,))


def subject_of(person: Any) -> Subject:
    """Who asks, as ``kernel.sharing`` reads it: the person, acting for one of their institutions."""
    return person_subject(person, readers=READERS)


def visible_to(person: Any) -> Q:
    """The cases that someone may open, for the database: ``Case.objects.filter(visible_to(person))``.

    Those of the institutions whose cases they read, those that are shared with them whole, and those of the patients in
    whose care they take part.
    """
    subject, today = subject_of(person), context()
    shared = sharing.visible_to(subject, Purpose.RESEARCH, today, KIND, Level.WHOLE)
    if not any(Purpose.CARE in grant.purposes for grant in subject.grants):
        return shared  # who is granted nothing for care sees what their institutions hold, which stands in it already
    return shared | sharing.visible_to(subject, Purpose.CARE, today, KIND, Level.WHOLE)


def usable_by(person: Any) -> Q:
    """The cases that someone may open for more than the care of the patient: for search, matching and learning."""
    return sharing.visible_to(subject_of(person), Purpose.RESEARCH, context(), KIND, Level.WHOLE)


@rule("care_only", _("This case is open to you for the care of its patient only."))
def may_use(person: Any, case: Any) -> Verdict:
    """The person may use the case beyond the patient's care: the decision whose filter is ``usable_by``."""
    return sharing.decide(subject_of(person), case, Purpose.RESEARCH, context(), Level.WHOLE)


def pseudonym_for(person: Any, case: Any) -> str:
    """The hospital's own pseudonym for those who belong to it; for everyone else the case's public id."""
    return str(case.local_id if member_of_holder(person, case) else case.public_id)


@rule("not_visible", _("This case is not shared with you."))
def may_see(person: Any, case: Any) -> Verdict:
    """The person may open the case: the decision whose filter is ``visible_to``."""
    subject, today = subject_of(person), context()
    shared = sharing.decide(subject, case, Purpose.RESEARCH, today, Level.WHOLE)
    return shared | sharing.decide(subject, case, Purpose.CARE, today, Level.WHOLE)


def _organisations(person: Any, roles: tuple[Role, ...]) -> frozenset[int]:
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return frozenset()
    return organisation_ids_of(person, roles)

"""A patient registered after a consultation: the case and what it came of, both or neither."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.consultations import consultations_of, lead_to_case
from kakehashi.systems.cases.course.referrals import open_to_hub, referrals_of
from kakehashi.systems.cases.course.states import ReferralState
from kakehashi.systems.cases.linkage.registrations import alone
from kakehashi.systems.cases.models import Case, Consultation
from kakehashi.systems.cases.queries import cases_named, visible_cases
from kakehashi.systems.cases.states import CaseState


def enter_case_of(*, by: Any, consultation_id: int, **said: Any) -> Case:
    """Enter a case (see ``enter_case``) that a consultation led to; 0: of none. Errors as both, NotFound."""
    with transaction.atomic():
        if consultation_id:
            alone()  # before the case is recorded in the trail: see there
        case = enter_case(by=by, **said)
        if consultation_id:
            lead_to_case(by=by, consultation=_within_reach(by, consultation_id), case=case)
            open_to_hub(by=by, case=case)
    return case


def link_case_of(*, by: Any, consultation: Consultation, case: Case) -> Consultation:
    """The patient is registered already: say which case it is. Errors as ``lead_to_case``, Invalid."""
    if case.synthetic != consultation.synthetic:
        text = _("One of the two is made up and the other is not: a real family's patient is no synthetic case.")
        raise Invalid({"case": [text]})
    with transaction.atomic():
        linked = lead_to_case(by=by, consultation=consultation, case=case)
        open_to_hub(by=by, case=case)
    return linked


def case_to_link(person: Any, consultation: Consultation, typed: str) -> Case:
    """The case that an id or pseudonym names, among those that the person may edit. Raises Invalid."""
    written = rules.organisations_written_by(person)
    editable = visible_cases(person).filter(organisation__in=written).exclude(state=CaseState.WITHDRAWN)
    found = list(cases_named(editable, typed.strip())[:2]) if typed.strip() else []
    if not found:
        raise Invalid({"case": [_("None of the cases that you may edit has this id or pseudonym.")]})
    if len(found) > 1:
        raise Invalid({"case": [_("Several of your cases go by this pseudonym. Give the id, such as K-…")]})
    return found[0]


def consultation_within_reach(person: Any, consultation_id: int) -> Consultation:
    """A consultation of one's own hospital, or one that one's hub accepted; the read is recorded. Raises NotFound."""
    found = _within_reach(person, consultation_id)
    audit.read_of(person, "consultation", [found])
    return found


def _within_reach(person: Any, consultation_id: int) -> Consultation:
    own = consultations_of(person).filter(pk=consultation_id).first()
    accepted = referrals_of(person).filter(consultation_id=consultation_id, state=ReferralState.ACCEPTED).first()
    found = own or (accepted.consultation if accepted is not None else None)
    if found is None:
        raise NotFound(_("Consultation"))
    return found


def may_unlink(person: Any, consultation: Consultation) -> bool:
    """Whether the person may part a consultation that they see from its case: the case is theirs to edit."""
    return consultation.case is not None and bool(rules.may_edit(person, consultation.case))


def consultation_to_unlink(person: Any, consultation_id: int) -> Consultation:
    """A consultation of one's own hospital, or referred to one's hub, whatever came of that; the reading is recorded.

    Raises NotFound, NotAllowed (its case is not one's to edit), Conflict (it led to none).
    """
    own = consultations_of(person).filter(pk=consultation_id).first()
    referred = referrals_of(person).filter(consultation_id=consultation_id).first()
    found = own or (referred.consultation if referred is not None else None)
    if found is None:
        raise NotFound(_("Consultation"))
    if found.case is None:
        raise Conflict(_("This consultation led to no case."))
    audit.insist(rules.may_edit(person, found.case), by=person, action="consultation.unlink", subject=found)
    audit.read_of(person, "consultation", [found])
    return found

"""A patient registered after a consultation: the case and what it came of, both or neither."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import NotFound
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.consultations import consultations_of, lead_to_case
from kakehashi.systems.cases.course.referrals import open_to_hub, referrals_of
from kakehashi.systems.cases.course.states import ReferralState
from kakehashi.systems.cases.models import Case, Consultation


def enter_case_of(*, by: Any, consultation_id: int, **said: Any) -> Case:
    """Enter a case (see ``enter_case``) that a consultation led to; 0: of none. Errors as both, NotFound."""
    with transaction.atomic():
        case = enter_case(by=by, **said)
        if consultation_id:
            lead_to_case(by=by, consultation=consultation_within_reach(by, consultation_id), case=case)
            open_to_hub(by=by, case=case)
    return case


def consultation_within_reach(person: Any, consultation_id: int) -> Consultation:
    """A consultation of one's own hospital, or one that one's hub accepted. Raises NotFound."""
    own = consultations_of(person).filter(pk=consultation_id).first()
    accepted = referrals_of(person).filter(consultation_id=consultation_id, state=ReferralState.ACCEPTED).first()
    found = own or (accepted.consultation if accepted is not None else None)
    if found is None:
        raise NotFound(_("Consultation"))
    return found

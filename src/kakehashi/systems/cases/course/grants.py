"""The access that a referral, an analysis or a review gives to another institution, ended with it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.actions import end_grant, grant_access
from kakehashi.kernel.sharing.models import Grant
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.systems.cases.models import Analysis, Case, Referral, Review


def give_access(holder: Analysis | Referral | Review, case: Case, to: Organisation, *, by: Any, reason: str) -> None:
    """Let an institution see the whole case for the patient's care, whatever its reach; nothing is granted to its own.

    Nothing else follows from it: no search, match or export. Saves nothing of ``holder``.
    """
    if to.pk != case.organisation_id:
        holder.grant = grant_access(by=by, to=to, of=case, level=Level.WHOLE, purpose=Purpose.CARE, reason=reason)


def end_access(holder: Analysis | Referral | Review, *, by: Any) -> None:
    """End the access that was given with this, if it still stands. Saves nothing of ``holder``."""
    given = Grant.in_force(timezone.localdate()).filter(pk=holder.grant_id).first() if holder.grant_id else None
    holder.grant = None
    if given is not None:
        end_grant(by=by, grant=given)

"""The review of what came of a funded request: dated, by somebody, never changed."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.adjustment import rules
from kakehashi.systems.portfolio.adjustment.states import RequestState
from kakehashi.systems.portfolio.models import AdjustmentRequest, OutcomeReview


def review_outcome(*, by: Person, request: AdjustmentRequest, on: date, outcome: str, findings: str) -> OutcomeReview:
    """Record what was found, as of a day, of what came of a funded request. Earlier reviews stay.

    Raises NotAllowed; Conflict where the request is not funded; Invalid naming each field at fault.
    """
    audit.insist(rules.may_review(by, request), by=by, action="adjustmentrequest.review", subject=request)
    with transaction.atomic():
        locked = AdjustmentRequest.objects.select_for_update(of=("self",)).select_related("round").get(pk=request.pk)
        decided = locked.round.decided_at
        if locked.state != RequestState.FUNDED or decided is None:
            raise Conflict(_("Request %(code)s was not funded: there is nothing to review.") % {"code": locked.code})
        if on > timezone.localdate():
            raise Invalid({"on": [_("This day has not come yet.")]})
        if on < timezone.localdate(decided):
            raise Invalid({"on": [_("It was decided later, on %(day)s.") % {"day": timezone.localdate(decided)}]})
        made = OutcomeReview(request=locked, on=on, outcome=outcome, findings=findings.strip(), reviewed_by=by)
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        audit.record(by, "adjustmentrequest.review", locked, detail={"on": on.isoformat(), "outcome": outcome})
    return made

"""The diagnosis committee: an analysed case is put before it, its members say what they think, it decides.

The decision moves the case: to diagnosed (with the diagnosis it records), to closed, or to another analysis.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.queries import people_holding
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.networks import hubs_for
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.course.analyses import ask_for
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.course.grants import end_access, give_access
from kakehashi.systems.cases.course.states import REVIEW_TAKEN_BACK, ReviewDecision
from kakehashi.systems.cases.course.telling import tell_own_people
from kakehashi.systems.cases.models import Case, Opinion, Review
from kakehashi.systems.cases.states import CaseState


def committees_for(organisation: Organisation) -> list[Organisation]:
    """The institutions before whose committee a hospital may put a case: itself and the hubs of its networks.

    Only where someone sits on the committee.
    """
    possible = [organisation, *hubs_for(organisation.pk)]
    return [one for one in possible if people_holding([Role.DIAGNOSIS_COMMITTEE], [one.pk]).exists()]


def open_review(*, by: Any, case: Case, committee: Organisation) -> Review:
    """Put an analysed case before a committee. Raises NotAllowed, Conflict, Invalid (nobody sits on it)."""
    audit.insist(rules.may_send(by, case), by=by, action="review.open", subject=case)
    if committee.pk not in {one.pk for one in committees_for(case.organisation)}:
        text = _("Nobody sits on a diagnosis committee there. An administrator gives people that role.")
        raise Invalid({"committee": [text]})
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state != CaseState.ANALYSED:
            raise Conflict(_("Only an analysed case is put before the committee."))
        if locked.reviews.filter(decision="").exists():
            raise Conflict(_("A committee has this case already."))
        made = Review(case=locked, organisation=committee, opened_by=by)
        give_access(made, locked, committee, by=by, reason="diagnosis committee")
        made.save()
        audit.record(by, "review.open", locked, detail={"committee": committee.pk})
    return made


def give_opinion(*, by: Any, review: Review, text: str) -> Opinion:
    """What a member thinks of the case. Raises NotAllowed, Conflict (it is decided), Invalid."""
    audit.insist(rules.of_its_committee(by, review.case), by=by, action="review.opinion", subject=review.case)
    if not text.strip():
        raise Invalid({"text": [_("Write your opinion.")]})
    with transaction.atomic():
        locked = _open(review)
        made = Opinion.objects.create(review=locked, by=by, text=text.strip()[:2000])
        audit.record(by, "review.opinion", locked.case)
    return made


def decide(
    *, by: Any, review: Review, decision: ReviewDecision, note: str, diagnosis: NewDiagnosis | None = None
) -> Review:
    """The committee's decision: it moves the case in the same transaction, and the case's own people are told.

    Raises NotAllowed, Conflict (decided already, or the case has moved on), Invalid (no grounds, or no diagnosis said).
    """
    audit.insist(rules.of_its_committee(by, review.case), by=by, action="review.decide", subject=review.case)
    if not note.strip():
        raise Invalid({"note": [_("Give the grounds of the decision.")]})
    if (decision == ReviewDecision.DIAGNOSED) != (diagnosis is not None):
        raise Invalid({"diagnosis": [_("Say which diagnosis, and only where the committee found one.")]})
    with transaction.atomic():
        locked = _open(review)
        case = locked.case
        if case.state != CaseState.ANALYSED:
            raise Conflict(_("The case has moved on since it was put before the committee."))
        if diagnosis is not None:
            record_diagnosis(by=by, case_id=case.pk, diagnosis=diagnosis, review=locked)
        else:
            advance(case, "close" if decision == ReviewDecision.NO_DIAGNOSIS else "analyse_again", by=by, note=note)
        locked.refresh_from_db()  # the move has ended the review; this is how
        locked.decision, locked.note = str(decision), note.strip()[:500]
        locked.decided_at, locked.decided_by = timezone.now(), by
        locked.save()
        if decision == ReviewDecision.ANALYSE_AGAIN:
            ask_for(locked)
        audit.record(by, "review.decide", case, detail={"decision": str(decision)})
        decided = format_lazy(_("The diagnosis committee has decided on case {case}."), case=case.public_id)
        tell_own_people(case, decided, by=by, asked_by=[locked.opened_by_id])
    return locked


def take_back(case: Case, *, by: Any) -> None:
    """Part of the moves that go on without a decision: the committee that has the case is asked no longer."""
    review = case.reviews.select_for_update().filter(decision="").first()
    if review is not None:
        review.decision, review.decided_at, review.decided_by = REVIEW_TAKEN_BACK, timezone.now(), by
        end_access(review, by=by)
        review.save()


def reviews_awaiting(person: Any) -> QuerySet[Review]:
    """The reviews that a committee of this person's has still to decide, oldest first."""
    sits = rules.organisations_reviewed_by(person)
    return Review.objects.filter(decision="", organisation__in=sits).select_related("case").order_by("opened_at")


def _open(review: Review) -> Review:
    found = Review.objects.select_for_update().select_related(None).get(pk=review.pk)
    if found.decision == REVIEW_TAKEN_BACK:
        raise Conflict(_("The case went on without the committee's decision; it is put before it anew if needed."))
    if found.decision:
        raise Conflict(_("The committee has decided on this case."))
    return found

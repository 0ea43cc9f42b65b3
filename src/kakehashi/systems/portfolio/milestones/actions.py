"""Every write to milestones beside the decisions, which are moves; and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.shell import Waiting
from kakehashi.systems.portfolio.keeping.writing import change
from kakehashi.systems.portfolio.lineage.rules import may_link as may_plan
from kakehashi.systems.portfolio.milestones.rules import decided_by, may_decide
from kakehashi.systems.portfolio.milestones.states import OPEN
from kakehashi.systems.portfolio.models import Award, Milestone

MOST, MOST_REASON = 20, 500


def plan_milestone(*, by: Person, award: Award, name: str, criteria: str, due: date) -> Milestone:
    """Say what an award is to reach by when. Raises NotAllowed, Invalid naming each field at fault."""
    audit.insist(may_plan(by), by=by, action="milestone.plan", subject=award)
    _insist_within(award, due)
    with transaction.atomic():
        made = Milestone(award=award, name=name.strip(), criteria=criteria.strip(), due=due)
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        audit.record(by, "milestone.plan", made, detail={"award": award.number, "due": due.isoformat()})
    return made


def change_milestone(
    *, by: Person, milestone: Milestone, name: str, criteria: str, due: date, reason: str
) -> Milestone:
    """Say otherwise what is to be reached by when, while it is not decided; what stood before is kept with the reason.

    Raises NotAllowed; Conflict once it is decided or withdrawn; Invalid naming each field at fault.
    """
    audit.insist(may_plan(by), by=by, action="milestone.change", subject=milestone)
    if not reason.strip() or len(reason.strip()) > MOST_REASON:
        raise Invalid({"reason": [_("Say why it is changed, in at most 500 letters.")]})
    with transaction.atomic():
        locked = Milestone.objects.select_for_update(of=("self",)).select_related("award").get(pk=milestone.pk)
        if locked.state not in OPEN:
            raise Conflict(_("This milestone is decided."))
        if due != locked.due:
            _insist_within(locked.award, due)
        said = {"name": name.strip(), "criteria": criteria.strip(), "due": due}
        return change(locked, said, by=by, action="milestone.change", reason=reason.strip())


def _insist_within(award: Award, due: date) -> None:
    if due < award.begins:
        raise Invalid({"due": [_("The award has not begun by then.")]})
    if due > award.ends:
        text = _("The award ends on %(day)s. Where it runs longer, amend its contract first.")
        raise Invalid({"due": [text % {"day": award.ends.isoformat()}]})


def show_evidence(*, by: Person, milestone: Milestone, evidence: str) -> None:
    """Say what shows that the criteria are met. Raises NotAllowed, Conflict once it is decided, Invalid."""
    audit.insist(may_plan(by), by=by, action="milestone.evidence", subject=milestone)
    if not evidence.strip() or len(evidence) > 2000:
        raise Invalid({"note": [_("Say what shows it, in at most 2,000 letters.")]})
    with transaction.atomic():
        locked = Milestone.objects.select_for_update().get(pk=milestone.pk)
        if locked.state not in OPEN:
            raise Conflict(_("This milestone is decided."))
        locked.evidence = evidence.strip()
        locked.save()
        audit.record(by, "milestone.evidence", locked)


def overdue(today: date) -> QuerySet[Milestone]:
    """The milestones whose day has passed without Go or No-go."""
    return Milestone.objects.filter(state__in=OPEN, due__lt=today)


def waiting_for(person: Any) -> Iterable[Waiting]:
    """Overdue milestones, for those who decide at stage gates."""
    if not may_decide(person):
        return
    mine = Award.objects.filter(decided_by(person))
    for one in overdue(timezone.localdate()).filter(award__in=mine.order_by()).select_related("award")[:MOST]:
        yield Waiting(
            timezone.make_aware(datetime.combine(one.due, time.min)),
            _("Milestone of %(award)s: %(name)s") % {"award": one.award.number, "name": one.name},
            reverse("portfolio:milestones", args=[one.award.number]),
            gettext_lazy("Decide"),
        )

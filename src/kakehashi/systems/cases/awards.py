"""The award that paid for a case: named, exchanged, taken away. Its diagnoses count for it from then on."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.actions import add_revision, insist_on_standing
from kakehashi.systems.cases.course.diagnoses import tell_awards
from kakehashi.systems.cases.events import CaseChanged
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import FINDABLE, RevisionKind
from kakehashi.systems.portfolio.public import award_numbered


def set_award(*, by: Any, case: Case, number: str) -> Case:
    """Name the award that paid for a case (``by=None``: the node's operator), any institution's; "" names none.

    Nothing happens when it is the one named already. Raises NotAllowed, Conflict (the case is withdrawn), Invalid (no
    award has this number, or none is named although diagnoses are recorded, which an award counts).
    """
    if by is not None:
        audit.insist(rules.may_edit(by, case), by=by, action="case.award", subject=case)
    wanted = award_id(number)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        insist_on_standing(locked)
        before = locked.award_id
        if wanted == before:
            return locked
        if wanted is None and locked.diagnosis_rows.exists():
            text = _("Diagnoses of this case count for its award. Name another award; it cannot be left empty.")
            raise Invalid({"number": [text]})
        locked.award_id = wanted
        locked.revision += 1
        locked.save()
        add_revision(locked, RevisionKind.AWARD, by=by, note=number.strip())
        audit.record(by, "case.award", locked, detail={"award": [before, wanted], "revision": locked.revision})
        tell_awards(locked)
        if locked.state in FINDABLE:
            events.publish(CaseChanged(locked.pk, locked.revision))
    return locked


def award_id(number: str) -> int | None:
    """The award of this number, None for an empty one. Raises Invalid, saying what to do, when there is none."""
    if not number.strip():
        return None
    try:
        return award_numbered(number).id
    except NotFound:
        text = _(
            "No award of this node has the number %(number)s. Check how it is written; the node's operator registers "
            "awards (kakehashi awards add)."
        )
        raise Invalid({"number": [text % {"number": number.strip()}]}) from None

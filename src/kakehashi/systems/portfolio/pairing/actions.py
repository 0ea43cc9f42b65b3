"""What officers answer to what pairing found, and how often they accept."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.lineage.rules import may_link
from kakehashi.systems.portfolio.models import Answer, Award, Call, Found, PairingAnswer, Programme
from kakehashi.systems.portfolio.pairing.finding import MOST


def answer_pairing(
    *, by: Person, award: Award, found: str, key: str, place: int, answer: str, reason: str
) -> PairingAnswer:
    """Accept or decline something found for an award, with a reason; a later answer replaces one's earlier one, or
    that of somebody who runs programmes no more.

    ``place``: where it stood in the list, from 1. Raises NotAllowed, Invalid naming each field at fault, Conflict where
    somebody else answered.
    """
    audit.insist(may_link(by), by=by, action="award.pairing", subject=award)
    faults = _faults(award, found, key, place)
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        rows = PairingAnswer.objects.select_for_update(of=("self",)).select_related("answered_by")
        made = rows.filter(award=award, found=found, key=key).first()
        if made is not None and made.answered_by != by and may_link(made.answered_by):
            text = _("%(name)s answered this already (%(answer)s): ask them to change it.")
            raise Conflict(text % {"name": made.answered_by, "answer": made.get_answer_display()})
        made = made or PairingAnswer(award=award, found=found, key=key)
        made.place, made.answer, made.reason, made.answered_by = place, answer, reason.strip(), by
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        audit.record(by, "award.pairing", award, detail={"found": found, "key": key, "answer": answer})
    return made


def _faults(award: Award, found: str, key: str, place: int) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not _is_there(found, key):
        faults["key"] = [_("There is nothing of this number or code.")]
    elif found == Found.GIVER and key == award.number:
        faults["key"] = [_("An award does not lead to itself.")]
    if not 1 <= place <= MOST:
        faults["place"] = [_("At most %(most)d are found: the place is from 1 to %(most)d.") % {"most": MOST}]
    return faults


def _is_there(found: str, key: str) -> bool:
    if found == Found.PROGRAMME:
        return Programme.objects.filter(code=key).exists()
    rows = Call.objects.all() if found == Found.CALL else Award.objects.all()
    return rows.filter(number=key).exists()


@dataclass(frozen=True)
class Acceptance:
    """How much of what was found was answered, and accepted; ``share`` None where nothing was answered."""

    label: str
    answered: int
    accepted: int

    @property
    def share(self) -> float | None:
        return self.accepted / self.answered if self.answered else None


def acceptance() -> list[Acceptance]:
    """The acceptance of each kind of thing found."""
    rows = PairingAnswer.objects.order_by().values_list("found")
    counted = {
        found: (answered, accepted)
        for found, answered, accepted in rows.annotate(
            answered=Count("pk"), accepted=Count("pk", filter=Q(answer=Answer.ACCEPTED))
        )
    }
    return [Acceptance(str(label), *counted.get(key, (0, 0))) for key, label in Found.choices]

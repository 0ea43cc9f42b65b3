"""An award's money by institution: what each was paid, passed on and got as a sub-award, used, gave back, and has.

Reckoned from the award's movements; what a correction moved back is taken off what it corrects.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, EntryKind
from kakehashi.systems.portfolio.models import Award, Movement

RECEIVED = {EntryKind.PAY: "paid", EntryKind.SUBAWARD: "got"}
GIVEN = {
    EntryKind.SUBAWARD: "passed_on",
    EntryKind.SPEND: "used",
    EntryKind.REPAY: "gave_back",
    EntryKind.RETURN: "gave_back",
}


@dataclass
class Share:
    """What an institution has of an award, in yen: paid + got = passed_on + used + gave_back + has."""

    institution: Organisation
    paid: int = 0
    got: int = 0
    passed_on: int = 0
    used: int = 0
    gave_back: int = 0
    has: int = 0


def shares_of(award: Award) -> list[Share]:
    """Each institution's share, the most paid or got first. Money carried over stays: it is in no column."""
    own = {one.pk: one for one in award.accounts.filter(kind=AccountKind.INSTITUTION).select_related("organisation")}
    shares = {one.organisation_id: Share(one.organisation) for one in own.values() if one.organisation is not None}
    for one in own.values():
        shares[one.organisation_id].has += one.balance_yen
    where = {pk: one.organisation_id for pk, one in own.items()}
    moved = Movement.objects.filter(Q(source__in=where) | Q(target__in=where)).order_by()
    kind = Coalesce("entry__corrects__kind", "entry__kind")
    sums = moved.values_list("source_id", "target_id", kind, "entry__corrects").annotate(yen=Sum("amount_yen"))
    for source, target, meant, corrects, yen in sums:
        if corrects is not None:
            source, target, yen = target, source, -yen
        if target in where and meant in RECEIVED:
            _add(shares[where[target]], RECEIVED[meant], yen)
        if source in where and meant in GIVEN:
            _add(shares[where[source]], GIVEN[meant], yen)
    return sorted(shares.values(), key=lambda one: (-(one.paid + one.got), one.institution.code))


def _add(share: Share, field: str, yen: int) -> None:
    setattr(share, field, getattr(share, field) + yen)

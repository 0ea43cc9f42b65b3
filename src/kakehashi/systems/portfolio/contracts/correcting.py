"""A contract or an amendment that was recorded wrongly is taken back with a reason, and may be recorded anew."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.contracts.actions import insist_registers, locked_award
from kakehashi.systems.portfolio.contracts.following import Followed, follow, put_back, told_at
from kakehashi.systems.portfolio.contracts.terms import standing_amendments
from kakehashi.systems.portfolio.models import Amendment, Award, Contract, TakenBack

MOST = 500


def take_back(*, by: Person | None, contract: Contract, reason: str, amendment: Amendment | None = None) -> TakenBack:
    """Let a contract with all its amendments, or the last amendment in force alone, count no more: it was recorded
    wrongly (``by=None``: the node's operator). The award says again what it said before, where nothing else has changed
    it since; the contract's number may be recorded anew; money that is booked stays booked.

    Raises NotAllowed; Invalid without a reason; Conflict where it is taken back already or a later amendment stands.
    """
    insist_registers(by, "contract.take_back", contract.award)
    why = reason.strip()
    if not why or len(why) > MOST:
        raise Invalid({"reason": [_("Say what was recorded wrongly, in at most 500 letters.")]})
    with transaction.atomic():
        award = locked_award(contract.award)
        standing = list(standing_amendments(contract))
        if not Contract.objects.filter(pk=contract.pk, taken_back=None).exists() or (
            amendment is not None and amendment not in standing
        ):
            raise Conflict(_("It is taken back already."))
        if amendment is not None and standing[-1] != amendment:
            raise Conflict(
                _("Amendment %(number)d was laid over it: take that one back first.") % {"number": standing[-1].number}
            )
        followed = put_back(award, amendment or contract, _gone(award, contract, amendment))
        made = TakenBack.objects.create(
            contract=None if amendment else contract,
            amendment=amendment,
            reason=why,
            taken_back_by=by,
            followed=followed,
        )
        follow(contract.award, award)
        detail: dict[str, int | str] = {"contract": contract.number, "edition": contract.edition, "reason": why[:300]}
        audit.record(
            by, "contract.take_back", award, detail=detail | ({"amendment": amendment.number} if amendment else {})
        )
    return made


def _gone(award: Award, contract: Contract, amendment: Amendment | None) -> list[Followed]:
    """What moved the award and is taken back, with what is taken back now, the latest first."""
    now = Q(pk=amendment.pk) if amendment else Q(contract=contract)
    contracts = Contract.objects.filter(
        Q(taken_back__isnull=False) | Q(pk=None if amendment else contract.pk), award=award
    )
    amendments = Amendment.objects.filter(
        now | Q(taken_back__isnull=False) | Q(contract__taken_back__isnull=False), contract__award=award
    )
    undone = TakenBack.objects.filter(Q(contract__award=award) | Q(amendment__contract__award=award))
    return sorted([*contracts, *amendments, *undone], key=told_at, reverse=True)

"""The money of a decided round into the ledger: allotted, distributed and committed in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment import rules
from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind, Place
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Account, AdjustmentRequest, AdjustmentRound, Appropriation
from kakehashi.systems.portfolio.publishing import appropriation

MEMO = "調整費 "
"""How the memo of every entry of a round begins in the ledger, whatever the language of who commits it."""


def commit_round(*, by: Person, of_round: AdjustmentRound) -> AdjustmentRound:
    """Commit the money of every chosen request and close the round.

    It comes from what lies undistributed of the ministry's adjustment funds of the year; what is missing there is
    allotted first. Raises NotAllowed, Conflict (not decided).
    """
    audit.insist(rules.may_post(by), by=by, action="adjustmentround.close", subject=of_round)
    with transaction.atomic():
        locked = AdjustmentRound.objects.select_for_update().get(pk=of_round.pk)
        if locked.state != RoundState.DECIDED:
            raise Conflict(_("The round %(code)s is not decided.") % {"code": locked.code})
        chosen = locked.requests.filter(state=RequestState.CHOSEN).select_related("award__programme", "round")
        requests = sorted(chosen, key=lambda one: (_ministry(one), one.number))
        new = list(_entries(locked, requests, by))
        commitments = [entry for entry in post_many(new, by=by) if entry.kind == EntryKind.COMMIT]
        for one, entry in zip(requests, commitments, strict=True):
            one.entry = entry
            one.save(update_fields=["entry"])
            advance(one, "fund", by=by)
        return advance(locked, "close", by=by)


def _entries(of_round: AdjustmentRound, requests: Sequence[AdjustmentRequest], by: Person | None) -> Iterator[NewEntry]:
    year = of_round.fiscal_year
    first, last = fiscal_year_days(year)
    day = min(max(timezone.localdate(), first), last)
    by_ministry: defaultdict[str, list[AdjustmentRequest]] = defaultdict(list)
    for one in requests:
        by_ministry[_ministry(one)].append(one)
    for ministry, asked in by_ministry.items():
        money = appropriation(ministry, BudgetKind.ADJUSTMENT, year, by=by)
        yield from _bring(of_round, money, asked, day)
        for one in asked:
            source, target = _programme(money, one), _award(money, one)
            memo = _memo(one.code)
            yield NewEntry(EntryKind.COMMIT, day, year, (Transfer(source, target, one.amount_yen),), memo)


def _bring(
    of_round: AdjustmentRound, money: Appropriation, asked: Sequence[AdjustmentRequest], day: date
) -> Iterator[NewEntry]:
    """What brings the money to the programmes: the allotment of what is missing, and the distribution."""
    year, memo = of_round.fiscal_year, _memo(of_round.code)
    agency = Place(AccountKind.AGENCY, money.pk, year)
    lying = Account.objects.filter(key=agency.key).values_list("balance_yen", flat=True).first() or 0
    missing = sum(one.amount_yen for one in asked) - lying
    if missing > 0:
        granted = Place(AccountKind.GRANTED, money.pk, year)
        yield NewEntry(EntryKind.ALLOT, day, year, (Transfer(granted, agency, missing),), memo)
    yen: defaultdict[Place, int] = defaultdict(int)
    for one in asked:
        yen[_programme(money, one)] += one.amount_yen
    moved = tuple(Transfer(agency, place, amount) for place, amount in yen.items())
    yield NewEntry(EntryKind.DISTRIBUTE, day, year, moved, memo)


def _memo(code: str) -> str:
    return MEMO + code


def memo_said(memo: str) -> str:
    """An entry's memo as a page says it: that of a round in the language in force, any other as somebody wrote it."""
    if not memo.startswith(MEMO):
        return memo
    return f"{BudgetKind.ADJUSTMENT.label} {memo.removeprefix(MEMO)}"


def _ministry(request: AdjustmentRequest) -> str:
    assert request.award.programme is not None  # checked when it was asked for
    return request.award.programme.ministry


def _programme(money: Appropriation, request: AdjustmentRequest) -> Place:
    return Place(AccountKind.PROGRAMME, money.pk, request.round.fiscal_year, request.award.programme_id)


def _award(money: Appropriation, request: AdjustmentRequest) -> Place:
    award = request.award
    return Place(AccountKind.AWARD, money.pk, request.round.fiscal_year, award.programme_id, award.pk)

"""What entries would book, before they are: each account and each figure that changes, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kakehashi.systems.portfolio.behind import Money, Slice, yen_behind
from kakehashi.systems.portfolio.ledger.balances import accounts_touched, shift
from kakehashi.systems.portfolio.ledger.checking import check
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Programme


@dataclass(frozen=True)
class Change:
    """An account and its balance in yen before and after."""

    account: Account
    before: int
    after: int


@dataclass(frozen=True)
class FigureChange:
    """A programme's figure of a year and its yen before and after."""

    what: Money
    programme: Programme
    fiscal_year: int
    before: int
    after: int


@dataclass(frozen=True)
class Foreseen:
    """Everything that entries would change."""

    accounts: tuple[Change, ...]
    figures: tuple[FigureChange, ...]


def foresee(new: Sequence[NewEntry], *, undone: NewEntry | None = None) -> Foreseen:
    """What entries would change, after ``undone`` moved back what another moved. Writes nothing; raises Invalid and
    Conflict as their writing would."""
    check(new)
    every = [undone, *new] if undone is not None else list(new)
    accounts = accounts_touched(every)
    before = {key: one.balance_yen for key, one in accounts.items()}
    for number, one in enumerate(every, 1):
        shift(accounts, one, number)
    changed = tuple(
        Change(one, before[key], one.balance_yen) for key, one in accounts.items() if one.balance_yen != before[key]
    )
    return Foreseen(changed, tuple(_figures(changed)))


def _figures(changed: Sequence[Change]) -> list[FigureChange]:
    yen: defaultdict[tuple[int, int, Money], int] = defaultdict(int)
    for one in changed:
        account, more = one.account, one.after - one.before
        if account.programme_id is None:
            continue
        kinds = [Money.BUDGETED]
        kinds += [Money.CARRIED_IN] if account.kind == AccountKind.CARRIED_IN else []
        kinds += [Money.COMMITTED] if account.award_id is not None else []
        kinds += [Money.SPENT] if account.kind == AccountKind.SPENT else []
        for what in kinds:
            sign = -1 if what is Money.CARRIED_IN else 1
            yen[(account.programme_id, account.fiscal_year, what)] += sign * more
    programmes = Programme.objects.in_bulk({programme for programme, _year, _what in yen})
    made = []
    for (programme, year, what), more in yen.items():
        if more:
            before = yen_behind(what, Slice(year, programmes[programme]))
            made.append(FigureChange(what, programmes[programme], year, before, before + more))
    return made

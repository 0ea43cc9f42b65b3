"""The balances that entries change, reckoned in memory: what is looked at beforehand is what is written later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Conflict
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, Place
from kakehashi.systems.portfolio.models import Account

BATCH = 5_000


def accounts_touched(new: Iterable[NewEntry]) -> dict[str, Account]:
    """The accounts that entries move money between, by key; those that are not there yet are not saved yet."""
    places = {
        place.key: place for one in new for transfer in one.transfers for place in (transfer.source, transfer.target)
    }
    keys, found = sorted(places), dict[str, Account]()
    for first in range(0, len(keys), BATCH):
        found |= {one.key: one for one in Account.objects.filter(key__in=keys[first : first + BATCH])}
    return found | {key: _account(place) for key, place in places.items() if key not in found}


def shift(accounts: Mapping[str, Account], one: NewEntry, number: int) -> None:
    """Bring the balances up to date by one entry. Raises Conflict where it would overdraw an account; the balances are
    as before then. ``number``: the entry's place among those that are told of."""
    change: defaultdict[str, int] = defaultdict(int)
    for transfer in one.transfers:
        change[transfer.source.key] -= transfer.amount_yen
        change[transfer.target.key] += transfer.amount_yen
    for key, yen in change.items():
        accounts[key].balance_yen += yen
    problem = next((text for key in change if (text := _overdrawn(accounts[key], number))), "")
    if problem:
        for key, yen in change.items():
            accounts[key].balance_yen -= yen
        raise Conflict(problem)


def place_of(account: Account) -> Place:
    """The place that an account is."""
    return Place(
        account.kind,
        account.appropriation_id,
        account.fiscal_year,
        account.programme_id,
        account.award_id,
        account.organisation_id,
    )


def describe(account: Account) -> str:
    """An account in words, for messages and tables."""
    parts = [
        AccountKind(account.kind).label,
        account.award.number if account.award_id and account.award else "",
        account.programme.label() if account.programme_id and account.programme else "",
        account.organisation.label() if account.organisation_id and account.organisation else "",
        account.appropriation.code,
        str(account.fiscal_year),
    ]
    return " · ".join(str(part) for part in parts if part)


def _account(place: Place) -> Account:
    return Account(
        key=place.key,
        kind=place.kind,
        fiscal_year=place.fiscal_year,
        appropriation_id=place.appropriation,
        programme_id=place.programme,
        award_id=place.award,
        organisation_id=place.organisation,
    )


def _overdrawn(account: Account, number: int) -> str:
    """What is wrong with an account's balance; "" where nothing is."""
    origin = account.kind in AccountKind.origins()
    if abs(account.balance_yen) > LARGEST_YEN:
        text = _("Entry %(number)d makes an account hold %(yen)s yen, more than any may (%(place)s).")
    elif origin and account.balance_yen > 0:
        text = _("Entry %(number)d would give back %(yen)s yen more than was given (%(place)s).")
    elif not origin and account.balance_yen < 0:
        text = _("Entry %(number)d takes %(yen)s yen more than there is (%(place)s).")
    else:
        return ""
    return text % {"number": number, "yen": f"{abs(account.balance_yen):,}", "place": describe(account)}

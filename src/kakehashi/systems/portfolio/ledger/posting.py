"""Writing to the ledger: entries with their movements, and the balances they change, in one transaction.

Whoever writes does so alone, from reading the balances to the commit; the database refuses to overdraw an account
whatever happens. Entries are numbered without a gap in the order in which they take effect.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.ledger.balances import BATCH, accounts_touched, place_of, shift
from kakehashi.systems.portfolio.ledger.checking import check
from kakehashi.systems.portfolio.ledger.entries import MEMO, NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.models import Account, Entry

# Plain SQL: a year's payments are tens of thousands of rows, over which the ORM takes ten times as long.
INSERT = "INSERT INTO portfolio_movement (entry_id, source_id, target_id, amount_yen) VALUES (%s, %s, %s, %s)"
MOVE = "UPDATE portfolio_account SET balance_yen = %s WHERE id = %s"


def post(new: NewEntry, *, by: Person | None) -> Entry:
    """Write one entry. Raises Invalid (a movement that its kind does not allow), Conflict (an account would be
    overdrawn; nothing is written then)."""
    return post_many([new], by=by)[0]


def post_many(new: Sequence[NewEntry], *, by: Person | None) -> list[Entry]:
    """Write entries in order, all or none; an import of a year's payments is one call. Raises as ``post``."""
    _insist_on_accountant(by, "ledger.post")
    if not new:
        return []
    check(new)
    with transaction.atomic():
        written = _write(new, by=by, corrects=None)
        _told(written, by, "ledger.post")
    return written


def correct(entry: Entry, *, by: Person | None, memo: str, on: date | None = None) -> Entry:
    """Undo an entry by another that moves everything back. Nothing is ever changed or deleted.

    Raises Invalid without a memo; Conflict where it is corrected already, is itself a correction, or where what it
    gave has gone on meanwhile: correct that first.
    """
    _insist_on_accountant(by, "ledger.correct")
    if not memo.strip():
        raise Invalid({"memo": [_("Say why the entry is corrected.")]})
    with transaction.atomic():
        locked = Entry.objects.select_for_update().get(pk=entry.pk)
        written = _write([undoing(locked, memo, on)], by=by, corrects=locked)
        _told(written, by, "ledger.correct", corrects=locked.number)
    return written[0]


def undoing(entry: Entry, memo: str, on: date | None = None) -> NewEntry:
    """What moves back everything that an entry moved. Raises Conflict for one that is not to be undone."""
    if entry.kind == EntryKind.CORRECT:
        raise Conflict(_("A correction is not corrected: write anew what is right."))
    if Entry.objects.filter(corrects=entry).exists():
        raise Conflict(_("Entry %(number)d is corrected already.") % {"number": entry.number})
    back = [
        Transfer(place_of(one.target), place_of(one.source), one.amount_yen)
        for one in entry.movements.select_related("source", "target")
    ]
    day = on or timezone.localdate()
    return NewEntry(EntryKind.CORRECT, day, entry.fiscal_year, tuple(back), memo.strip()[:MEMO], entry.reference)


def _insist_on_accountant(by: Person | None, action: str) -> None:
    """Who writes to the ledger: an accountant of the agency, or the node's operator. Raises NotAllowed."""
    if by is not None:
        audit.insist(rules.may_write_entries(by), by=by, action=action)


def _told(written: Sequence[Entry], by: Person | None, action: str, **more: int) -> None:
    detail = {"first": written[0].number, "last": written[-1].number, "entries": len(written), **more}
    audit.record(by, action, written[0], detail=detail)


def _write(new: Sequence[NewEntry], *, by: Person | None, corrects: Entry | None) -> list[Entry]:
    alone("portfolio.ledger")
    accounts = accounts_touched(new)
    _move(accounts, new)
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    now = timezone.now()
    entries = [
        Entry(
            number=last + place,
            kind=one.kind,
            fiscal_year=one.fiscal_year,
            on=one.on,
            memo=one.memo,
            reference=one.reference,
            corrects=corrects,
            recorded_by=by,
            recorded_at=now,
        )
        for place, one in enumerate(new, 1)
    ]
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    movements = [
        (entry.pk, accounts[transfer.source.key].pk, accounts[transfer.target.key].pk, transfer.amount_yen)
        for entry, one in zip(entries, new, strict=True)
        for transfer in one.transfers
    ]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, movements)
    return entries


def _move(accounts: Mapping[str, Account], new: Iterable[NewEntry]) -> None:
    """Bring the balances up to date. Raises Conflict at the first entry that would overdraw an account."""
    for number, one in enumerate(new, 1):
        shift(accounts, one, number)
    there = [(one.balance_yen, one.pk) for one in accounts.values() if one.pk is not None]
    Account.objects.bulk_create([one for one in accounts.values() if one.pk is None], batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.executemany(MOVE, there)

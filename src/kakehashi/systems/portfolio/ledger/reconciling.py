"""Whether the books agree with themselves: each balance with its movements, each movement with its route.

An answer of faults, each with what is wrong and where; none where all agrees.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.ledger.kinds import AccountKind, EntryKind
from kakehashi.systems.portfolio.models import Account, Entry, Movement

MANY = 1_000  # so many faults of one sort are told


@dataclass(frozen=True)
class Fault:
    """Something that does not agree: what sort (a stable code), where, and in words what."""

    code: str
    where: str
    text: str


def ledger_faults() -> Iterator[Fault]:
    """Everything in the ledger that does not agree."""
    yield from _balances()
    yield from _sums()
    yield from _empty_entries()
    yield from _carried()
    yield from _gaps()
    yield from _mixed()


BALANCES = """
SELECT account.id, account.key, account.balance_yen, COALESCE(moved.yen, 0)
FROM portfolio_account account LEFT JOIN (
  SELECT id, SUM(yen) AS yen FROM (
    SELECT target_id AS id, amount_yen AS yen FROM portfolio_movement
    UNION ALL SELECT source_id, -amount_yen FROM portfolio_movement) halves
  GROUP BY id) moved ON moved.id = account.id
WHERE account.balance_yen <> COALESCE(moved.yen, 0) ORDER BY account.id
"""


def _balances() -> Iterator[Fault]:
    """Each account's balance is the sum of its movements."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        for _id, key, balance, moved in cursor.fetchmany(MANY):
            text = _("The balance is %(balance)s yen, the movements come to %(moved)s.")
            yield Fault("balance", key, text % {"balance": f"{balance:,}", "moved": f"{int(moved):,}"})


def _sums() -> Iterator[Fault]:
    """What ministries gave lies somewhere: over all accounts of an appropriation the balances come to nothing."""
    for row in Account.objects.values("appropriation__code").annotate(yen=Sum("balance_yen")).exclude(yen=0)[:MANY]:
        text = _("The accounts of this appropriation come to %(yen)s yen instead of 0.")
        yield Fault("sum", row["appropriation__code"], text % {"yen": f"{row['yen']:,}"})


def _empty_entries() -> Iterator[Fault]:
    for number in Entry.objects.filter(movements=None).values_list("number", flat=True)[:MANY]:
        yield Fault("empty", str(number), _("The entry moves nothing."))


def _carried() -> Iterator[Fault]:
    """What a place carried out of one year, the same place carried into the next."""
    kinds = (AccountKind.CARRIED_OUT, AccountKind.CARRIED_IN)
    left: dict[tuple[int | None, ...], int] = {}
    for one in Account.objects.filter(kind__in=kinds).exclude(balance_yen=0).iterator():
        year = one.fiscal_year + (one.kind == AccountKind.CARRIED_OUT)
        place: tuple[int | None, ...] = (
            one.appropriation_id,
            year,
            one.programme_id,
            one.award_id,
            one.organisation_id,
        )
        left[place] = left.get(place, 0) + one.balance_yen
    for place, yen in left.items():
        if yen:
            text = _("%(yen)s yen were carried out of the year before and not carried in.") % {"yen": f"{yen:,}"}
            yield Fault("carry_over", ":".join("" if one is None else str(one) for one in place), text)


def _gaps() -> Iterator[Fault]:
    """Entries are numbered 1, 2, 3 …: a number that is missing is an entry that was taken away."""
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    there = Entry.objects.count()
    if there != last:
        text = _("The last entry has the number %(last)d, but there are %(there)d.") % {"last": last, "there": there}
        yield Fault("numbers", str(last), text)


def _mixed() -> Iterator[Fault]:
    """Money keeps its origin; a correction names what it corrects."""
    mixed = Movement.objects.exclude(source__appropriation=F("target__appropriation"))
    for number in mixed.values_list("entry__number", flat=True).distinct()[:MANY]:
        yield Fault("appropriation", str(number), _("The entry moves money from one appropriation to another."))
    unnamed = Entry.objects.filter(kind=EntryKind.CORRECT, corrects=None)
    for number in unnamed.values_list("number", flat=True)[:MANY]:
        yield Fault("correction", str(number), _("The correction names no entry."))

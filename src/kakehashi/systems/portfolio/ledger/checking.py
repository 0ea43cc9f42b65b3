"""What an entry may move: routes by kind, one appropriation, one year, places that name what they must."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.fiscal import FIRST_YEAR, LAST_YEAR, fiscal_year_days
from kakehashi.systems.portfolio.ledger.entries import MEMO, REFERENCE, NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import (
    NAMED,
    NAMES_AWARD,
    NAMES_INSTITUTION,
    NAMES_PROGRAMME,
    ROUTES,
    AccountKind,
    EntryKind,
    Place,
)
from kakehashi.systems.portfolio.models import Appropriation, Award

LARGEST_YEN = 10**15
"""No amount is larger, and no account holds more: a thousand times what the nation spends on this in a year. Sums of
nine thousand full accounts stay below 2^63."""
CLOSED = (5, 31)
"""The books of a fiscal year, which ends with March, are closed by this day (出納整理期間)."""
MANY = 100  # so many faults are told at once
AT_ONCE = 5_000


def check(new: Iterable[NewEntry]) -> None:
    """Raise Invalid naming each entry at fault, by its place in what was sent."""
    found: dict[str, list[str]] = {}
    for number, texts in faults_of(list(new)):
        found[str(number)] = texts
        if len(found) >= MANY:
            break
    if found:
        raise Invalid(found)


def faults_of(new: Sequence[NewEntry]) -> Iterator[tuple[int, list[str]]]:
    """The entries at fault: the place of each in what was sent (from 1), and everything that is wrong with it."""
    named = {place.award for one in new for transfer in one.transfers for place in (transfer.source, transfer.target)}
    ids = sorted(one for one in named if one is not None)
    programmes: dict[int, int | None] = {}
    for first in range(0, len(ids), AT_ONCE):
        some = Award.objects.filter(pk__in=ids[first : first + AT_ONCE])
        programmes.update(some.values_list("pk", "programme_id"))
    money = {one.pk: one for one in Appropriation.objects.all()}
    for number, one in enumerate(new, 1):
        if texts := list(dict.fromkeys(_faults(one, programmes, money))):
            yield number, texts


def _faults(one: NewEntry, programmes: Mapping[int, int | None], money: Mapping[int, Appropriation]) -> Iterator[str]:
    if one.kind not in ROUTES:
        yield _("There is no entry of the kind “%(kind)s”.") % {"kind": one.kind}
        return
    if len(one.memo) > MEMO or len(one.reference) > REFERENCE:
        yield _("A memo has at most %(memo)d signs, a document reference %(reference)d.") % {
            "memo": MEMO,
            "reference": REFERENCE,
        }
    yield from _off_day(one)
    if not one.transfers:
        yield _("The entry moves nothing.")
    for transfer in one.transfers:
        yield from _faults_of(one, transfer)
        for place in (transfer.source, transfer.target):
            yield from _misnamed(place, programmes)
            yield from _out_of_time(place, money)
    if one.kind == EntryKind.CARRY_OVER:
        yield from _uncarried(one)


def _faults_of(one: NewEntry, transfer: Transfer) -> Iterator[str]:
    source, target = transfer.source, transfer.target
    if not 0 < transfer.amount_yen <= LARGEST_YEN:
        yield _("An amount is a whole number of yen above 0 (and at most %(most)s), not %(amount)s.") % {
            "most": f"{LARGEST_YEN:,}",
            "amount": f"{transfer.amount_yen:,}",
        }
    if (source.kind, target.kind) not in ROUTES[one.kind]:
        yield _("“%(kind)s” cannot move money from “%(source)s” to “%(target)s”.") % {
            "kind": EntryKind(one.kind).label,
            "source": AccountKind(source.kind).label,
            "target": AccountKind(target.kind).label,
        }
    if source.appropriation != target.appropriation:
        yield _("Money keeps its appropriation: both accounts must be of the same.")
    if source.fiscal_year != target.fiscal_year:
        yield _("Money moves within a fiscal year; only a carry-over brings it into the next.")
    elif one.kind != EntryKind.CARRY_OVER and source.fiscal_year != one.fiscal_year:
        yield _("The entry is of fiscal year %(year)d, its accounts of %(other)d.") % {
            "year": one.fiscal_year,
            "other": source.fiscal_year,
        }
    stays = one.kind in (EntryKind.CARRY_OVER, EntryKind.RETURN)
    for field in ("programme", "award", "organisation"):
        ours, theirs = getattr(source, field), getattr(target, field)
        known = stays or None not in (ours, theirs)
        if known and ours != theirs and (field, one.kind) != ("organisation", EntryKind.SUBAWARD):
            yield _("Money does not change its programme, award or institution in one step.")
    if source.key == target.key:
        yield _("Money moves between two accounts, not from one to itself.")


def _misnamed(place: Place, programmes: Mapping[int, int | None]) -> Iterator[str]:
    """An account names exactly what its kind is of, and its award's own programme."""
    for kinds, given, what in (
        (NAMES_PROGRAMME, place.programme, gettext_lazy("programme")),
        (NAMES_AWARD, place.award, gettext_lazy("award")),
        (NAMES_INSTITUTION, place.organisation, gettext_lazy("institution")),
    ):
        if place.kind not in NAMED or (place.kind in kinds) == (given is not None):
            continue
        told = {"kind": AccountKind(place.kind).label, "what": what}
        if given is None:
            yield _("The account “%(kind)s” names no %(what)s.") % told
        else:
            yield _("The account “%(kind)s” is of no %(what)s.") % told
    if place.award is not None and programmes.get(place.award) != place.programme:
        yield _("The account names a programme that is not the award's.")


def _out_of_time(place: Place, money: Mapping[int, Appropriation]) -> Iterator[str]:
    origin = money.get(place.appropriation)
    if origin is None:
        yield _("There is no such appropriation.")
    elif place.fiscal_year < origin.fiscal_year:
        yield _("The appropriation %(code)s is not there before fiscal year %(year)d.") % {
            "code": origin.code,
            "year": origin.fiscal_year,
        }
    elif place.fiscal_year > origin.last_fiscal_year + (place.kind != AccountKind.GRANTED):
        yield _(
            "The appropriation %(code)s ends with fiscal year %(year)d: only what was carried over is used for one "
            "year more."
        ) % {"code": origin.code, "year": origin.last_fiscal_year}


def _off_day(one: NewEntry) -> Iterator[str]:
    """The day lies in the fiscal year, or in the two months in which its books are closed."""
    if not FIRST_YEAR <= one.fiscal_year <= LAST_YEAR:
        yield _("There is no fiscal year %(year)d.") % {"year": one.fiscal_year}
        return
    first, last = fiscal_year_days(one.fiscal_year)[0], date(one.fiscal_year + 1, *CLOSED)
    if not first <= one.on <= last:
        yield _(
            "An entry of fiscal year %(year)d is of a day from %(first)s to %(last)s, while its books are open; "
            "not of %(day)s."
        ) % {"year": one.fiscal_year, "first": first.isoformat(), "last": last.isoformat(), "day": one.on.isoformat()}


def _uncarried(one: NewEntry) -> Iterator[str]:
    """What leaves a place in one year comes into the same place in the next, to the yen."""
    left: defaultdict[Place, int] = defaultdict(int)
    for transfer in one.transfers:
        source, target = transfer.source, transfer.target
        if target.kind == AccountKind.CARRIED_OUT:
            left[source] += transfer.amount_yen
        else:
            before = Place(
                target.kind,
                target.appropriation,
                target.fiscal_year - 1,
                target.programme,
                target.award,
                target.organisation,
            )
            left[before] -= transfer.amount_yen
    if any(left.values()) or any(place.fiscal_year != one.fiscal_year for place in left):
        yield _("A carry-over brings what leaves a place in fiscal year %(year)d into the same place of the next.") % {
            "year": one.fiscal_year
        }

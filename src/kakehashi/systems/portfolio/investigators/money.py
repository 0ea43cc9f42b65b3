"""An award's money as its investigators see it: by fiscal year and kind of budget, each figure the sum of accounts.

Principal investigators see all of it, co-investigators what lies with their own institution, unless the agency lets
them see all (``CO_INVESTIGATORS_SEE_ALL``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.investigators.queries import parts_of
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, Part


class Share(TextChoices):
    """What may be told of an award's money of a year: COMMITTED and CARRIED_IN together are all the others together."""

    COMMITTED = "committed", _("Committed for the year")
    CARRIED_IN = "carried_in", _("Carried over from the year before")
    SPENT = "spent", _("Spent")
    LEFT = "left", _("Left")
    RETURNED = "returned", _("Returned to the treasury")
    CARRIED_OUT = "carried_out", _("Carried over to the next year")


PLACES: dict[Share, tuple[AccountKind, ...]] = {
    Share.COMMITTED: tuple(AccountKind),
    Share.CARRIED_IN: (AccountKind.CARRIED_IN,),
    Share.SPENT: (AccountKind.SPENT,),
    Share.LEFT: (AccountKind.AWARD, AccountKind.INSTITUTION),
    Share.RETURNED: (AccountKind.RETURNED,),
    Share.CARRIED_OUT: (AccountKind.CARRIED_OUT,),
}
"""The accounts whose balances come to each; what was carried in is negative in the ledger, and told as it came."""


@dataclass(frozen=True)
class Line:
    """A fiscal year's yen of one kind of budget, by what became of them."""

    fiscal_year: int
    kind: str
    yen: dict[Share, int]


def institutions_seen(person: object, award: Award) -> frozenset[int] | None:
    """The institutions (keys) whose accounts of an award somebody sees as its investigator; None: all of its money."""
    parts = list(parts_of(person).filter(award=award).values_list("part", "organisation"))
    if any(part == Part.PRINCIPAL for part, _where in parts) or (parts and settings.CO_INVESTIGATORS_SEE_ALL):
        return None
    return frozenset(where for _part, where in parts)


def seen(award: Award, only: frozenset[int] | None) -> QuerySet[Account]:
    """An award's accounts; only those of some institutions."""
    rows = Account.objects.filter(award=award)
    return rows if only is None else rows.filter(organisation__in=only)


def totals_seen(person: object, awards: Iterable[Award]) -> dict[int, tuple[int, int, bool]]:
    """Of each award, by key: yen committed to it in all years, yen spent of what is seen, whether that is all."""
    told = {}
    for one in awards:
        only = institutions_seen(person, one)
        spent = seen(one, only).filter(kind=AccountKind.SPENT)
        told[one.pk] = (total_of(one), spent.aggregate(yen=Sum("balance_yen", default=0))["yen"], only is None)
    return told


def total_of(award: Award) -> int:
    """The yen committed to an award in all years."""
    yen: int = Account.objects.filter(award=award).aggregate(yen=Sum("balance_yen", default=0))["yen"]
    return yen


def accounts_of(
    award: Award, share: Share, fiscal_year: int, kind: str = "", only: frozenset[int] | None = None
) -> QuerySet[Account]:
    """The accounts that a figure is the sum of; of one kind of budget, or of all; ``only``: of these institutions."""
    rows = seen(award, only).filter(fiscal_year=fiscal_year, kind__in=PLACES[share]).exclude(balance_yen=0)
    return rows.filter(appropriation__kind=kind) if kind else rows


def yen_of(award: Award, share: Share, fiscal_year: int, kind: str = "", only: frozenset[int] | None = None) -> int:
    """What they come to."""
    rows = accounts_of(award, share, fiscal_year, kind, only)
    return signed(share, rows.aggregate(yen=Sum("balance_yen"))["yen"] or 0)


def signed(share: Share, yen: int) -> int:
    """A sum of balances as the share tells it."""
    return -yen if share is Share.CARRIED_IN else yen


def lines_of(award: Award, only: frozenset[int] | None = None) -> list[Line]:
    """By year and kind of budget, latest year first; ``only``: of these institutions."""
    rows = seen(award, only).order_by("-fiscal_year", "appropriation__kind")
    sums: dict[tuple[int, str], dict[Share, int]] = {}
    places = rows.values_list("fiscal_year", "appropriation__kind", "kind").annotate(yen=Sum("balance_yen"))
    for year, kind, place, yen in places:
        line = sums.setdefault((year, kind), dict.fromkeys(Share, 0))
        for share, kinds in PLACES.items():
            if place in kinds:
                line[share] += signed(share, yen)
    return [Line(year, kind, yen) for (year, kind), yen in sums.items() if any(yen.values())]

"""An award's money as its investigators see it: by fiscal year and kind of budget, each figure the sum of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award


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


def accounts_of(award: Award, share: Share, fiscal_year: int, kind: str = "") -> QuerySet[Account]:
    """The accounts that a figure is the sum of; of one kind of budget, or of all."""
    rows = Account.objects.filter(award=award, fiscal_year=fiscal_year, kind__in=PLACES[share]).exclude(balance_yen=0)
    return rows.filter(appropriation__kind=kind) if kind else rows


def yen_of(award: Award, share: Share, fiscal_year: int, kind: str = "") -> int:
    """What they come to."""
    rows = accounts_of(award, share, fiscal_year, kind)
    return signed(share, rows.aggregate(yen=Sum("balance_yen"))["yen"] or 0)


def signed(share: Share, yen: int) -> int:
    """A sum of balances as the share tells it."""
    return -yen if share is Share.CARRIED_IN else yen


def lines_of(award: Award) -> list[Line]:
    """By year and kind of budget, latest year first."""
    rows = Account.objects.filter(award=award).order_by("-fiscal_year", "appropriation__kind")
    sums: dict[tuple[int, str], dict[Share, int]] = {}
    places = rows.values_list("fiscal_year", "appropriation__kind", "kind").annotate(yen=Sum("balance_yen"))
    for year, kind, place, yen in places:
        line = sums.setdefault((year, kind), dict.fromkeys(Share, 0))
        for share, kinds in PLACES.items():
            if place in kinds:
                line[share] += signed(share, yen)
    return [Line(year, kind, yen) for (year, kind), yen in sums.items() if any(yen.values())]

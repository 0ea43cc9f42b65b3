"""What waits for an agency's accountants: rounds whose money is to be committed, contracts that the ledger lacks, money
of years that are over, money left with awards that ended. Each sort is rows that can be listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.adjustment.states import RoundState
from kakehashi.systems.portfolio.ledger.checking import CLOSED
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.ledger.told import PLACES
from kakehashi.systems.portfolio.models import Account, AdjustmentRound, Amendment, Award, Contract


class Due(TextChoices):
    """The sorts of what waits, in the order in which they are told."""

    ROUNDS = "rounds", _("Rounds to commit")
    CONTRACTS = "contracts", _("Contracts to book")
    YEAR_END = "year_end", _("To carry over or return")
    ENDED = "ended", _("Left with awards that ended")


@dataclass(frozen=True)
class Waits:
    """One sort: how many rows, how many yen (None: a sort that has none), since when, by which day."""

    kind: Due
    number: int
    yen: int | None
    since: date
    by: date


@dataclass(frozen=True)
class Closing:
    """The books that close next: of which year, on which day, and how many yen still lie in them."""

    fiscal_year: int
    on: date
    yen: int


def closes_on(year: int) -> date:
    """The last day of a fiscal year's books."""
    return date(year + 1, *CLOSED)


def closing(today: date) -> Closing:
    """The books that close next."""
    running = fiscal_year(today)
    year = running - 1 if today <= closes_on(running - 1) else running
    return Closing(year, closes_on(year), lying_in(year).aggregate(yen=Coalesce(Sum("balance_yen"), 0))["yen"])


def lying_in(year: int) -> QuerySet[Account]:
    """Where money of a fiscal year still lies."""
    return Account.objects.filter(fiscal_year=year, kind__in=PLACES, balance_yen__gt=0)


def rows_due(kind: Due, today: date) -> QuerySet[Any]:
    """The rows of a sort: rounds, awards with ``agreed_yen`` and ``has_yen``, or accounts."""
    running = fiscal_year(today)
    if kind is Due.ROUNDS:
        return AdjustmentRound.objects.filter(state=RoundState.DECIDED)
    if kind is Due.CONTRACTS:
        return at_odds_with_contracts()
    lying = Account.objects.filter(kind__in=PLACES, balance_yen__gt=0)
    if kind is Due.YEAR_END:
        return lying.filter(fiscal_year__lt=running)
    return lying.filter(fiscal_year=running, award__ends__lt=today)


def at_odds_with_contracts() -> QuerySet[Award]:
    """The awards of which contracts that stand agree on more than was ever committed, or on less, taken back ones on
    nothing: as ``Agreed.missing_yen``."""
    amended = Amendment.objects.filter(contract=OuterRef("pk"), taken_back=None, amount_yen__isnull=False).order_by(
        "-number"
    )
    in_force = Coalesce(Subquery(amended.values("amount_yen")[:1]), F("amount_yen"))
    standing = Contract.objects.filter(award=OuterRef("pk"), taken_back=None).order_by()
    agreed = standing.annotate(now_yen=in_force)
    lying = Account.objects.filter(award=OuterRef("pk")).order_by().values("award")
    returned = Q(kind=AccountKind.RETURNED)
    told = Award.objects.filter(Exists(Contract.objects.filter(award=OuterRef("pk")))).annotate(
        agreed_yen=Coalesce(Subquery(agreed.values("award").annotate(yen=Sum("now_yen")).values("yen")), 0),
        has_yen=Coalesce(
            Subquery(lying.annotate(yen=Coalesce(Sum("balance_yen", filter=~returned), 0)).values("yen")), 0
        ),
        back_yen=Coalesce(
            Subquery(lying.annotate(yen=Coalesce(Sum("balance_yen", filter=returned), 0)).values("yen")), 0
        ),
    )
    return told.filter(Q(agreed_yen__gt=F("has_yen") + F("back_yen")) | Q(agreed_yen__lt=F("has_yen")))


def waits(today: date) -> list[Waits]:
    """How much of each sort waits."""
    told = []
    for kind in Due:
        rows = rows_due(kind, today).order_by()
        if kind is Due.ROUNDS:
            of = rows.aggregate(number=Count("pk"), first=Min("decided_at"))
            since = timezone.localdate(of["first"]) if of["first"] else today
            told.append(Waits(kind, of["number"], None, since, today))
        elif kind is Due.CONTRACTS:
            of = rows.aggregate(number=Count("pk"))
            first = Contract.objects.filter(award__in=rows.values("pk"), taken_back=None).aggregate(
                day=Min("signed_on")
            )["day"]
            told.append(Waits(kind, of["number"], None, first or today, closes_on(fiscal_year(today))))
        else:
            of = rows.aggregate(
                number=Count("pk"), yen=Sum("balance_yen"), year=Min("fiscal_year"), end=Min("award__ends")
            )
            year = fiscal_year(today) if of["year"] is None else of["year"]
            over = date(year + 1, 4, 1) if kind is Due.YEAR_END else (of["end"] or today) + timedelta(days=1)
            told.append(Waits(kind, of["number"], of["yen"] or 0, min(over, today), closes_on(year)))
    return told

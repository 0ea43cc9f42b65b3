"""The assets of a year: the awards that aim at a product, each product once."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from kakehashi.engines.attrition import Asset, Cell
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.behind import Slice, awards_behind
from kakehashi.systems.portfolio.figures import running_in
from kakehashi.systems.portfolio.milestones.states import GateState
from kakehashi.systems.portfolio.models import (
    Account,
    Award,
    AwardEvent,
    AwardLink,
    EventKind,
    LinkKind,
    Milestone,
    OutputKind,
    Phase,
)
from kakehashi.systems.portfolio.outputs.counting import credits_in_force
from kakehashi.systems.portfolio.pipeline.ladders import NO_AREA, TABLE_OF, agency_phases, cell_of, modalities


def assets_in(part: Slice) -> QuerySet[Award]:
    """The awards that are assets in a year: they run in it, aim at a product (``ladders.TABLE_OF``) and name their
    phase. Left out are those whose successor runs in the year too (the product stands there), those that a stage gate
    stopped, and those whose product was approved by the year's end, today at the latest."""
    rows = awards_behind(part).filter(modality__in=[str(one) for one in TABLE_OF], phase__in=Phase.values)
    _first, last = fiscal_year_days(part.fiscal_year)
    day = min(last, timezone.localdate())
    carried_on = AwardLink.objects.filter(
        before=OuterRef("pk"),
        kind=LinkKind.SUCCESSOR,
        after__in=Award.objects.filter(running_in(part.fiscal_year)).order_by(),
    )
    stopped = Milestone.objects.filter(award=OuterRef("pk"), state=GateState.NO_GO)
    return rows.filter(~Exists(carried_on.order_by()), ~Exists(stopped.order_by()), ~Q(pk__in=approved_by(day)))


def approved_by(day: date) -> QuerySet[Award]:
    """The awards whose product was approved by a day: an approval is credited to them, or their history tells it."""
    credited = credits_in_force(day).filter(output__kind=OutputKind.APPROVAL).order_by().values("award_id")
    told = AwardEvent.objects.filter(kind__in=(EventKind.APPROVED, EventKind.REIMBURSED), on__lte=day).order_by()
    return Award.objects.filter(Q(pk__in=credited) | Q(pk__in=told.values("award_id"))).order_by()


def narrowed(rows: QuerySet[Award], table: str = "", phase: str = "", area: str = "") -> QuerySet[Award]:
    """Of some assets those of one ladder, one of its phases, one disease area (``NO_AREA``: none)."""
    if table:
        rows = rows.filter(modality__in=modalities(table))
    if phase:
        rows = rows.filter(phase__in=agency_phases(phase))
    if area == NO_AREA:
        return rows.filter(area=None)
    return rows.filter(area__code=area) if area else rows


def standing(rows: QuerySet[Award], clinical: str) -> list[tuple[Asset, int]]:
    """Where assets stand and since when, with how many stand so."""
    fields = ("modality", "phase", "area__code", "begins")
    counted = rows.order_by().values_list(*fields).annotate(number=Count("pk"))
    found: Counter[Asset] = Counter()
    for modality, phase, area, begins, number in counted:
        cell = cell_of(modality, phase, area, clinical)
        if cell is not None:
            found[Asset(cell, begins)] += number
    return list(found.items())


def counts_of(assets: list[tuple[Asset, int]]) -> dict[Cell, int]:
    """How many stand in each cell."""
    counts: Counter[Cell] = Counter()
    for asset, number in assets:
        counts[asset.cell] += number
    return dict(counts)


def committed_yen(rows: QuerySet[Award], fiscal_year: int) -> int:
    """The yen committed in a year to some assets."""
    accounts = Account.objects.filter(fiscal_year=fiscal_year, award__in=rows.order_by())
    return int(accounts.aggregate(yen=Sum("balance_yen"))["yen"] or 0)


def with_yen(rows: QuerySet[Award], fiscal_year: int) -> QuerySet[Award]:
    """Assets with the yen committed to each in a year (``yen``; None: nothing)."""
    inside = Q(accounts__fiscal_year=fiscal_year)
    return rows.annotate(yen=Sum("accounts__balance_yen", filter=inside), area_code=F("area__code"))

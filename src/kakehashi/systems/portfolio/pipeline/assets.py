"""The assets of a year: the awards that aim at a product, each product once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from numpy.typing import NDArray

from kakehashi.engines.attrition import Asset, Cell
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.behind import Slice
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import Column, tally
from kakehashi.systems.portfolio.columns.credited import credits
from kakehashi.systems.portfolio.columns.parts import awards_of, in_order
from kakehashi.systems.portfolio.figures import running_in
from kakehashi.systems.portfolio.models import (
    Award,
    AwardEvent,
    AwardLink,
    DiseaseArea,
    EventKind,
    LinkKind,
    OutputKind,
    Phase,
)
from kakehashi.systems.portfolio.pipeline.history import stopped_by
from kakehashi.systems.portfolio.pipeline.ladders import NO_AREA, TABLE_OF, agency_phases, cell_of, modalities


@dataclass(frozen=True)
class Assets:
    """Assets of a part of a fiscal year's book: which of the awards held they are; ``every``: those of the whole."""

    accounts: held.Accounts
    every: NDArray[np.bool_]
    there: NDArray[np.bool_]

    def of(self, part: Slice) -> Assets:
        """Those of another part of the same year."""
        _awards, there = awards_of(part, accounts=self.accounts)
        return replace(self, there=there & self.every)

    def narrowed(self, table: str = "", phase: str = "", area: str = "") -> Assets:
        """Those of one ladder, one of its phases, one disease area (``NO_AREA``: none)."""
        awards, there = self.accounts.awards, self.there
        if table:
            there = there & awards.modality.among(modalities(table))
        if phase:
            there = there & awards.phase.among(agency_phases(phase))
        if area:
            there = there & awards.area.mapped(_area_codes().get).is_(None if area == NO_AREA else area)
        return replace(self, there=there)

    def standing(self, clinical: str) -> list[tuple[Asset, int]]:
        """Where they stand and since when, with how many stand so."""
        awards, there = self.accounts.awards, self.there
        days, codes = np.unique(awards.begins[there], return_inverse=True)
        began = Column(codes.astype(np.int64), tuple(days.tolist()))
        area = awards.area.mapped(_area_codes().get).at(there)
        found: Counter[Asset] = Counter()
        for modality, phase, code, begins, number in tally(
            [awards.modality.at(there), awards.phase.at(there), area, began]
        ):
            cell = cell_of(modality, phase, code, clinical)
            if cell is not None:
                found[Asset(cell, begins)] += number
        return list(found.items())

    def committed_yen(self) -> int:
        """The yen committed to them in the year."""
        return int(self.accounts.by_award()[self.there].sum())

    def keys(self, order: str) -> list[int]:
        """Their primary keys in an order: one of ``columns.parts.ORDERS``, or the yen committed in the year."""
        return in_order(self.accounts.awards, self.there, order, by={"yen": self.accounts.by_award()})


def assets_in(part: Slice) -> Assets:
    """The awards that are assets in a year: they run in it, aim at a product (``ladders.TABLE_OF``) and name their
    phase. Left out are those whose successor runs in the year too (the product stands there), those that a stage gate
    stopped and those whose product was approved by the year's end, today at the latest."""
    accounts = held.accounts([part.fiscal_year])[part.fiscal_year]
    awards = accounts.awards
    _first, last = fiscal_year_days(part.fiscal_year)
    carried_on = AwardLink.objects.filter(running_in(part.fiscal_year, "after__"), kind=LinkKind.SUCCESSOR)
    day = min(last, timezone.localdate())
    left_out = [
        *carried_on.order_by().values_list("before_id", flat=True),
        *stopped_by(day).values_list("award_id", flat=True),
    ]
    every = awards.modality.among([str(one) for one in TABLE_OF]) & awards.phase.among(Phase.values)
    every &= ~(awards.among(left_out) | approved_by(awards, day))
    return Assets(accounts, every, every).of(part)


def approved_by(awards: held.Awards, day: date) -> NDArray[np.bool_]:
    """Which of the awards have a product that was approved by a day: an approval is credited to them, or their history
    tells it."""
    told = AwardEvent.objects.filter(kind__in=(EventKind.APPROVED, EventKind.REIMBURSED), on__lte=day).order_by()
    credited = credits(awards).by(day).of_kinds([OutputKind.APPROVAL]).of_awards()
    return credited | awards.among(list(told.values_list("award_id", flat=True)))


def _area_codes() -> dict[int, str]:
    return dict(DiseaseArea.objects.values_list("pk", "code"))


def counts_of(assets: list[tuple[Asset, int]]) -> dict[Cell, int]:
    """How many stand in each cell."""
    counts: Counter[Cell] = Counter()
    for asset, number in assets:
        counts[asset.cell] += number
    return dict(counts)


def with_yen(fiscal_year: int) -> QuerySet[Award]:
    """Awards with the yen committed to each in a year (``yen``; None: nothing)."""
    inside = Q(accounts__fiscal_year=fiscal_year)
    return Award.objects.annotate(yen=Sum("accounts__balance_yen", filter=inside))

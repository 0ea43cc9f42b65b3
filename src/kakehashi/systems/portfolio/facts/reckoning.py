"""Whether the published totals come out of the published rows, to the rounding of their last printed digit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kakehashi.systems.portfolio.facts.shapes.facts import Facts


@dataclass(frozen=True)
class Reconciliation:
    """A published number beside what its rows give. Both in the unit of ``subject``: yen, percent, years or a count.

    ``tolerance`` is half the last printed digit; ``because`` the key of the reason where the difference is larger.
    """

    subject: str
    key: str
    published: Decimal
    computed: Decimal
    tolerance: Decimal
    because: str | None = None

    @property
    def difference(self) -> Decimal:
        """Published minus computed."""
        return self.published - self.computed

    @property
    def agrees(self) -> bool:
        """Whether rounding alone explains the difference."""
        return abs(self.difference) <= self.tolerance

    @property
    def settled(self) -> bool:
        """Whether the difference is rounding, or explained: one of the two, never both."""
        return self.agrees != (self.because is not None)


def shown_yen(facts: Facts, project: str, fiscal_year: int) -> int:
    """All a project's slide shows, programmes of other projects (再掲) too."""
    return sum(
        line.amount_yen or 0
        for line in facts.budget_lines
        if (line.project, line.fiscal_year) == (project, fiscal_year)
    )


def reconcile(facts: Facts) -> tuple[Reconciliation, ...]:
    """Every published total, share, sum, percentage and period of the documents beside what its rows give."""
    return (*_budgets(facts), *_shares(facts), *_breakdowns(facts), *_ratios(facts), *_periods(facts))


def _budgets(facts: Facts) -> Iterator[Reconciliation]:
    for row in facts.project_budgets:
        half = Decimal(row.printed_unit_yen) / 2
        shown = shown_yen(facts, row.project, row.fiscal_year)
        yield Reconciliation(
            "agency_yen", row.project, Decimal(row.agency_yen), Decimal(shown), half, row.difference_because
        )
        inside = [
            line.amount_yen
            for line in facts.in_house_lines
            if (line.project, line.fiscal_year) == (row.project, row.fiscal_year)
        ]
        if row.in_house_yen is not None or inside:
            yield Reconciliation(
                "in_house_yen", row.project, Decimal(row.in_house_yen or 0), Decimal(sum(inside)), half
            )


def _shares(facts: Facts) -> Iterator[Reconciliation]:
    totals = {(row.project, row.fiscal_year): row.agency_yen for row in facts.project_budgets}
    for row in facts.published_shares:
        line = next(
            one
            for one in facts.budget_lines
            if (one.project, one.programme, one.fiscal_year) == (row.project, row.programme, row.fiscal_year)
        )
        amount = Decimal(line.amount_yen or 0)
        half = Decimal(row.printed_unit_yen) / 2
        yield Reconciliation("share_yen", row.programme, Decimal(row.amount_yen), amount, half)
        percent = 100 * amount / totals[row.project, row.fiscal_year]
        yield Reconciliation("share_percent", row.programme, Decimal(row.percent), percent, Decimal("0.5"))


def _breakdowns(facts: Facts) -> Iterator[Reconciliation]:
    for row in facts.breakdowns:
        parts = sum(part.value for part in row.parts)
        yield Reconciliation(
            "breakdown", row.key, Decimal(row.total), Decimal(parts), Decimal(0), row.difference_because
        )


def _ratios(facts: Facts) -> Iterator[Reconciliation]:
    for row in facts.ratios:
        percent = 100 * Decimal(row.numerator) / row.denominator
        yield Reconciliation("ratio", row.key, row.percent, percent, row.printed_step / 2, row.difference_because)


def _periods(facts: Facts) -> Iterator[Reconciliation]:
    for row in facts.funds:
        if row.last_fiscal_year is not None and row.years is not None:
            years = row.last_fiscal_year - row.first_fiscal_year + 1
            yield Reconciliation(
                "fund_years", row.key, Decimal(row.years), Decimal(years), Decimal(0), row.years_because
            )

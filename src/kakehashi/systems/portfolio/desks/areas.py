"""A disease area across the integrated projects: its awards and their money of a year, by project."""

from __future__ import annotations

from collections import defaultdict

from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import tally
from kakehashi.systems.portfolio.columns.placing import Placing
from kakehashi.systems.portfolio.figures import Figures
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import DiseaseArea, PlanTerm


class AreaOfYear:
    """A disease area in a fiscal year: its awards that run then, and the accounts of that year of all its awards."""

    def __init__(self, area: DiseaseArea, fiscal_year: int) -> None:
        self.fiscal_year = fiscal_year
        self.accounts = held.accounts([fiscal_year])[fiscal_year]
        self.awards = self.accounts.awards
        mine = self.awards.area.is_(area.pk)
        self.running = mine & self.awards.running_in(fiscal_year)
        self.rows = self.accounts.awarded.copy()
        self.rows[self.rows] = mine[self.accounts.award[self.rows]]

    def lines(self, scheme: PlanTerm | None) -> dict[int | None, Figures]:
        """Awards, committed and spent by integrated project of a term (None: placed in none of them).

        Nothing is budgeted for an area: money belongs to an award before it belongs to an area.
        """
        lines: defaultdict[int | None, Figures] = defaultdict(Figures)
        accounts, placing = self.accounts, Placing(self.awards, scheme, self.fiscal_year)
        project = placing.of_awards()
        for key, number in tally([project.at(self.running)]):
            lines[key].awards = number
        for key, number in tally([project.at(self.running & self.awards.new_in(self.fiscal_year))]):
            lines[key].new = number
        paying, budget = placing.of(accounts.programme, accounts.award), accounts.budget()
        spent = self.rows & accounts.kind.is_(AccountKind.SPENT)
        for key, kind, yen in tally([paying.at(self.rows), budget.at(self.rows)], accounts.yen[self.rows]):
            lines[key].committed[kind] = yen
        for key, kind, yen in tally([paying.at(spent), budget.at(spent)], accounts.yen[spent]):
            lines[key].spent[kind] = yen
        return dict(lines)

    def phases(self) -> tuple[dict[str, int], dict[str, int]]:
        """Awards that run by phase, and the yen committed to the area's awards."""
        phase = self.awards.phase
        paid = tally([phase.at(self.accounts.award[self.rows])], self.accounts.yen[self.rows])
        return dict(tally([phase.at(self.running)])), dict(paid)


def total_of(lines: dict[int | None, Figures]) -> Figures:
    """All of them together: an award stands in one project alone."""
    total = Figures()
    for line in lines.values():
        total.add(line)
    return total

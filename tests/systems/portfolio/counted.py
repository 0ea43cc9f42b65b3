"""What counts of the documents' budgets, by its lines: what the ledger and the demo agency are held against."""

from kakehashi.systems.portfolio.facts.shapes.facts import Facts


def counted_yen(facts: Facts, project: str, fiscal_year: int) -> int:
    """What counts in a project: its programmes at home, each once."""
    return sum(
        line.amount_yen or 0
        for line in facts.budget_lines
        if (line.project, line.fiscal_year) == (project, fiscal_year) and not line.shared
    )


def programme_yen(facts: Facts, programme: str, fiscal_year: int) -> int:
    """A programme's money in a year, over all projects, each yen once."""
    return sum(
        line.amount_yen or 0
        for line in facts.budget_lines
        if (line.programme, line.fiscal_year) == (programme, fiscal_year) and not line.shared
    )

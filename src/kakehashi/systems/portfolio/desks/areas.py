"""A disease area across the integrated projects: its awards and their money of a year, by project."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, Q, Sum

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.figures import Figures, running_in
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, DiseaseArea, PlanTerm
from kakehashi.systems.portfolio.placements import places


def lines_of_area(area: DiseaseArea, fiscal_year: int, scheme: PlanTerm | None) -> dict[int | None, Figures]:
    """Awards, committed and spent of the area by integrated project of a term (None: placed in none of them).

    Nothing is budgeted for an area: money belongs to an award before it belongs to an area.
    """
    of_programme, of_award = places(scheme, fiscal_year) if scheme else ({}, {})
    lines: defaultdict[int | None, Figures] = defaultdict(Figures)

    def line_of(award: int, programme: int | None) -> Figures:
        return lines[of_award.get(award, of_programme.get(programme))]

    first, _last = fiscal_year_days(fiscal_year)
    running = Award.objects.filter(running_in(fiscal_year), area=area).order_by()
    for award, programme, began in running.values_list("pk", "programme_id", "begins"):
        line = line_of(award, programme)
        line.awards += 1
        line.new += began >= first
    accounts = Account.objects.filter(fiscal_year=fiscal_year, award__area=area, programme__isnull=False).order_by()
    kinds = accounts.values_list("award_id", "programme_id", "appropriation__kind")
    for award, programme, kind, yen, spent in kinds.annotate(
        yen=Sum("balance_yen"), spent=Sum("balance_yen", filter=Q(kind=AccountKind.SPENT), default=0)
    ):
        line = line_of(award, programme)
        line.committed[kind] = line.committed.get(kind, 0) + yen
        line.spent[kind] = line.spent.get(kind, 0) + spent
    return dict(lines)


def total_of(lines: dict[int | None, Figures]) -> Figures:
    """All of them together: an award stands in one project alone."""
    total = Figures()
    for line in lines.values():
        total.add(line)
    return total


def phases_of_area(area: DiseaseArea, fiscal_year: int) -> tuple[dict[str, int], dict[str, int]]:
    """Awards of a year by phase, and the yen committed to them."""
    running = Award.objects.filter(running_in(fiscal_year), area=area).order_by()
    money = Account.objects.filter(fiscal_year=fiscal_year, award__area=area).order_by()
    return (
        dict(running.values_list("phase").annotate(number=Count("pk"))),
        dict(money.values_list("award__phase").annotate(yen=Sum("balance_yen"))),
    )

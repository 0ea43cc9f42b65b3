"""Whether every figure is the sum of its rows: the ledger's books, and each year's lines under every term."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.snapshots import one_moment
from kakehashi.systems.portfolio.answers import MONEY
from kakehashi.systems.portfolio.figures import Figures, book
from kakehashi.systems.portfolio.ledger.reconciling import Fault, ledger_faults
from kakehashi.systems.portfolio.models import PlanTerm, SharedBudget
from kakehashi.systems.portfolio.placements import counts_in
from kakehashi.systems.portfolio.recounting import Lines, Year, recounted


def faults() -> Iterator[Fault]:
    """Everything that does not agree, first the ledger, then each year's figures, then what is shown again; all as it
    stood at one moment."""
    with one_moment():
        yield from ledger_faults()
        terms: list[int | None] = list(PlanTerm.objects.values_list("number", flat=True)) or [None]
        for year, rows in sorted(recounted(timezone.localdate()).items()):
            for term in terms:
                yield from _year(year, term, rows)
        yield from _shown_again()


def _year(year: int, term: int | None, rows: Year) -> Iterator[Fault]:
    """Each line comes to what its movements, awards and outputs come to, one by one; the lines of programmes and of
    projects, which add up in all but outputs, come to the total."""
    told = book(year, term)
    where, total = f"{year}:{term or ''}", rows.total()
    yield from _line(f"{where}:total", told.total, total)
    compared: tuple[tuple[str, Mapping[Any, Figures], Lines], ...] = (
        ("programmes", told.programmes, rows.by_programme()),
        ("projects", told.projects, rows.by_project(told.term, year)),
        ("ministries", told.ministries, rows.by_ministry()),
    )
    for name, lines, recount in compared:
        for key in {*lines, *recount}:
            yield from _line(f"{where}:{name}:{key or ''}", lines.get(key, Figures()), recount.get(key, Figures()))
        if name != "ministries":
            whole = Figures()
            for line in lines.values():
                whole.add(line)
            for what, ours, theirs in _pairs(whole, total):
                yield from _differing(f"{where}:{name}:{what}", ours, theirs)


def _line(where: str, ours: Figures, theirs: Figures) -> Iterator[Fault]:
    for what, one, other in _pairs(ours, theirs):
        yield from _differing(f"{where}:{what}", one, other)
    yield from _outputs(where, ours.results, theirs.results)


def _differing(where: str, ours: int, theirs: int) -> Iterator[Fault]:
    if ours != theirs:
        text = _("The figure is %(figure)s, its rows come to %(rows)s.")
        yield Fault("figure", where, text % {"figure": f"{ours:,}", "rows": f"{theirs:,}"})


def _outputs(where: str, ours: dict[str, int], theirs: dict[str, int]) -> Iterator[Fault]:
    for kind in sorted({*ours, *theirs}):
        yield from _differing(f"{where}:outputs:{kind}", ours.get(kind, 0), theirs.get(kind, 0))


def _pairs(figures: Figures, rows: Figures) -> Iterator[tuple[str, int, int]]:
    for what in MONEY:
        ours, theirs = getattr(figures, what), getattr(rows, what)
        for kind in sorted({*ours, *theirs}):
            yield f"{what}:{kind}", ours.get(kind, 0), theirs.get(kind, 0)
    yield "awards", figures.awards, rows.awards
    yield "awards:new", figures.new, rows.new


def _shown_again() -> Iterator[Fault]:
    """What another project shows again of a programme is no more than its budget (published slides show a whole budget
    in several), and is shown by none in which the programme counts."""
    shares = SharedBudget.objects.select_related("programme", "project__term")
    rows = sorted(shares, key=lambda one: (*_of_budget(one), one.project.code))
    for (year, term, programme), same in groupby(rows, key=_of_budget):
        those = list(same)
        line = book(year, term).programmes.get(those[0].programme_id)
        budgeted = sum(line.budgeted.values()) if line else 0
        for one in those:
            where = f"{year}:{programme}:{one.project.code}"
            if one.amount_yen > budgeted:
                text = _("%(yen)s yen are shown again of a budget of %(budget)s.")
                yield Fault("shown_again", where, text % {"yen": f"{one.amount_yen:,}", "budget": f"{budgeted:,}"})
            if counts_in(one.programme_id, one.project, year):
                text = _("The budget is shown again where the programme counts.")
                yield Fault("shown_again", where, text)


def _of_budget(share: SharedBudget) -> tuple[int, int, str]:
    """Which budget is shown again: of a fiscal year, under a term, of a programme."""
    return share.fiscal_year, share.project.term.number, share.programme.code

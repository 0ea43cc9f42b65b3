"""Whether every figure is the sum of its rows: the ledger's books, and each year's lines under every term."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.answers import MONEY
from kakehashi.systems.portfolio.figures import Figures, book
from kakehashi.systems.portfolio.ledger.reconciling import Fault, ledger_faults
from kakehashi.systems.portfolio.models import PlanTerm, SharedBudget
from kakehashi.systems.portfolio.recounting import Outputs, recounted, recounted_lines, recounted_outputs


def faults() -> Iterator[Fault]:
    """Everything that does not agree, first the ledger, then each year's figures, then what is shown again."""
    yield from ledger_faults()
    terms: list[int | None] = list(PlanTerm.objects.values_list("number", flat=True)) or [None]
    outputs = recounted_outputs(timezone.localdate())
    for year, rows in sorted(recounted().items()):
        for term in terms:
            yield from _year(year, term, rows, outputs.get(year, {}))
    yield from _shown_again()


def _year(year: int, term: int | None, rows: Figures, outputs: Outputs) -> Iterator[Fault]:
    """Total, programmes and projects come to what the movements and awards come to, one by one; of outputs, which do
    not add up over lines, the total and each line by itself."""
    told = book(year, term)
    sums = {"total": told.total}
    for name, lines in (("programmes", told.programmes), ("projects", told.projects)):
        sums[name] = Figures()
        for line in lines.values():
            sums[name].add(line)
    for name, figures in sums.items():
        for what, ours, theirs in _pairs(figures, rows):
            yield from _differing(f"{year}:{term or ''}:{name}:{what}", ours, theirs)
    yield from _outputs(f"{year}:{term or ''}:total", told.total.results, rows.results)
    by_programme, by_project = recounted_lines(outputs, told.term, year)
    for name, lines, counted in (
        ("programmes", told.programmes, by_programme),
        ("projects", told.projects, by_project),
    ):
        for key in {*lines, *counted}:
            results = lines[key].results if key in lines else {}
            yield from _outputs(f"{year}:{term or ''}:{name}:{key or ''}", results, counted.get(key, {}))


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
    """What another project shows again of a programme is no more than the programme's budget."""
    for one in SharedBudget.objects.select_related("programme", "project"):
        line = book(one.fiscal_year, one.project.term.number).programmes.get(one.programme_id)
        budgeted = sum(line.budgeted.values()) if line else 0
        if one.amount_yen > budgeted:
            text = _("%(yen)s yen are shown again of a budget of %(budget)s.")
            values = {"yen": f"{one.amount_yen:,}", "budget": f"{budgeted:,}"}
            yield Fault("shown_again", f"{one.fiscal_year}:{one.programme.code}:{one.project.code}", text % values)

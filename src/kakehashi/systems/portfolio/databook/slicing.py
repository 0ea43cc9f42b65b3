"""One slice of the data book: a table of one measure by one or two dimensions, each row with its sum.

Awards of several years are counted once in each year they run in, as the printed data books do: a column of years does
not add up to awards. Money does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.databook.dimensions import PROJECT, SIZE, SIZES, YEAR, Dimension, Measure
from kakehashi.systems.portfolio.figures import places, running_in
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, PlanTerm

Key = Any


@dataclass(frozen=True)
class Wanted:
    """What is asked: a measure, rows, perhaps columns, the fiscal years and the term whose projects count."""

    measure: Measure
    rows: Dimension
    columns: Dimension | None
    years: tuple[int, ...]
    term: PlanTerm | None


@dataclass(frozen=True)
class Table:
    """The answer: labels of rows and columns, and a number for each pair; ``sums``: a row's, where it adds up."""

    wanted: Wanted
    rows: list[tuple[Key, str]]
    columns: list[tuple[Key, str]]
    cells: dict[tuple[Key, Key], int]

    def cell(self, row: Key, column: Key) -> int:
        """A number; 0 where nothing is."""
        return self.cells.get((row, column), 0)

    def sum_of(self, row: Key) -> int:
        """What a row comes to over all columns."""
        return sum(self.cell(row, column) for column, _label in self.columns)

    def total_of(self, column: Key) -> int:
        """What a column comes to over all rows."""
        return sum(self.cell(row, column) for row, _label in self.rows)

    @property
    def adds_up(self) -> bool:
        """Whether rows and columns may be added: awards of different years are not different awards, and an award that
        two ministries or kinds of budget pay stands in both."""
        if self.wanted.measure.is_money:
            return True
        cut = {self.wanted.rows.key, self.wanted.columns.key if self.wanted.columns else ""}
        return not cut & {YEAR, "ministry", "budget"} and len(self.wanted.years) == 1


def take(wanted: Wanted, language: str) -> Table:
    """The slice: one or two grouped questions a year, whatever the dimensions."""
    cells: defaultdict[tuple[Key, Key], int] = defaultdict(int)
    for row, column, number in _counted(wanted):
        cells[(row, column)] += number
    found = {key: number for key, number in cells.items() if number}
    with translation.override(language):
        rows = _labelled(wanted.rows, {row for row, _column in found}, language, found, 0)
        columns = _labelled(wanted.columns, {column for _row, column in found}, language, found, 1)
    return Table(wanted, rows, columns, found)


def _counted(wanted: Wanted) -> Iterator[tuple[Key, Key, int]]:
    cut = [one for one in (wanted.rows, wanted.columns) if one is not None]
    if wanted.measure.is_money:
        source = _money(wanted, cut)
    elif any(not one.award and one.key != YEAR for one in cut):
        source = _paid_awards(wanted, cut)
    else:
        source = _awards(wanted, cut)
    for *keys, number in source:
        yield keys[0], keys[1] if len(keys) > 1 else None, number


def _money(wanted: Wanted, cut: list[Dimension]) -> Iterator[tuple[Any, ...]]:
    accounts = Account.objects.filter(fiscal_year__in=wanted.years, programme__isnull=False).order_by()
    if wanted.measure is not Measure.BUDGETED:
        accounts = accounts.filter(award__isnull=False)
    if wanted.measure is Measure.SPENT:
        accounts = accounts.filter(kind=AccountKind.SPENT)
    fields = ["fiscal_year", "award_id", "programme_id"] if _by_award(cut) else ["fiscal_year", "programme_id"]
    fields += [one.account for one in cut if one.account not in (*fields, SIZE)]
    rows = accounts.values_list(*fields).annotate(yen=Sum("balance_yen"))
    yield from _mapped(wanted, cut, fields, rows, accounts=True)


def _awards(wanted: Wanted, cut: list[Dimension]) -> Iterator[tuple[Any, ...]]:
    for year in wanted.years:
        running = _new_or_not(Award.objects.filter(running_in(year)).order_by(), wanted.measure, year)
        fields = ["pk", "programme_id"] if _by_award(cut) else ["programme_id"]
        fields += [one.award for one in cut if one.award and one.award not in (*fields, SIZE)]
        rows = running.values_list(*fields).annotate(number=Count("pk"))
        named = ["fiscal_year", *("award_id" if field == "pk" else field for field in fields)]
        yield from _mapped(wanted, cut, named, ((year, *row) for row in rows), accounts=False)


def _paid_awards(wanted: Wanted, cut: list[Dimension]) -> Iterator[tuple[Any, ...]]:
    """Awards told apart by whose money they have: each once for every ministry or kind of budget that pays it."""
    for year in wanted.years:
        first, last = fiscal_year_days(year)
        paid = Account.objects.filter(fiscal_year=year, award__begins__lte=last, award__ends__gte=first).order_by()
        if wanted.measure is Measure.NEW:
            paid = paid.filter(award__begins__gte=first)
        if wanted.measure is Measure.CONTINUING:
            paid = paid.filter(award__begins__lt=first)
        fields = ["fiscal_year", "award_id", "programme_id"]
        fields += [one.account for one in cut if one.account not in (*fields, SIZE)]
        rows = ((*row, 1) for row in paid.values_list(*fields).distinct())
        yield from _mapped(wanted, cut, fields, rows, accounts=True)


def _new_or_not(awards: QuerySet[Award], measure: Measure, year: int) -> QuerySet[Award]:
    first, _last = fiscal_year_days(year)
    if measure is Measure.NEW:
        return awards.filter(begins__gte=first)
    return awards.filter(begins__lt=first) if measure is Measure.CONTINUING else awards


def _by_award(cut: Iterable[Dimension]) -> bool:
    """Whether awards must be told one by one: for their size, and for their own place among the projects."""
    return any(one.key in (SIZE, PROJECT) for one in cut)


def _mapped(
    wanted: Wanted, cut: list[Dimension], fields: list[str], rows: Iterable[tuple[Any, ...]], *, accounts: bool
) -> Iterator[tuple[Any, ...]]:
    """Rows as (a key for each dimension, number): fields looked up, programmes as projects, awards as their size."""
    at = {field: place for place, field in enumerate(fields)}
    projects = {year: places(wanted.term, year) for year in wanted.years} if wanted.term else {}
    sizes = _sizes(wanted.years) if any(one.key == SIZE for one in cut) else {}
    for row in rows:
        keys: list[Key] = []
        year, award = row[at["fiscal_year"]], row[at["award_id"]] if "award_id" in at else None
        for one in cut:
            if one.key == YEAR:
                keys.append(year)
            elif one.key == SIZE:
                keys.append(sizes.get((year, award)) if award is not None else None)
            elif one.key == PROJECT:
                of_programme, of_award = projects.get(year, ({}, {}))
                own = of_award.get(award) if award is not None else None
                keys.append(own or of_programme.get(row[at["programme_id"]]))
            else:
                keys.append(row[at[one.account if accounts else one.award]])
        yield (*keys, row[-1])


def _sizes(years: Iterable[int]) -> dict[tuple[int, int], int]:
    """The class of each award by what was committed to it in a year."""
    money = Account.objects.filter(fiscal_year__in=list(years), award__isnull=False).order_by()
    rows = money.values_list("fiscal_year", "award_id").annotate(yen=Sum("balance_yen"))
    return {(year, award): bisect_right(SIZES, yen) for year, award, yen in rows}


def _labelled(
    dimension: Dimension | None, keys: set[Key], language: str, cells: dict[tuple[Key, Key], int], side: int
) -> list[tuple[Key, str]]:
    """Keys with their labels: years and classes in their order, others by how much they have."""
    if dimension is None:
        return [(None, "")]
    labels = dimension.labels(keys, language)
    weight: defaultdict[Key, int] = defaultdict(int)
    for pair, number in cells.items():
        weight[pair[side]] += number
    if dimension.key in (YEAR, SIZE):
        ordered = sorted(keys, key=lambda key: (key is None, key or 0))
    else:
        ordered = sorted(keys, key=lambda key: (-weight[key], str(key)))
    return [(key, labels.get(key) or _("not stated")) for key in ordered]

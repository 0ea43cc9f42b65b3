"""The figures of a fiscal year: money, awards, results and goals, by integrated project, programme and ministry.

Every figure is a sum of rows that can be listed: balances of the ledger's accounts, awards that run in the year,
outputs that count on a day. What is shown again (再掲) is shown in both projects and counted once in the total; so is
an output of several.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Q, Sum
from django.utils import timezone

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.columns import credited, held
from kakehashi.systems.portfolio.columns.column import Column, tally
from kakehashi.systems.portfolio.columns.placing import Placing
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import (
    Account,
    Appropriation,
    IntegratedProject,
    PlanTerm,
    SharedBudget,
)

Yen = dict[str, int]
"""Yen by kind of budget."""


@dataclass
class Figures:
    """What one line of the book says. Yen are integers by kind of budget; ``awards`` run in the year, ``new`` began in
    it; ``results`` are outputs by kind, each once; ``shown_again`` is the part of other projects' budgets shown here
    too, not in ``budgeted``."""

    budgeted: Yen = field(default_factory=dict)
    carried_in: Yen = field(default_factory=dict)
    committed: Yen = field(default_factory=dict)
    spent: Yen = field(default_factory=dict)
    awards: int = 0
    new: int = 0
    results: dict[str, int] = field(default_factory=dict)
    shown_again: int = 0

    @property
    def continuing(self) -> int:
        """Awards that began in an earlier year."""
        return self.awards - self.new

    def add(self, other: "Figures", sign: int = 1) -> None:
        """Count another line in, or out; ``shown_again`` and ``results`` never add up."""
        for ours, theirs in (
            (self.budgeted, other.budgeted),
            (self.carried_in, other.carried_in),
            (self.committed, other.committed),
            (self.spent, other.spent),
        ):
            for key, number in theirs.items():
                ours[key] = ours.get(key, 0) + sign * number
        self.awards += sign * other.awards
        self.new += sign * other.new


@dataclass(frozen=True)
class Book:
    """The figures of a fiscal year under one plan term's scheme, as they stand on a day.

    ``programmes`` by primary key (None: awards that name none), ``projects`` likewise (None: what has no place in the
    term), ``ministries`` by code. An award that two ministries pay counts for both: ministries do not add up to
    ``total.awards``. An output credited to awards of two lines counts once in each and once in the total: results
    do not add up either. Everything else does.
    """

    fiscal_year: int
    term: PlanTerm | None
    as_of: date
    total: Figures
    projects: dict[int | None, Figures]
    programmes: dict[int | None, Figures]
    ministries: dict[str, Figures]
    allotted: Yen


def book(fiscal_year: int, term: int | None = None, *, on: date | None = None) -> Book:
    """The figures of a fiscal year under a plan term's scheme (default: the term in force on the year's last day).

    ``on``: results count as they stood on this day (today). Raises NotFound for a term that is not there.
    """
    scheme = term_of(fiscal_year, term)
    as_of = on or timezone.localdate()
    accounts = held.accounts([fiscal_year])[fiscal_year]
    lines = _by_programme(accounts, fiscal_year)
    total = _sum(lines)
    outputs = credited.credits(accounts.awards).counting(fiscal_year, as_of)
    _put_results(lines, outputs.by(accounts.awards.programme))
    total.results = outputs.results()
    return Book(
        fiscal_year,
        scheme,
        as_of,
        total,
        _by_project(scheme, fiscal_year, accounts, lines, outputs),
        lines,
        _by_ministry(accounts, fiscal_year, outputs),
        _allotted(fiscal_year),
    )


def totals(fiscal_years: Sequence[int]) -> dict[int, Figures]:
    """The total line of each fiscal year but its results: as ``book`` has it, without the rest."""
    accounts = held.accounts(fiscal_years)
    return {year: _sum(_by_programme(accounts[year], year)) for year in fiscal_years}


def years_of(programme: int, fiscal_years: Sequence[int], *, on: date | None = None) -> dict[int, Figures]:
    """The line of one programme in each fiscal year that has one: as ``book`` has it."""
    day, lines = on or timezone.localdate(), {}
    for year, accounts in held.accounts(fiscal_years).items():
        line = _by_programme(accounts, year, only=programme).get(programme) or Figures()
        of_programme = (
            credited.credits(accounts.awards).counting(year, day).of(accounts.awards.programme.is_(programme))
        )
        line.results = of_programme.results()
        if line != Figures():
            lines[year] = line
    return lines


def _sum(lines: Mapping[int | None, Figures]) -> Figures:
    total = Figures()
    for line in lines.values():
        total.add(line)
    return total


def term_of(fiscal_year: int, number: int | None = None) -> PlanTerm | None:
    """The plan term of a number, else the one in force on the last day of a fiscal year, else none."""
    if number is not None:
        found = PlanTerm.objects.filter(number=number).first()
        if found is None:
            raise NotFound(str(number))
        return found
    _first, last = fiscal_year_days(fiscal_year)
    return PlanTerm.objects.filter(Q(ends=None) | Q(ends__gte=last), begins__lte=last).order_by("-number").first()


def running_in(fiscal_year: int, path: str = "") -> Q:
    """The awards that run on at least one day of a fiscal year; ``path`` leads to them (``after__``)."""
    first, last = fiscal_year_days(fiscal_year)
    return Q(**{f"{path}begins__lte": last, f"{path}ends__gte": first})


def _by_programme(accounts: held.Accounts, fiscal_year: int, *, only: int | None = None) -> dict[int | None, Figures]:
    """The lines by programme; ``only``: that of one."""
    kinds = _kinds_of_budget()
    lines: defaultdict[int | None, Figures] = defaultdict(Figures)
    for programme, place, appropriation, awarded, yen in accounts.sums:
        if only is None or programme == only:
            _put_money(lines[programme], place, kinds[appropriation], yen, awarded=awarded)
    awards = accounts.awards
    running = awards.running_in(fiscal_year)
    if only is not None:
        running = running & awards.programme.is_(only)
    new = Column(awards.new_in(fiscal_year)[running].astype(np.int64), (False, True))
    for programme, began, number in tally([awards.programme.at(running), new]):
        lines[programme].awards += number
        lines[programme].new += number if began else 0
    return dict(lines)


def _by_award(accounts: held.Accounts, fiscal_year: int, pks: Iterable[int]) -> dict[int, Figures]:
    """The lines of some awards, by primary key."""
    kinds, awards = _kinds_of_budget(), accounts.awards
    places = awards.places_of(np.array(sorted(pks), np.int64))
    lines: defaultdict[int, Figures] = defaultdict(Figures)
    for award, place, appropriation, yen in accounts.sums_of(places):
        _put_money(lines[int(awards.pk[award])], place, kinds[appropriation], yen, awarded=True)
    running, new = awards.running_in(fiscal_year), awards.new_in(fiscal_year)
    for award in places[running[places] & (places >= 0)]:
        lines[int(awards.pk[award])].awards, lines[int(awards.pk[award])].new = 1, int(new[award])
    return dict(lines)


def _kinds_of_budget() -> dict[int, str]:
    return dict(Appropriation.objects.values_list("pk", "kind"))


def _put_results(lines: dict[Any, Figures], counted: dict[Any, dict[str, int]]) -> None:
    for key, results in counted.items():
        lines.setdefault(key, Figures()).results = results


def _put_money(line: Figures, place: str, kind: str, yen: int, *, awarded: bool) -> None:
    """Budgeted: what lies in all accounts; committed: in those of awards; spent: in SPENT."""
    line.budgeted[kind] = line.budgeted.get(kind, 0) + yen
    if awarded:
        line.committed[kind] = line.committed.get(kind, 0) + yen
    if place == AccountKind.SPENT:
        line.spent[kind] = line.spent.get(kind, 0) + yen
    if place == AccountKind.CARRIED_IN:
        line.carried_in[kind] = line.carried_in.get(kind, 0) - yen


def _by_project(
    scheme: PlanTerm | None,
    fiscal_year: int,
    accounts: held.Accounts,
    lines: dict[int | None, Figures],
    outputs: credited.Counting,
) -> dict[int | None, Figures]:
    projects: defaultdict[int | None, Figures] = defaultdict(Figures)
    if scheme is None:
        projects[None] = Figures()
        for line in lines.values():
            projects[None].add(line)
        projects[None].results = outputs.results()
        return dict(projects)
    for project in IntegratedProject.objects.filter(term=scheme).values_list("pk", flat=True):
        projects[project] = Figures()
    placing = Placing(accounts.awards, scheme, fiscal_year)
    of_programme, of_award = placing.of_programme, placing.of_award
    for programme, line in lines.items():
        projects[of_programme.get(programme)].add(line)
    if of_award:  # an award placed otherwise than its programme takes its own money along
        awards = accounts.awards
        for award, line in _by_award(accounts, fiscal_year, of_award).items():
            programme_of = awards.programme.value(int(awards.places_of(np.array([award]))[0]))
            projects[of_programme.get(programme_of)].add(line, -1)
            projects[of_award[award]].add(line)
    _put_results(projects, outputs.by(placing.of_awards()))
    again = SharedBudget.objects.filter(fiscal_year=fiscal_year, project__term=scheme)
    for project, yen in again.order_by().values_list("project").annotate(yen=Sum("amount_yen")):
        projects[project].shown_again = yen
    return dict(projects)


def _by_ministry(accounts: held.Accounts, fiscal_year: int, outputs: credited.Counting) -> dict[str, Figures]:
    kinds = _kinds_of_budget()
    ministries = dict(Appropriation.objects.values_list("pk", "ministry"))
    lines: defaultdict[str, Figures] = defaultdict(Figures)
    for _programme, place, appropriation, awarded, yen in accounts.sums:
        _put_money(lines[ministries[appropriation]], place, kinds[appropriation], yen, awarded=awarded)
    awards = accounts.awards
    running, new = awards.running_in(fiscal_year), awards.new_in(fiscal_year)
    for ministry, pays in accounts.payers().items():
        lines[ministry].awards = int(np.count_nonzero(pays & running))
        lines[ministry].new = int(np.count_nonzero(pays & running & new))
        lines[ministry].results = outputs.of(pays & running).results()
    return dict(sorted(lines.items()))


def _allotted(fiscal_year: int) -> Yen:
    """What ministries gave in a fiscal year, by kind of budget."""
    given = Account.objects.filter(fiscal_year=fiscal_year, programme=None, kind=AccountKind.GRANTED).order_by()
    return {
        kind: -yen for kind, yen in given.values_list("appropriation__kind").annotate(yen=Sum("balance_yen")) if yen
    }

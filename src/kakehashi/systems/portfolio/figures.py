"""The figures of a fiscal year: money, awards, results and goals, by integrated project, programme and ministry.

Every figure is a sum of rows that can be listed: balances of the ledger's accounts, awards that run in the year,
outputs that count on a day. What is shown again (再掲) is shown in both projects and counted once in the total; so is
an output of several.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
from django.utils import timezone

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import (
    Account,
    Award,
    IntegratedProject,
    Placement,
    PlanTerm,
    SharedBudget,
)
from kakehashi.systems.portfolio.outputs.counting import Credited, counted_by, credited_in

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
    lines = _by_programme(fiscal_year, Q())
    total = Figures()
    for line in lines.values():
        total.add(line)
    outputs = credited_in(fiscal_year, as_of)
    _put_results(lines, counted_by(outputs, lambda _award, programme: (programme,)))
    total.results = counted_by(outputs, lambda _award, _programme: ("",)).get("", {})
    return Book(
        fiscal_year,
        scheme,
        as_of,
        total,
        _by_project(scheme, fiscal_year, lines, outputs),
        lines,
        _by_ministry(fiscal_year, outputs),
        _allotted(fiscal_year),
    )


def term_of(fiscal_year: int, number: int | None = None) -> PlanTerm | None:
    """The plan term of a number, else the one in force on the last day of a fiscal year, else none."""
    if number is not None:
        found = PlanTerm.objects.filter(number=number).first()
        if found is None:
            raise NotFound(str(number))
        return found
    _first, last = fiscal_year_days(fiscal_year)
    return PlanTerm.objects.filter(Q(ends=None) | Q(ends__gte=last), begins__lte=last).order_by("-number").first()


def running_in(fiscal_year: int) -> Q:
    """The awards that run on at least one day of a fiscal year."""
    first, last = fiscal_year_days(fiscal_year)
    return Q(begins__lte=last, ends__gte=first)


def _by_programme(fiscal_year: int, only: Q) -> dict[int | None, Figures]:
    """The lines by programme; ``only`` narrows the awards."""
    return _lines(fiscal_year, "programme_id", only)


def _lines(fiscal_year: int, by: str, only: Q) -> dict[Any, Figures]:
    """Lines by a field of awards and accounts (``programme_id``, or ``pk`` of the awards that ``only`` names)."""
    lines: defaultdict[Any, Figures] = defaultdict(Figures)
    of_account = "award_id" if by == "pk" else by
    accounts = Account.objects.filter(fiscal_year=fiscal_year, programme__isnull=False)
    if by == "pk":
        accounts = accounts.filter(award__in=Award.objects.filter(only))
    _put_money(lines, accounts, of_account)
    first, _last = fiscal_year_days(fiscal_year)
    running = Award.objects.filter(running_in(fiscal_year), only).order_by().values(by)
    for row in running.annotate(all=Count("pk"), new=Count("pk", filter=Q(begins__gte=first))):
        lines[row[by]].awards, lines[row[by]].new = row["all"], row["new"]
    return dict(lines)


def _put_results(lines: dict[Any, Figures], counted: dict[Any, dict[str, int]]) -> None:
    for key, results in counted.items():
        lines.setdefault(key, Figures()).results = results


def _put_money(lines: defaultdict[Any, Figures], accounts: Any, by: str) -> None:
    """Budgeted: what lies in all accounts; committed: in those of awards; spent: in SPENT."""
    unawarded_ones = ExpressionWrapper(Q(award=None), output_field=BooleanField())
    rows = accounts.order_by().annotate(unawarded=unawarded_ones)
    sums = rows.values_list(by, "kind", "appropriation__kind", "unawarded").annotate(yen=Sum("balance_yen"))
    for key, place, kind, unawarded, yen in sums:
        line = lines[key]
        line.budgeted[kind] = line.budgeted.get(kind, 0) + yen
        if not unawarded:
            line.committed[kind] = line.committed.get(kind, 0) + yen
        if place == AccountKind.SPENT:
            line.spent[kind] = line.spent.get(kind, 0) + yen
        if place == AccountKind.CARRIED_IN:
            line.carried_in[kind] = line.carried_in.get(kind, 0) - yen


def _by_project(
    scheme: PlanTerm | None, fiscal_year: int, lines: dict[int | None, Figures], outputs: list[Credited]
) -> dict[int | None, Figures]:
    projects: defaultdict[int | None, Figures] = defaultdict(Figures)
    if scheme is None:
        projects[None] = Figures()
        for line in lines.values():
            projects[None].add(line)
        _put_results(projects, counted_by(outputs, lambda _award, _programme: (None,)))
        return dict(projects)
    for project in IntegratedProject.objects.filter(term=scheme).values_list("pk", flat=True):
        projects[project] = Figures()
    of_programme, of_award = places(scheme, fiscal_year)
    for programme, line in lines.items():
        projects[of_programme.get(programme)].add(line)
    if of_award:  # an award placed otherwise than its programme takes its own money along
        programme_of = dict(Award.objects.filter(pk__in=of_award).values_list("pk", "programme_id"))
        for award, line in _lines(fiscal_year, "pk", Q(pk__in=of_award)).items():
            projects[of_programme.get(programme_of[award])].add(line, -1)
            projects[of_award[award]].add(line)
    _put_results(
        projects, counted_by(outputs, lambda award, programme: (of_award.get(award, of_programme.get(programme)),))
    )
    again = SharedBudget.objects.filter(fiscal_year=fiscal_year, project__term=scheme)
    for project, yen in again.order_by().values_list("project").annotate(yen=Sum("amount_yen")):
        projects[project].shown_again = yen
    return dict(projects)


def counting_in(fiscal_year: int) -> Q:
    """The placements that count in a fiscal year: those of its last day."""
    _first, last = fiscal_year_days(fiscal_year)
    return (Q(since=None) | Q(since__lte=last)) & (Q(until=None) | Q(until__gte=last))


def places(scheme: PlanTerm, fiscal_year: int) -> tuple[dict[int | None, int], dict[int, int]]:
    """Which project of a term each programme counts in, and each award that is placed by itself: as of the last day of
    a fiscal year. Of several the latest holds."""
    rows = Placement.objects.filter(counting_in(fiscal_year), project__term=scheme).order_by("pk")
    of_programme: dict[int | None, int] = {}
    of_award: dict[int, int] = {}
    for project, programme, award in rows.values_list("project_id", "programme_id", "award_id"):
        if award is None:
            of_programme[programme] = project
        else:
            of_award[award] = project
    return of_programme, of_award


def _by_ministry(fiscal_year: int, outputs: list[Credited]) -> dict[str, Figures]:
    lines: defaultdict[str, Figures] = defaultdict(Figures)
    accounts = Account.objects.filter(fiscal_year=fiscal_year, programme__isnull=False)
    _put_money(lines, accounts, "appropriation__ministry")
    first, last = fiscal_year_days(fiscal_year)
    running = accounts.filter(award__begins__lte=last, award__ends__gte=first).order_by()
    counted = running.values_list("appropriation__ministry").annotate(
        all=Count("award_id", distinct=True),
        new=Count("award_id", distinct=True, filter=Q(award__begins__gte=first)),
    )
    for ministry, number, new in counted:
        lines[ministry].awards, lines[ministry].new = number, new
    paid: defaultdict[int, set[str]] = defaultdict(set)
    credited = {award for _output, _kind, award, _programme in outputs}
    some = accounts.filter(award__in=credited).order_by().values_list("award_id", "appropriation__ministry")
    for award, ministry in some.distinct() if credited else ():
        paid[award].add(ministry)
    _put_results(lines, counted_by(outputs, lambda award, _programme: paid.get(award, ())))
    return dict(sorted(lines.items()))


def _allotted(fiscal_year: int) -> Yen:
    """What ministries gave in a fiscal year, by kind of budget."""
    given = Account.objects.filter(fiscal_year=fiscal_year, kind=AccountKind.GRANTED).order_by()
    return {
        kind: -yen for kind, yen in given.values_list("appropriation__kind").annotate(yen=Sum("balance_yen")) if yen
    }

"""The years' figures counted a second way: row by row in Python, from movements instead of balances.

Slow and plain on purpose; ``reconcile`` and the tests hold the pages' figures against it, line by line.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.figures import Figures
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Award, Credit, Movement, Output, OutputState, Placement, PlanTerm
from kakehashi.systems.portfolio.placements import places

NEVER_THERE = (OutputState.EXPECTED, OutputState.GIVEN_UP)
READ_AT_ONCE = 10_000
ENDS = ("source", "target")
FIELDS = ("kind", "fiscal_year", "programme_id", "award_id", "appropriation__kind", "appropriation__ministry")
Lines = dict[Hashable, Figures]


@dataclass
class Year:
    """A fiscal year's rows. ``parts``: figures of each programme without the awards that are placed by themselves, and
    of each of those, by (programme, award); ``ministries``: by code. ``outputs``: by kind each output that came in the
    year, with the awards credited and their programmes. ``paid``: the awards that a ministry's money lies with.
    ``running``: the awards that run."""

    parts: Lines = field(default_factory=lambda: defaultdict(Figures))
    ministries: Lines = field(default_factory=lambda: defaultdict(Figures))
    outputs: dict[str, dict[int, set[tuple[int, int | None]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    paid: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    running: dict[int, bool] = field(default_factory=dict)

    def total(self) -> Figures:
        """The line of the whole year."""
        told = self._lines(lambda _programme, _award: "").get("", Figures())
        told.results = self._results(lambda _award, _programme: [""]).get("", {})
        return told

    def by_programme(self) -> Lines:
        """Each programme's line."""
        told = self._lines(lambda programme, _award: programme)
        return self._with_results(told, lambda _award, programme: [programme])

    def by_project(self, scheme: PlanTerm | None, year: int) -> Lines:
        """Each project's line under a term's scheme."""
        of_programme, of_award = places(scheme, year) if scheme else ({}, {})
        told = self._lines(lambda programme, award: of_award.get(award or 0) or of_programme.get(programme))
        return self._with_results(told, lambda award, programme: [of_award.get(award) or of_programme.get(programme)])

    def by_ministry(self) -> Lines:
        """Each ministry's line."""
        told: Lines = {code: _copy(line) for code, line in self.ministries.items()}
        for code, awards in self.paid.items():
            line = told.setdefault(code, Figures())
            line.awards = sum(one in self.running for one in awards)
            line.new = sum(self.running.get(one, False) for one in awards)
        running = set(self.running)
        paid = {code: awards & running for code, awards in self.paid.items()}
        return self._with_results(told, lambda award, _programme: [code for code in paid if award in paid[code]])

    def _lines(self, key: Callable[[int | None, int | None], Hashable]) -> Lines:
        told: Lines = defaultdict(Figures)
        for part, line in self.parts.items():
            assert isinstance(part, tuple)
            told[key(*part)].add(line)
        return dict(told)

    def _with_results(self, lines: Lines, keys: Callable[[int, int | None], Iterable[Hashable]]) -> Lines:
        for key, results in self._results(keys).items():
            lines.setdefault(key, Figures()).results = results
        return lines

    def _results(self, keys: Callable[[int, int | None], Iterable[Hashable]]) -> dict[Hashable, dict[str, int]]:
        """How many outputs of each kind stand in each line, each once."""
        numbers: defaultdict[Hashable, dict[str, int]] = defaultdict(dict)
        for kind, of_kind in self.outputs.items():
            for credited in of_kind.values():
                for key in {key for award, programme in credited for key in keys(award, programme)}:
                    numbers[key][kind] = numbers[key].get(kind, 0) + 1
        return numbers


def _copy(line: Figures) -> Figures:
    told = Figures()
    told.add(line)
    return told


def recounted(day: date) -> dict[int, Year]:
    """Each fiscal year that money moved in, from its rows; results as they count at the end of a day."""
    own = set(Placement.objects.exclude(award=None).order_by().values_list("award_id", flat=True))
    years = _money(own)
    _count_awards(years, own)
    _count_outputs(years, day)
    return years


def _money(own: set[int]) -> dict[int, Year]:
    years: defaultdict[int, Year] = defaultdict(Year)
    fields = [f"{end}__{field}" for end in ENDS for field in FIELDS]
    for yen, *both in Movement.objects.order_by().values_list("amount_yen", *fields).iterator(READ_AT_ONCE):
        _half(years, own, -yen, *both[: len(FIELDS)])
        _half(years, own, yen, *both[len(FIELDS) :])
    return dict(years)


def _half(
    years: defaultdict[int, Year],
    own: set[int],
    yen: int,
    place: str,
    year: int,
    programme: int | None,
    award: int | None,
    kind: str,
    ministry: str,
) -> None:
    """One account's half of a movement."""
    rows = years[year]
    if programme is None:
        return
    if award is not None:
        rows.paid[ministry].add(award)
    for line in (rows.parts[programme, award if award in own else None], rows.ministries[ministry]):
        line.budgeted[kind] = line.budgeted.get(kind, 0) + yen
        if award is not None:
            line.committed[kind] = line.committed.get(kind, 0) + yen
        if place == AccountKind.SPENT:
            line.spent[kind] = line.spent.get(kind, 0) + yen
        if place == AccountKind.CARRIED_IN:
            line.carried_in[kind] = line.carried_in.get(kind, 0) - yen


def _count_awards(years: dict[int, Year], own: set[int]) -> None:
    rows = Award.objects.order_by().values_list("pk", "programme_id", "begins", "ends")
    for award, programme, begins, ends in rows.iterator(READ_AT_ONCE):
        first = fiscal_year(begins)
        for year in range(first, fiscal_year(ends) + 1):
            if year in years:
                line = years[year].parts[programme, award if award in own else None]
                line.awards += 1
                line.new += year == first
                years[year].running[award] = year == first


def _count_outputs(years: dict[int, Year], day: date) -> None:
    there: dict[int, tuple[int, str]] = {}
    rows = Output.objects.order_by().values_list("pk", "kind", "on", "taken_back_on", "state")
    for pk, kind, came, gone, state in rows.iterator(READ_AT_ONCE):
        if state not in NEVER_THERE and came <= day and (gone is None or gone > day):
            there[pk] = fiscal_year(came), kind
    credits = Credit.objects.order_by().values_list("output_id", "award_id", "award__programme_id", "since", "until")
    for output, award, programme, since, until in credits.iterator(READ_AT_ONCE):
        if output in there and since <= day and (until is None or until > day):
            year, kind = there[output]
            if year in years:
                years[year].outputs[kind][output].add((award, programme))

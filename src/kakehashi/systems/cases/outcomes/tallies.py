"""The tallies of the outcomes, counted by the database in a few grouped queries; nothing is counted row by row here.

Every query is answered from one covering index. SQLite seeks by ``column IN (0)`` and not by ``NOT column``, which is
how Django writes "is false": hence ``__in`` with one truth value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choice
from django.db.models import CharField, Count, F, Func, IntegerField, Q, QuerySet, Value, When

from kakehashi.systems.cases.linkage.registrations import not_counted
from kakehashi.systems.cases.models import Case, CaseDiagnosis, Consultation, FamilyLink
from kakehashi.systems.cases.outcomes.counting import LISTS, OPEN, SOLVED, UNANALYSED, Tally
from kakehashi.systems.cases.outcomes.groups import BITS
from kakehashi.systems.cases.outcomes.words import By, Step
from kakehashi.systems.cases.states import FINDABLE

BITS_BY_NAME = {str(group): bit for group, bit in BITS.items()}
NO_AWARD = 0
"""In place of an award's id: the cases that none paid for."""
COLUMNS = {By.CENTRE: "organisation_id", By.AWARD: "award_id", By.GROUP: "phenotype_groups"}


@dataclass(frozen=True)
class Slice:
    """What is counted: what had happened by a day; from a day to a day, of some institutions, one kind of signs, one
    award (None: all; ``NO_AWARD``). Either of real patients or, ``synthetic``, of made-up ones; never of both."""

    as_of: date
    first: date | None = None
    last: date | None = None
    organisations: frozenset[int] | None = None
    group: str | None = None
    award: int | None = None
    synthetic: bool = False

    def of_award(self, case: str = "") -> dict[str, Any]:
        """The look-ups of the award; ``case`` leads from a row to its case ("case__")."""
        if self.award is None:
            return {}
        return {f"{case}award_id__isnull": True} if self.award == NO_AWARD else {f"{case}award_id": self.award}

    def by_then(self, field: str) -> Q:
        """What had happened by the day of asking, for a field of days."""
        return Q(**{f"{field}__lte": self.as_of})

    def within(self, field: str) -> Q:
        """The days between the first and the last, for a field of days."""
        found = Q(**{f"{field}__lte": self.as_of})
        if self.first is not None:
            found &= Q(**{f"{field}__gte": self.first})
        if self.last is not None:
            found &= Q(**{f"{field}__lte": self.last})
        return found


def holds(*, synthetic: bool) -> bool:
    """Whether this node holds anything to count: of made-up patients, or of real ones."""
    registered = Case.objects.filter(synthetic__in=[synthetic], registered_on__isnull=False)
    consulted = Consultation.objects.filter(again__in=[False], synthetic__in=[synthetic])
    return registered.order_by().exists() or consulted.order_by().exists()


def only_synthetic() -> bool:
    """Whether all that this node holds is made up."""
    return not holds(synthetic=False) and holds(synthetic=True)


def consultations(asked: Slice) -> QuerySet[Consultation]:
    """The consultations that are counted, whatever their day: of each family the first."""
    found = Consultation.objects.filter(again__in=[False], synthetic__in=[asked.synthetic]).order_by()
    if asked.organisations is not None:
        found = found.filter(organisation_id__in=asked.organisations)
    if asked.group is not None:
        found = found.filter(phenotype_group=asked.group)
    return found.filter(**asked.of_award("case__"))


def cases(asked: Slice) -> QuerySet[Case]:
    """The probands that are counted, whatever their day."""
    return _probands(Case.objects.order_by(), asked, "")


def _probands(rows: QuerySet[Any], asked: Slice, case: str) -> QuerySet[Any]:
    """Rows of probands that are counted; ``case`` leads from a row to its case ("case__")."""
    relatives = FamilyLink.objects.filter(proband=False).values("case_id")
    elsewhere = not_counted().values("case_id")  # both in one, so that each case is looked for once
    wanted: dict[str, Any] = {
        "synthetic__in": [asked.synthetic],
        "state__in": sorted(FINDABLE),
        "registered_on__lte": asked.as_of,
        **asked.of_award(),
    }
    if asked.organisations is not None:
        wanted["organisation_id__in"] = asked.organisations
    rows = rows.filter(**{f"{case}{name}": value for name, value in wanted.items()})
    rows = rows.exclude(**{f"{case}id__in": relatives.union(elsewhere, all=True)})
    if asked.group is None:
        return rows
    kinds: QuerySet[Any] = rows.alias(bits=F(f"{case}phenotype_groups").bitand(BITS_BY_NAME[asked.group])).filter(
        bits__gt=0
    )
    return kinds


def tallies(by: By, asked: Slice) -> Iterator[Tally]:
    """What the database counts, by month (By.PERIOD: its first day), institution, kinds of signs (bits) or award."""
    yield from _consulted(by, asked)
    yield from (_by_month(asked) if by == By.PERIOD else _by_column(COLUMNS[by], asked))


def _consulted(by: By, asked: Slice) -> Iterator[Tally]:
    found: QuerySet[Any] = consultations(asked).filter(asked.within("consulted_on"))
    if by == By.PERIOD:
        for month, route, count in _monthly(found, "consulted_on", "route"):
            yield Tally(month, Step.CONSULTED, route, count)
        return
    # "+ 0": otherwise SQLite walks the index of institutions and looks up every row.
    column = {By.GROUP: F("phenotype_group"), By.AWARD: F("case__award_id")}.get(by, F("organisation_id") + 0)
    for key, route, count in found.annotate(key=column).values_list("key", "route").annotate(number=Count("pk")):
        yield Tally(BITS_BY_NAME[key] if by == By.GROUP else key, Step.CONSULTED, route, count)


class _Month(Func):
    """The month of a day as "2018-04": in the database's own words, for Django's would call Python for each row."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Days are stored as text there."""
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Year, hyphen, month."""
        return self.as_sql(compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')", **more)


def _monthly(rows: QuerySet[Any], field: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Rows counted by the month of a day and by columns: the month's first day, the columns, how many."""
    counted = rows.annotate(month=_Month(field)).values_list("month", *columns).annotate(number=Count("pk"))
    for month, *found in counted:
        yield date.fromisoformat(f"{month}-01"), *found


def _by_month(asked: Slice) -> Iterator[Tally]:
    """Each step by the month of its own day."""
    counted = cases(asked)
    for month, count in _monthly(counted.filter(asked.within("registered_on")), "registered_on"):
        yield Tally(month, Step.REGISTERED, "", count)
    analysed = counted.filter(asked.within("analysed_on")).annotate(solved=_flag(asked.by_then("diagnosed_on")))
    for month, solved, count in _monthly(analysed, "analysed_on", "solved"):
        yield Tally(month, Step.ANALYSED, SOLVED if solved else OPEN, count)
    told = counted.filter(asked.within("diagnosed_on")).annotate(done=_flag(asked.by_then("analysed_on")))
    for month, cell, done, count in _monthly(told, "diagnosed_on", "diagnosis_cell", "done"):
        yield Tally(month, Step.DIAGNOSED, cell if done else UNANALYSED, count)


def _by_column(column: str, asked: Slice) -> Iterator[Tally]:
    """All steps in one pass over the cases, each within the days asked for."""
    told = cases(asked).annotate(done=_flag(asked.by_then("analysed_on")), found=_flag(asked.by_then("diagnosed_on")))
    if asked.first is None and asked.last is None:
        counted = told.values_list(column, "diagnosis_cell", "done", "found").annotate(number=Count("pk"))
        rows = ((*row[:4], 1, row[2], row[3], row[4]) for row in counted)
    else:
        within = {
            name: _flag(asked.within(field))
            for name, field in (("new", "registered_on"), ("doing", "analysed_on"), ("finding", "diagnosed_on"))
        }
        named = told.annotate(**within).values_list(column, "diagnosis_cell", "done", "found", *within)
        rows = (tuple(row) for row in named.annotate(number=Count("pk")))
    for key, cell, done, found, new, doing, finding, count in rows:
        if new:
            yield Tally(key, Step.REGISTERED, "", count)
        if doing:
            yield Tally(key, Step.ANALYSED, SOLVED if found else OPEN, count)
        if finding:
            yield Tally(key, Step.DIAGNOSED, cell if done else UNANALYSED, count)


def statuses(column: str, asked: Slice) -> Iterator[tuple[Any, bool, bool, int]]:
    """By a column of the cases: whether analysed and whether diagnosed by the day of asking, and how many."""
    told = cases(asked).annotate(done=_flag(asked.by_then("analysed_on")), found=_flag(asked.by_then("diagnosed_on")))
    for value, done, found, number in told.values_list(column, "done", "found").annotate(number=Count("pk")):
        yield value, bool(done), bool(found), number


def list_of(cell: int) -> str:
    """The lists that a diagnosis's cell stands for."""
    return str(LISTS[cell // 2])


def counted_in(step: Step, asked: Slice) -> QuerySet[Case]:
    """The cases that a step from registration on counts within the days."""
    found = cases(asked)
    if step == Step.DIAGNOSED:
        return found.filter(asked.by_then("analysed_on"), asked.within("diagnosed_on"))
    return found.filter(asked.within("registered_on" if step == Step.REGISTERED else "analysed_on"))


def new_diseases(asked: Slice) -> int:
    """How many different new diseases the cases counted were diagnosed with within the days."""
    rows = CaseDiagnosis.objects.filter(asked.within("diagnosed_on"), reopened_at=None, new_disease=True)
    counted = _probands(rows, asked, "case__").filter(case__analysed_on__lte=asked.as_of)
    named = counted.annotate(
        name=Choice(When(disease__startswith="NEW:", then=F("label")), default=F("disease"))
    ).order_by()
    return int(named.aggregate(number=Count("name", distinct=True))["number"])


def _flag(condition: Q) -> Choice:
    return Choice(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())

"""Goals and reports of what was reached, from a table (CSV) and into one; what went out comes in and changes nothing.

Every row is looked at beside what the node holds, everything wrong with each told at once; then all are written or
none. A heading with ``as_of`` is one of reports.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.csv_cells import Choices, day_of, yes_or_no
from kakehashi.systems.portfolio.csv_tables import CsvRow, CsvTable
from kakehashi.systems.portfolio.forms.goals import ActualForm, GoalForm
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, checked_actual, report_free
from kakehashi.systems.portfolio.models import Goal, GoalActual, IntegratedProject, PlanTerm, Standing
from kakehashi.systems.portfolio.uploads import text_of

TEXTS = ("name", "name_en", "definition", "definition_en", "unit", "unit_en")
GOAL = ("term", "project", "code", *TEXTS, "target", "due", "yearly", "results", "source")
REPORT = ("goal", "as_of", "value", "standing", "cumulative", "source", "note", "superseded")
LARGEST_MB = 2
MOST_GOALS, MOST_REPORTS = 500, 2_000
STANDING = Choices(Standing.choices)
CUMULATIVE = Choices(ActualForm.base_fields["cumulative"].choices)  # type: ignore[attr-defined]
RESULTS = Choices(GoalForm.base_fields["results"].choices)  # type: ignore[attr-defined]
CHOICES = {"results": RESULTS, "standing": STANDING, "cumulative": CUMULATIVE}
"""The columns that may say certain words only."""


class Fate(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("the goal is corrected")
    SUPERSEDES = "supersedes", gettext_lazy("supersedes what was reported")
    KNOWN = "known", gettext_lazy("known, nothing to add")
    PASSED = "passed", gettext_lazy("superseded when it was taken out: left out")


WRITES = (Fate.NEW, Fate.CHANGED, Fate.SUPERSEDES)
"""The fates of rows that write something."""


@dataclass
class Row(CsvRow):
    """A row of the file: what becomes of it, what is wrong with it; of which goal it is, what stood when it was looked
    at, what it would write."""

    fate: Fate = Fate.KNOWN
    goal: Goal | None = None
    stood: object = None
    said: dict[str, Any] = field(default_factory=dict)
    made: GoalActual | None = None

    @property
    def seen(self) -> tuple[object, ...]:
        """What the look at it came to: what is confirmed must be the same."""
        return self.line, self.fate.value, self.stood


def look_at(content: bytes, *, by: Any) -> list[Row]:
    """The rows of a file with what each would do, or what is wrong with it. Writes nothing, locks nothing.

    Raises Invalid (under ``file``) for one that cannot be read, or tells of goals where only reports may be written.
    """
    table = CsvTable(text_of(content, largest_mb=LARGEST_MB))
    reports = "as_of" in table.head
    table.insist_on(REPORT[:4] if reports else ("code",), REPORT if reports else GOAL)
    verdict = rules.may_keep_structure(by)
    if by is not None and not reports and not verdict:
        raise Invalid({"file": [verdict.text]})
    return _looked(table.rows(most=MOST_REPORTS if reports else MOST_GOALS))


def write_rows(rows: Sequence[Row], *, by: Person | None) -> int:
    """Write what ``look_at`` found nothing wrong with, all or none; answers how many rows wrote something.

    Raises NotAllowed, Invalid naming the lines at fault, Conflict where the node has changed since.
    """
    if by is not None:
        audit.insist(rules.may_report_goals(by), by=by, action="goal.import")
    if faulty := {str(row.line): row.faults for row in rows if row.faults}:
        raise Invalid(faulty)
    with transaction.atomic(), audit.batch():
        held = [row.goal.pk for row in rows if row.goal is not None]
        list(Goal.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk"))
        again = _looked([CsvRow(row.line, row.cells) for row in rows])
        if any(
            (one.fate, one.stood, one.faults) != (row.fate, row.stood, []) for one, row in zip(again, rows, strict=True)
        ):
            raise Conflict(_("The node has changed since the file was looked at: look at it again."))
        for row in again:
            if row.fate == Fate.NEW and row.made is None:
                add_goal(by=by, **row.said)
            elif row.fate == Fate.CHANGED and row.goal is not None:
                change_goal(by=by, goal=row.goal, **row.said)
        if made := [row.made for row in again if row.made is not None]:
            report_free(made, by=by)
        written = sum(row.fate in WRITES for row in again)
        audit.record(by, "goal.import", detail={"rows": len(rows), "written": written})
    return written


def codes_of(rows: Sequence[Row]) -> set[str]:
    """The goals whose rows write something; where none does, those that the file tells of."""
    return {
        row.cells.get("goal") or row.cells.get("code", "")
        for row in [one for one in rows if one.fate in WRITES] or rows
    }


class _Held:
    """What the node holds of what rows tell of, read once for all of them."""

    def __init__(self, codes: set[str], *, reports: bool) -> None:
        rows = Goal.objects.select_related("term", "project").filter(code__in=codes)
        self.goals = {one.code: one for one in rows}
        self.terms: dict[str, PlanTerm] = {}
        self.projects: dict[tuple[int, str], IntegratedProject] = {}
        self.reports: dict[tuple[object, ...], GoalActual] = {}
        if reports:
            standing = GoalActual.objects.filter(goal__code__in=codes, replaced_by=None)
            self.reports = {(one.goal_id, one.as_of, one.standing, one.cumulative): one for one in standing}
        else:
            self.terms = {str(one.number): one for one in PlanTerm.objects.all()}
            self.projects = {(one.term_id, one.code): one for one in IntegratedProject.objects.all()}


def _looked(told: Sequence[CsvRow]) -> list[Row]:
    """What becomes of each row, or everything that is wrong with it."""
    rows = [Row(one.line, one.cells, one.faults) for one in told]
    reports = any("as_of" in row.cells for row in rows)
    held = _Held({row.cells["goal" if reports else "code"] for row in rows}, reports=reports)
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = _report(row, held) if reports else _goal(row, held)
        if key is not None and (first := seen.setdefault(key, row.line)) != row.line:
            row.faults.append(_("The same as line %(line)d.") % {"line": first})
    return rows


def _goal(row: Row, held: _Held) -> tuple[object, ...]:
    cells = row.cells
    known = row.goal = held.goals.get(cells["code"])
    given: dict[str, Any] = dict(cells)
    readers: dict[str, Callable[[str], object]] = {"due": day_of, "yearly": yes_or_no, "results": _results}
    given |= {name: row.read(name, reader) for name, reader in readers.items() if name in cells}
    if known is None:
        row.fate, made = Fate.NEW, _placed(row, held)
    else:
        _insist_stays(row, known)
        stood, made = GoalForm.said_of(known), copy.copy(known)
        row.stood, given = [str(value) for value in stood.values()], stood | given
    form = GoalForm(given)
    form.for_change()
    said = _said(row, form)
    if said is None:
        return (cells["code"],)
    for name, value in said.items():
        setattr(made, name, value)
    _clean(row, made, exclude=("term", "project"))
    row.said = said
    if known is None and not row.faults:
        row.said = said | {"term": made.term, "project": made.project, "code": made.code}
    elif known is not None:
        same = all(_same_ends(getattr(known, name)) == _same_ends(value) for name, value in said.items())
        row.fate = Fate.KNOWN if same else Fate.CHANGED
    return (cells["code"],)


def _placed(row: Row, held: _Held) -> Goal:
    """A new goal in the term and the project that its row names."""
    made = Goal(code=row.cells["code"])
    term = held.terms.get(row.cells.get("term", ""))
    if term is None:
        known = ", ".join(held.terms)
        row.faults.append(
            labelled("term", _("Write the number of a plan term; there are: %(known)s.") % {"known": known})
        )
        return made
    made.term = term
    if code := row.cells.get("project"):
        made.project = held.projects.get((term.pk, code))
        if made.project is None:
            row.faults.append(labelled("project", _("“%(code)s” is no project of this term.") % {"code": code}))
    return made


def _insist_stays(row: Row, known: Goal) -> None:
    stand = {"term": str(known.term.number), "project": known.project.code if known.project else ""}
    for name, said in stand.items():
        if name in row.cells and row.cells[name] != said:
            text = _("It stays “%(said)s”: a goal is not moved.")
            row.faults.append(labelled(name, text % {"said": said}))


def _report(row: Row, held: _Held) -> tuple[object, ...] | None:
    """Look at a report; answers what makes it the same as another, None for one that is not of now."""
    cells = row.cells
    if row.read("superseded", yes_or_no):
        row.fate = Fate.PASSED
        return None
    goal = row.goal = held.goals.get(cells["goal"])
    if goal is None:
        text = _("There is no goal of the code “%(code)s”.") % {"code": cells["goal"]}
        row.faults.append(labelled("goal", text))
        return None
    day, standing, anew = row.read("as_of", day_of), row.read("standing", STANDING.read), row.read("cumulative", _since)
    if row.faults:
        return None
    cumulative = not goal.yearly if anew is None else anew
    key = (goal.pk, day, standing, cumulative)
    stands = held.reports.get(key)
    told = {name: cells.get(name, "") for name in ("source", "note")}
    row.stood = stands.pk if stands else None
    if stands is not None and _number(cells["value"]) == stands.value and _agrees(stands, told, cells):
        return key
    row.fate = Fate.NEW if stands is None else Fate.SUPERSEDES
    if standing == Standing.UNSAID:
        row.faults.append(labelled("standing", _("Say whether it is expected, provisional or final.")))
        return key
    given = told | {"as_of": day, "value": cells["value"], "standing": standing, "cumulative": str(int(cumulative))}
    said = _said(row, ActualForm(given))
    if said is not None:
        try:
            row.made = checked_actual(goal, replaces=stands, **said)
        except Invalid as error:
            _note(row, error.problems)
    return key


def _since(text: str) -> bool | None:
    """Over what time a report counts, by the form's words or as a yes to ``cumulative``; None for an empty cell."""
    try:
        return yes_or_no(text)
    except ValueError:
        return CUMULATIVE.read(text) == "1"


def _results(text: str) -> list[str]:
    return [RESULTS.read(word) for word in text.replace("、", ",").split(",") if word.strip()]


def _agrees(stands: GoalActual, told: dict[str, str], cells: dict[str, str]) -> bool:
    """Whether the texts that the file has are those of the report that stands."""
    return all(_same_ends(getattr(stands, name)) == _same_ends(text) for name, text in told.items() if name in cells)


def _same_ends(value: object) -> object:
    """A text whatever its line ends: browsers send their own, spreadsheets keep others."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _said(row: Row, form: forms.Form) -> dict[str, Any] | None:
    """What a form takes a row for; None, everything wrong with it noted, where it takes it for nothing."""
    if form.is_valid():
        return form.cleaned_data
    _note(row, form.errors)
    return None


def _clean(row: Row, made: Goal, *, exclude: tuple[str, ...]) -> None:
    try:
        made.clean_fields(exclude=exclude)
    except ValidationError as error:
        _note(row, error.message_dict)


def _note(row: Row, problems: Any) -> None:
    row.faults += [
        labelled(name, str(text)) if name else str(text) for name, texts in problems.items() for text in texts
    ]


def _number(text: str) -> Decimal | None:
    """The number of a cell, None for what is none: also for what no comparison takes (NaN)."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Export:
    """A table that goes out: its columns, and its rows as they stand now."""

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[object, ...]]]


def _goals() -> Iterator[tuple[object, ...]]:
    for one in Goal.objects.select_related("term", "project").order_by("term__number", "project__order", "code"):
        project = one.project.code if one.project else ""
        told = (one.term.number, project, one.code, *(getattr(one, name) for name in TEXTS))
        yield *told, _plain(one.target), one.due, int(one.yearly), one.results, one.source


def _reports() -> Iterator[tuple[object, ...]]:
    rows = GoalActual.objects.select_related("goal", "replaced_by").order_by("goal__code", "as_of", "pk")
    for one in rows:
        told = (one.goal.code, one.as_of, _plain(one.value), one.standing, int(one.cumulative), one.source, one.note)
        yield *told, int(hasattr(one, "replaced_by"))


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


EXPORTS = {"goals": Export(GOAL, _goals), "reports": Export(REPORT, _reports)}
"""By the name of the file."""

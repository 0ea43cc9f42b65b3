"""Goals and reports of what was reached, from a table (CSV) and into one; what went out comes in and changes nothing.

Every row is tried as it would be written and taken back again, everything wrong with each told at once; then all are
written or none. A heading with ``as_of`` is one of reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.fiscal import parse_recent_date
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.goals import ActualForm, GoalForm
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.keeping.tables import insist_on, rows_of, text_of
from kakehashi.systems.portfolio.models import Goal, GoalActual, IntegratedProject

TEXTS = ("name", "name_en", "definition", "definition_en", "unit", "unit_en")
GOAL = ("term", "project", "code", *TEXTS, "target", "due", "yearly", "results", "source")
REPORT = ("goal", "as_of", "value", "standing", "cumulative", "source", "note", "superseded")
YES = ("1", "yes", "true", "はい")


class Fate(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("the goal is corrected")
    SUPERSEDES = "supersedes", gettext_lazy("supersedes what was reported")
    KNOWN = "known", gettext_lazy("known, nothing to add")


@dataclass
class Row:
    """A row of the file: its line and cells, what becomes of it, everything that is wrong with it."""

    line: int
    cells: dict[str, str]
    fate: Fate = Fate.KNOWN
    faults: list[str] = field(default_factory=list)


def look_at(content: bytes, *, by: Any) -> list[Row]:
    """The rows of a file with what each would do, or what is wrong with it. Writes nothing.

    Raises Invalid (under ``file``) for one that cannot be read, or tells of goals where only reports may be written.
    """
    head, told = rows_of(text_of(content))
    reports = "as_of" in head
    insist_on(head, REPORT[:4] if reports else ("code",), REPORT if reports else GOAL)
    verdict = rules.may_keep_structure(by)
    if by is not None and not reports and not verdict:
        raise Invalid({"file": [verdict.text]})
    rows = [Row(line, cells) for line, cells in told]
    seen: dict[tuple[str, ...], int] = {}
    with transaction.atomic():
        for row in rows:
            _try(row, seen, by)
        transaction.set_rollback(True)
    return rows


def write_rows(rows: Sequence[Row], *, by: Person | None) -> int:
    """Write what ``look_at`` found nothing wrong with, all or none; answers how many rows wrote something.

    Raises NotAllowed, Invalid naming the lines at fault, Conflict where the node has changed since.
    """
    if by is not None:
        audit.insist(rules.may_report_goals(by), by=by, action="goal.import")
    if faulty := {str(row.line): row.faults for row in rows if row.faults}:
        raise Invalid(faulty)
    with transaction.atomic():
        written = sum(_write(row.cells, by) != Fate.KNOWN for row in rows)
        audit.record(by, "goal.import", detail={"rows": len(rows), "written": written})
    return written


def _try(row: Row, seen: dict[tuple[str, ...], int], by: Any) -> None:
    """Write a row and note what came of it."""
    if "" in row.cells:
        row.faults.append(_("The line has more cells than the heading."))
        return
    names = ("goal", "as_of", "standing", "cumulative") if "as_of" in row.cells else ("code",)
    first = seen.setdefault(tuple(row.cells.get(name, "") for name in names), row.line)
    if first != row.line and row.cells.get("superseded") not in YES:
        row.faults.append(_("The same as line %(line)d.") % {"line": first})
        return
    try:
        with transaction.atomic():
            row.fate = _write(row.cells, by)
    except (Invalid, Conflict) as error:
        row.faults += [
            labelled(name, str(text)) if name else str(text) for name, texts in error.problems.items() for text in texts
        ]


def _write(cells: dict[str, str], by: Person | None) -> Fate:
    return _report(cells, by) if "as_of" in cells else _goal(cells, by)


def _goal(cells: dict[str, str], by: Person | None) -> Fate:
    known = Goal.objects.select_related("term", "project").filter(code=cells["code"]).first()
    given: dict[str, Any] = dict(cells)
    if "due" in cells:
        given["due"] = _day("due", cells["due"])
    if "yearly" in cells:
        given["yearly"] = cells["yearly"].lower() in YES
    if "results" in cells:
        given["results"] = [key.strip() for key in cells["results"].split(",") if key.strip()]
    if known is None:
        given["project"] = _project(cells)
        add_goal(by=by, **_said(GoalForm(given)))
        return Fate.NEW
    stand = {"term": str(known.term.number), "project": known.project.code if known.project else ""}
    if moved := [name for name, said in stand.items() if name in cells and cells[name] != said]:
        text = _("It stays “%(said)s”: a goal is not moved.")
        raise Invalid({name: [text % {"said": stand[name]}] for name in moved})
    form = GoalForm(GoalForm.said_of(known) | given)
    form.for_change()
    said = _said(form)
    same = all(getattr(known, name) == value for name, value in said.items())
    change_goal(by=by, goal=known, **said)
    return Fate.KNOWN if same else Fate.CHANGED


def _project(cells: dict[str, str]) -> str:
    """The key of the project that a row names, as the form knows it; "" for none."""
    if not cells.get("project"):
        return ""
    rows = IntegratedProject.objects.filter(code=cells["project"])
    term = cells.get("term", "")
    found = rows.filter(term__number=int(term)).first() if term.isascii() and term.isdigit() and len(term) < 5 else None
    if found is None:
        raise Invalid({"project": [_("“%(code)s” is no project of this term.") % {"code": cells["project"]}]})
    return str(found.pk)


def _report(cells: dict[str, str], by: Person | None) -> Fate:
    if cells.get("superseded", "").lower() in YES:
        return Fate.KNOWN
    goal = Goal.objects.select_related("term").filter(code=cells["goal"]).first()
    if goal is None:
        raise Invalid({"goal": [_("There is no goal of the code “%(code)s”.") % {"code": cells["goal"]}]})
    day = _day("as_of", cells["as_of"])
    anew = cells.get("cumulative", "").lower()
    cumulative = anew in YES if anew else not goal.yearly
    same = goal.actuals.filter(standing=cells["standing"], cumulative=cumulative, replaced_by=None)
    stands = same.filter(as_of=day).first() if day else None
    told = {name: cells.get(name, "") for name in ("source", "note")}
    if stands is not None and _number(cells["value"]) == stands.value and _agrees(stands, told, cells):
        return Fate.KNOWN
    given = dict(cells) | told | {"as_of": day, "cumulative": "1" if cumulative else "0"}
    report_actual(by=by, goal=goal, replaces=stands, **_said(ActualForm(given)))
    return Fate.NEW if stands is None else Fate.SUPERSEDES


def _agrees(stands: GoalActual, told: dict[str, str], cells: dict[str, str]) -> bool:
    """Whether the texts that the file has are those of the report that stands."""
    return all(getattr(stands, name) == text for name, text in told.items() if name in cells)


def _said(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    return form.cleaned_data


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return parse_recent_date(text)
    except ValueError as error:
        said = _("“%(text)s” is no day: write it as 2026-04-01 or R8.4.1.") % {"text": text}
        raise Invalid({name: [said]}) from error


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


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

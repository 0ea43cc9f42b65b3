"""The book of a fiscal year as plain values, for scripts: keys and their order are a promise."""

from typing import Any

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.figures import Book, Figures
from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.models import Goal, IntegratedProject, Ministry, Programme

MONEY = ("budgeted", "carried_in", "committed", "spent")
COLUMNS = (
    *("scope", "code", "name", "name_en"),
    *(f"{what}_{kind}_yen" for what in MONEY for kind in BudgetKind),
    *("shown_again_yen", "awards", "awards_new", "awards_continuing"),
)
"""The columns of the table: one row for the total, each integrated project, programme and ministry."""

NOWHERE = {"code": "", "name": "位置付けなし", "name_en": "Not placed"}
NAMELESS = {"code": "", "name": "事業なし", "name_en": "No programme"}


def plain(book: Book) -> dict[str, Any]:
    """One object: as-of date, year, term, the total, and each integrated project, programme and ministry.

    Yen are integers by kind of budget. ``shown_again_yen`` (再掲) is in no sum. Awards and results of a ministry are
    those of the awards it pays: one that two ministries pay is told for both.
    """
    goals = _goals(book)
    projects = {one.pk: one for one in IntegratedProject.objects.filter(pk__in=[p for p in book.projects if p])}
    programmes = Programme.objects.in_bulk([one for one in book.programmes if one])
    first, last = fiscal_year_days(book.fiscal_year)
    return {
        "as_of": book.as_of.isoformat(),
        "fiscal_year": book.fiscal_year,
        "begins": first.isoformat(),
        "ends": last.isoformat(),
        "term": book.term.number if book.term else None,
        "unit": "yen",
        "allotted": _by_kind(book.allotted),
        "total": line(book.total) | {"goals": goals.get(None, [])},
        "projects": [
            _named(projects.get(pk or 0), NOWHERE) | line(figures) | {"goals": goals.get(pk, []) if pk else []}
            for pk, figures in sorted(
                book.projects.items(), key=lambda one: projects[one[0]].order if one[0] else 10**6
            )
            if pk or not empty(figures)
        ],
        "programmes": [
            _named(programmes.get(pk or 0), NAMELESS) | line(figures)
            for pk, figures in sorted(
                book.programmes.items(), key=lambda one: (one[0] is None, programmes[one[0]].code if one[0] else "")
            )
        ],
        "ministries": [
            {"code": code, "name": str(Ministry(code).label)} | line(figures)
            for code, figures in book.ministries.items()
        ],
    }


def table(book: Book) -> list[list[Any]]:
    """The same as rows under ``COLUMNS``, for a spreadsheet."""
    told = plain(book)
    scopes = [("total", [told["total"]])] + [
        (scope[:-1] if scope != "ministries" else "ministry", told[scope])
        for scope in ("projects", "programmes", "ministries")
    ]
    return [
        [scope, one.get("code", ""), one.get("name", ""), one.get("name_en", "")]
        + [one[what][kind] for what in MONEY for kind in BudgetKind]
        + [one["shown_again_yen"], one["awards"]["all"], one["awards"]["new"], one["awards"]["continuing"]]
        for scope, rows in scopes
        for one in rows
    ]


def line(figures: Figures) -> dict[str, Any]:
    """One line of the book."""
    return {
        "budgeted": _by_kind(figures.budgeted),
        "carried_in": _by_kind(figures.carried_in),
        "committed": _by_kind(figures.committed),
        "spent": _by_kind(figures.spent),
        "shown_again_yen": figures.shown_again,
        "awards": {"all": figures.awards, "new": figures.new, "continuing": figures.continuing},
        "outputs": {kind: number for kind, number in sorted(figures.results.items()) if number},
    }


def empty(figures: Figures) -> bool:
    """Whether a line says nothing at all."""
    money = (figures.budgeted, figures.carried_in, figures.committed, figures.spent, figures.results)
    return not (figures.awards or figures.shown_again or any(any(one.values()) for one in money))


def _by_kind(yen: dict[str, int]) -> dict[str, int]:
    return {str(kind): int(yen.get(kind, 0)) for kind in BudgetKind}


def _named(thing: IntegratedProject | Programme | None, otherwise: dict[str, str]) -> dict[str, str]:
    if thing is None:
        return otherwise
    return {"code": thing.code, "name": thing.name, "name_en": thing.name_en}


def _goals(book: Book) -> dict[int | None, list[dict[str, Any]]]:
    """The goals of the term by project (None: of the whole term), each with the latest actual up to the day."""
    told: dict[int | None, list[dict[str, Any]]] = {}
    if book.term is None:
        return told
    for goal, actual in goals_reached(Goal.objects.filter(term=book.term).order_by("code"), on=book.as_of):
        told.setdefault(goal.project_id, []).append(
            {
                "code": goal.code,
                "name": goal.name,
                "name_en": goal.name_en,
                "target": number(goal.target),
                "due": goal.due.isoformat() if goal.due else None,
                "actual": number(actual.value) if actual else None,
                "as_of": actual.as_of.isoformat() if actual else None,
                "standing": actual.standing if actual else None,
            }
        )
    return told


def number(value: Any) -> int | float | None:
    """A decimal as a number of JSON: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)

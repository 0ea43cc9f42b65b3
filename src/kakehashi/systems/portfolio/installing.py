"""The published structure of the agency, written into a node: terms, projects, programmes, goals, with their sources.

What the source documents say (``facts``) becomes rows. Installing it twice changes nothing; what stands already under a
code is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.rules import by_the_node
from kakehashi.systems.portfolio.facts.citing import source_of
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.facts.shapes.results import Actual, Measure
from kakehashi.systems.portfolio.facts.shapes.structure import Programme as PublishedProgramme
from kakehashi.systems.portfolio.facts.shapes.structure import ProgrammeKind
from kakehashi.systems.portfolio.installing_cooperation import install_cooperation
from kakehashi.systems.portfolio.installing_logic import install_logic_models
from kakehashi.systems.portfolio.models import (
    DiseaseArea,
    Goal,
    GoalActual,
    IntegratedProject,
    Ministry,
    Phase,
    Placement,
    PlanTerm,
    Programme,
    SharedBudget,
)
from kakehashi.systems.portfolio.outputs.goals import name_what_is_counted


@dataclass(frozen=True)
class ProgrammeBudget:
    """What a programme (or a part of one that counts in a project of its own) had in a fiscal year, in yen."""

    programme: Programme
    fiscal_year: int
    yen: int


def install_structure(*, by: Person | None, facts: Facts | None = None) -> Facts:
    """Write terms, projects, areas, programmes, their places, what is shown again, goals and what was reached."""
    audit.insist(by_the_node(by), by=by, action="portfolio.install")
    told = facts or load()
    with transaction.atomic():
        terms = _terms(told)
        projects = _projects(told, terms)
        _areas(told)
        programmes = _programmes(told)
        _places(told, programmes, projects)
        _shared(told, programmes, projects)
        _goals(told, terms, projects)
        name_what_is_counted()
        install_logic_models(told, projects, programmes, source_of)
        install_cooperation(told, source_of)
        audit.record(by, "portfolio.install", detail={"programmes": len(programmes), "projects": len(projects)})
    return told


def install_published_cooperation(*, by: Person | None, facts: Facts | None = None) -> int:
    """Write what the documents tell of partners abroad, without the rest of the structure; what stands under a code is
    left as it is. Answers how many rows were written."""
    audit.insist(by_the_node(by), by=by, action="cooperation.install")
    told = facts or load()
    with transaction.atomic():
        number = install_cooperation(told, source_of)
        audit.record(by, "cooperation.install", detail={"rows": number})
    return number


def published_budgets(told: Facts) -> list[ProgrammeBudget]:
    """What each programme had by the documents, each yen once, parts that count in another project apart."""
    yen: dict[tuple[str, int], int] = {}
    for line in told.budget_lines:
        if line.amount_yen is not None and not line.shared:
            code = code_in(told, line.programme, line.home)
            yen[(code, line.fiscal_year)] = yen.get((code, line.fiscal_year), 0) + line.amount_yen
    rows = Programme.objects.in_bulk({code for code, _year in yen}, field_name="code")
    return [ProgrammeBudget(rows[code], year, amount) for (code, year), amount in yen.items()]


def code_in(told: Facts, programme: str, home: str) -> str:
    """The code under which a programme's money counts in a project: its own, or that of its part there."""
    return programme if told.programme(programme).term1 == home else f"{programme}.{home}"


def _terms(told: Facts) -> dict[str, PlanTerm]:
    rows = {}
    for one in told.terms:
        rows[one.key], _made = PlanTerm.objects.get_or_create(
            number=one.number,
            defaults={
                "name": one.name.ja,
                "name_en": one.name.en,
                "begins": one.begins,
                "ends": one.ends,
                "source": source_of(told, one),
            },
        )
    return rows


def _projects(told: Facts, terms: dict[str, PlanTerm]) -> dict[str, IntegratedProject]:
    rows = {}
    for one in told.integrated_projects:
        rows[one.key], _made = IntegratedProject.objects.get_or_create(
            term=terms[one.term],
            code=one.key,
            defaults={
                "name": one.name.ja,
                "name_en": one.name.en,
                "axis": one.axis.value.replace("-", "_"),
                "order": one.number,
            },
        )
    return rows


def _areas(told: Facts) -> None:
    for order, one in enumerate(told.disease_areas):
        DiseaseArea.objects.get_or_create(
            code=one.key, defaults={"name": one.name.ja, "name_en": one.name.en, "order": order}
        )


def _programmes(told: Facts) -> dict[str, Programme]:
    rows = {}
    for one in told.programmes:
        if one.kind is not ProgrammeKind.OTHER_FUNDER:
            rows[one.key] = _programme(told, one, one.key, one.name.ja, one.name.en)
    for line in told.budget_lines:
        code = code_in(told, line.programme, line.home)
        if not line.shared and code not in rows:
            whole = told.programme(line.programme)
            part = (line.part.ja, line.part.en) if line.part else (line.home, line.home)
            rows[code] = _programme(told, whole, code, f"{whole.name.ja}（{part[0]}）", f"{whole.name.en} ({part[1]})")
    return rows


def _programme(told: Facts, one: PublishedProgramme, code: str, name: str, name_en: str) -> Programme:
    order = [phase.value for phase in Phase]
    phases = sorted((phase.value.replace("-", "_") for phase in one.phases), key=order.index)
    begins = date(one.first_fiscal_year, 4, 1) if one.first_fiscal_year else None
    row, _made = Programme.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "name_en": name_en,
            "ministry": one.ministry.value.lower() if one.ministry else Ministry.UNSTATED,
            "first_phase": phases[0] if phases else "",
            "last_phase": phases[-1] if phases else "",
            "begins": begins,
            "source": source_of(told, one),
        },
    )
    return row


def _places(told: Facts, programmes: dict[str, Programme], projects: dict[str, IntegratedProject]) -> None:
    for one in told.programmes:
        for key in (one.term1, one.term2, one.term3):
            if key is not None and one.key in programmes:
                Placement.objects.get_or_create(
                    project=projects[key], programme=programmes[one.key], defaults={"source": source_of(told, one)}
                )
    for code, row in programmes.items():
        whole, _dot, home = code.partition(".")
        if home:
            published = told.programme(whole)
            for key in (home, published.term2, published.term3):
                if key is not None:
                    Placement.objects.get_or_create(
                        project=projects[key], programme=row, defaults={"source": source_of(told, published)}
                    )


def _shared(told: Facts, programmes: dict[str, Programme], projects: dict[str, IntegratedProject]) -> None:
    for line in told.budget_lines:
        if line.shared and line.amount_yen:
            SharedBudget.objects.get_or_create(
                programme=programmes[code_in(told, line.programme, line.home)],
                project=projects[line.project],
                fiscal_year=line.fiscal_year,
                defaults={"amount_yen": line.amount_yen, "source": source_of(told, line)},
            )


def _goals(told: Facts, terms: dict[str, PlanTerm], projects: dict[str, IntegratedProject]) -> None:
    rows: dict[str, Goal] = {}
    for goal in told.goals:
        for measure in goal.measures:
            rows[measure.key], _made = Goal.objects.get_or_create(
                code=measure.key,
                defaults=_of_measure(measure)
                | {
                    "term": projects[goal.project].term,
                    "project": projects[goal.project],
                    "definition": goal.statement.ja,
                    "definition_en": goal.statement.en,
                    "due": date(goal.due_year, 12, 31),
                    "source": source_of(told, goal),
                },
            )
    _actuals(told, rows, told.actuals)
    for outcome in told.term_outcomes:
        row, _made = Goal.objects.get_or_create(
            code=outcome.key,
            defaults={
                "term": terms[outcome.term],
                "name": outcome.name.ja,
                "name_en": outcome.name.en,
                "unit": outcome.unit.ja,
                "unit_en": outcome.unit.en,
                "source": source_of(told, outcome),
            },
        )
        GoalActual.objects.get_or_create(
            goal=row,
            as_of=outcome.as_of,
            standing=outcome.standing,
            cumulative=True,
            reported_at=None,
            defaults={"value": outcome.value, "source": source_of(told, outcome)},
        )


def _of_measure(measure: Measure) -> dict[str, object]:
    return {
        "name": measure.what.ja,
        "name_en": measure.what.en,
        "unit": measure.unit.ja,
        "unit_en": measure.unit.en,
        "target": measure.target,
        "yearly": measure.per == "year",
    }


def _actuals(told: Facts, goals: dict[str, Goal], actuals: Iterable[Actual]) -> None:
    for one in actuals:
        if one.as_of is None:
            continue
        GoalActual.objects.get_or_create(
            goal=goals[one.measure],
            as_of=one.as_of,
            standing="unsaid" if one.standing == "planned" else one.standing,
            cumulative=one.cumulative,
            reported_at=None,
            defaults={"value": one.value, "source": source_of(told, one)},
        )

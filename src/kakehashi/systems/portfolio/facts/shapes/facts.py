"""All facts together, and the check that every key they name is there."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, model_validator

from kakehashi.systems.portfolio.facts.shapes import money, results, structure, world
from kakehashi.systems.portfolio.facts.shapes.base import Document, Gap, Refers, Shape, Text

Row = TypeVar("Row", bound=Shape)


class Facts(Shape):
    """Every fact of the documents, by subject, in the order of the data files."""

    documents: tuple[Document, ...]
    reasons: dict[str, Text]
    gaps: tuple[Gap, ...]

    terms: tuple[structure.Term, ...]
    integrated_projects: tuple[structure.IntegratedProject, ...]
    disease_areas: tuple[structure.DiseaseArea, ...]
    programmes: tuple[structure.Programme, ...]

    project_budgets: tuple[money.ProjectBudget, ...]
    budget_lines: tuple[money.BudgetLine, ...]
    in_house_lines: tuple[money.InHouseLine, ...]
    published_shares: tuple[money.PublishedShare, ...]
    agency_budgets: tuple[money.AgencyBudget, ...]
    funds: tuple[money.Fund, ...]
    supplementary_budgets: tuple[money.SupplementaryBudget, ...]
    figures: tuple[money.Figure, ...]
    breakdowns: tuple[money.Breakdown, ...]
    ratios: tuple[money.Ratio, ...]

    goals: tuple[results.Goal, ...]
    actuals: tuple[results.Actual, ...]
    term_outcomes: tuple[results.TermOutcome, ...]
    logic_models: tuple[results.LogicModel, ...]
    lineages: tuple[results.Lineage, ...]
    approvals: tuple[results.Approval, ...]

    countries: tuple[world.Country, ...]
    memoranda: tuple[world.Memorandum, ...]
    offices: tuple[world.Office, ...]
    frameworks: tuple[world.Framework, ...]
    joint_fields: tuple[world.JointField, ...]
    joint_research: tuple[world.JointResearch, ...]
    aspire_awards: tuple[world.AspireAward, ...]
    international_activities: tuple[world.InternationalActivity, ...]
    investigator_forums: tuple[world.InvestigatorForum, ...]
    ppi_steps: tuple[world.PpiStep, ...]
    international_reviews: tuple[world.InternationalReview, ...]
    sharing_scope: tuple[world.SharingScope, ...]
    milestones: tuple[world.Milestone, ...]

    @model_validator(mode="after")
    def _keys_resolve(self) -> Self:
        if wrong := [*_repeated(self), *_dangling(self)]:
            raise ValueError("; ".join(wrong))
        return self

    def project(self, key: str) -> structure.IntegratedProject:
        """The integrated project of this key. Raises KeyError."""
        return _by_key(self.integrated_projects, key)

    def programme(self, key: str) -> structure.Programme:
        """The programme of this key. Raises KeyError."""
        return _by_key(self.programmes, key)

    def place(self, key: str) -> tuple[Document, Text]:
        """The document and heading that a fact's ``source`` names. Raises KeyError."""
        document, _slash, heading = key.partition("/")
        found = _by_key(self.documents, document)
        return found, found.places[heading]


def _by_key(rows: tuple[Row, ...], key: str) -> Row:
    for row in rows:
        if getattr(row, "key", None) == key:
            return row
    raise KeyError(key)


def _rows(facts: Facts) -> Iterator[tuple[str, Shape]]:
    for name in type(facts).model_fields:
        rows = getattr(facts, name)
        if isinstance(rows, tuple):
            yield from ((name, row) for row in rows)


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    """Collection and key of everything that has one."""
    for name, row in _rows(facts):
        if (key := getattr(row, "key", None) or getattr(row, "code", None)) is not None:
            yield name, key
    for document in facts.documents:
        yield from (("places", f"{document.key}/{heading}") for heading in document.places)
    for goal in facts.goals:
        yield from (("measures", measure.key) for measure in goal.measures)
    yield from (("reasons", key) for key in facts.reasons)


def _keys(facts: Facts) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, key in _names(facts):
        found.setdefault(name, set()).add(key)
    return found


def _repeated(facts: Facts) -> Iterator[str]:
    for (name, key), times in Counter(_names(facts)).items():
        if times > 1:
            yield f"{name}: the key {key} stands {times} times; give each row its own"


def _dangling(facts: Facts) -> Iterator[str]:
    keys = _keys(facts)
    for name, row in _rows(facts):
        label = getattr(row, "key", None) or getattr(row, "code", None) or row
        for collection, key in _references(type(row), row):
            if key not in keys.get(collection, ()):
                yield f"{name}: {label} names {key}, which is not in {collection}"


@cache
def _types_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Field → its type with its marks; reading the hints of a class anew for each row would take most of the time."""
    hints = get_type_hints(shape, include_extras=True)
    return {field: hints[field] for field in shape.model_fields}


def _references(annotation: Any, value: Any) -> Iterator[tuple[str, str]]:
    """Collection and key of each reference inside a value, found by its type."""
    if value is None:
        return
    if isinstance(value, BaseModel):
        for field, kind in _types_of(type(value)).items():
            yield from _references(kind, getattr(value, field))
        return
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        yield from ((mark.to, value) for mark in marks if isinstance(mark, Refers))
        yield from _references(inner, value)
    elif origin in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _references(one, value)
    elif origin is tuple:
        for item in value:
            yield from _references(get_args(annotation)[0], item)
    elif origin is dict:
        for key, item in value.items():
            yield from _references(get_args(annotation)[0], key)
            yield from _references(get_args(annotation)[1], item)

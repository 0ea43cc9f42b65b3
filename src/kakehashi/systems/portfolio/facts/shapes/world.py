"""International work, patient and public involvement, international reviewers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kakehashi.systems.portfolio.facts.shapes.base import (
    Fact,
    FiscalYear,
    Key,
    Name,
    ProgrammeKey,
    ProjectKey,
    Refers,
    Shape,
    Text,
    Yen,
)
from kakehashi.systems.portfolio.facts.shapes.results import Month

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Refers("countries")]
"""ISO 3166-1 alpha-2; EU for the European Union."""


class Country(Shape):
    """A country or the European Union, with the point a map draws it at (degrees north and east)."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: Text
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Memorandum(Fact):
    """A memorandum of co-operation with a partner abroad."""

    key: Key
    partner: Name
    acronym: str | None = None
    country: CountryCode | None
    fiscal_year: FiscalYear | None = None
    signed: Month | None = None
    signed_by: Name | None = None
    about: Text | None = None


class Office(Fact):
    """An office abroad and the regions it looks after."""

    key: Key
    name: Name
    country: CountryCode
    regions: tuple[Text, ...]
    opened: Month | None = None
    stands_as_of: tuple[date, ...]


class Framework(Fact):
    """An international body of funders or for a field that the agency takes part in."""

    key: Key
    name: Name
    acronym: str
    joined: Month | None = None
    founded_year: int | None = None
    members: int | None = None
    what: Text | None = None


class JointField(Shape):
    """A field of the map's legend."""

    key: Key
    name: Name


class JointResearch(Fact):
    """One mark of the map: joint projects in a country, under a scheme, in a field."""

    country: CountryCode
    scheme: ProgrammeKey
    field: Annotated[str, Refers("joint_fields")]
    as_of: date


class AspireAward(Fact):
    """An award of the first alignment call of ASPIRE: direct costs of the whole period."""

    key: Key
    kind: Literal["A", "B"]
    institution: Name
    title: Name
    countries: tuple[CountryCode, ...]
    direct_cost_yen: Yen
    years: int


class InternationalActivity(Fact):
    """A workshop, symposium, joint call or survey with partners abroad."""

    key: Key
    kind: Literal["workshop", "symposium", "joint-call", "survey", "exchange", "statement", "partnership"]
    countries: tuple[CountryCode, ...]
    partners: tuple[Text, ...] = ()
    field: Text
    when: Month | None = None
    fiscal_year: FiscalYear | None = None
    standing: Literal["held", "planned", "under-discussion"]
    awards: int | None = None
    programme: ProgrammeKey | None = None
    what: Text | None = None


class GroupSize(Shape):
    """One of several counts whose labels the text has lost."""

    label: Text | None
    people: int


class InvestigatorForum(Fact):
    """A call that forms teams of young investigators from all over the world."""

    key: Key
    programme: ProgrammeKey
    fiscal_year: FiscalYear
    investigators: int
    teams: int
    fields: tuple[Text, ...]
    workshop_months: tuple[int, ...]
    groups: tuple[GroupSize, ...]
    what: Text


class PpiStep(Fact):
    """A step of social co-creation: patient and public involvement at the agency."""

    key: Key
    when: Month
    until: Month | None = None
    what: Text
    standing: Literal["done", "planned"] = "done"
    awards: int | None = None


class InternationalReview(Fact):
    """A call reviewed by reviewers abroad, in English: done, or planned."""

    programme: ProgrammeKey
    department: Name
    section: Name
    call_fiscal_year: FiscalYear
    frame: Text | None
    opens: Month
    closes: Month
    standing: Literal["done", "planned"]


class SharingScope(Fact):
    """From which fiscal year the genomic data-sharing policy binds a project or programme."""

    from_fiscal_year: FiscalYear
    project: ProjectKey | None = None
    programme: ProgrammeKey | None = None


class Milestone(Fact):
    """A day of the agency's own history."""

    key: Key
    when: Month
    what: Text

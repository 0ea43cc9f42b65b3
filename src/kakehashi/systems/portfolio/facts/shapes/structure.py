"""Terms, integrated projects, disease areas and programmes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kakehashi.systems.portfolio.facts.shapes.base import (
    Fact,
    FiscalYear,
    Key,
    Name,
    ProgrammeKey,
    ProjectKey,
    TermKey,
    Text,
)


class Axis(StrEnum):
    """By what an integrated project is cut."""

    CROSS_CUTTING = "cross-cutting"
    DISEASE = "disease"
    MODALITY = "modality"


class Phase(StrEnum):
    """How far research is from the patient, in the columns of the programme slides."""

    BASIC = "basic"
    APPLIED = "applied"
    NON_CLINICAL = "non-clinical"
    CLINICAL = "clinical"
    PRACTICAL = "practical"


class Ministry(StrEnum):
    """Where the money comes from."""

    MEXT = "MEXT"
    MHLW = "MHLW"
    METI = "METI"
    MIC = "MIC"
    CAO = "CAO"


class ProgrammeKind(StrEnum):
    """A programme (事業); a component that has a name of its own within one; a scheme or frame of joint research."""

    PROGRAMME = "programme"
    COMPONENT = "component"
    SCHEME = "scheme"
    OTHER_FUNDER = "other-funder"


class Term(Fact):
    """A five-year plan. ``ends`` is None while no document says or implies it."""

    key: Key
    number: int
    name: Name
    begins: date
    ends: date | None


class IntegratedProject(Fact):
    """An integrated project of a term's plan (統合プロジェクト)."""

    key: Key
    term: TermKey
    number: int
    name: Name
    also_called: tuple[str, ...] = ()
    axis: Axis
    ministries: tuple[Ministry, ...] = ()
    purpose: Text | None = None


class DiseaseArea(Fact):
    """A disease area that a term crosses with its projects, under a disease-area coordinator."""

    key: Key
    term: TermKey
    name: Name


class Programme(Fact):
    """A programme. ``projects`` are its homes: where its money counts, one for each term that has a place for it.

    ``shown_in`` are the projects of term 1 that show it again (再掲). A home under a term is where the programme's work
    stands in that term's scheme, whether or not the programme itself still runs.
    """

    key: Key
    kind: ProgrammeKind = ProgrammeKind.PROGRAMME
    name: Name
    acronym: str | None = None
    also_called: tuple[str, ...] = ()
    part_of: ProgrammeKey | None = None
    continues: ProgrammeKey | None = None
    ministry: Ministry | None
    phases: tuple[Phase, ...] = ()
    term1: ProjectKey | None = None
    shown_in: tuple[ProjectKey, ...] = ()
    term2: ProjectKey | None = None
    term3: ProjectKey | None = None
    first_fiscal_year: FiscalYear | None = None
    purpose: Text | None = None

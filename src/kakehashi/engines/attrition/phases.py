"""The ladders that assets climb, and where an asset stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

DISCOVERY = "discovery"
"""Basic and applied research on a candidate: from the target to a candidate chosen for development."""
NONCLINICAL = "nonclinical"
"""Non-clinical studies, up to the first use in a person."""
PHASE_1, PHASE_2, PHASE_3 = "phase_1", "phase_2", "phase_3"
FEASIBILITY = "feasibility"
"""Devices: the exploratory clinical investigation."""
PIVOTAL = "pivotal"
"""Devices: the confirmatory clinical investigation."""
SUBMISSION = "submission"
"""Submitted, until approved (devices: approved or certified)."""


@dataclass(frozen=True)
class Table:
    """A kind of product with its phases in order; leaving the last one successfully is approval."""

    name: str
    phases: tuple[str, ...]

    def place(self, phase: str) -> int:
        """Which phase it is, from 0; ValueError for none of this table."""
        if phase not in self.phases:
            raise ValueError(f"the table “{self.name}” has no phase “{phase}”; it has: {', '.join(self.phases)}")
        return self.phases.index(phase)


DRUG = Table("drug", (DISCOVERY, NONCLINICAL, PHASE_1, PHASE_2, PHASE_3, SUBMISSION))
REGENERATIVE = Table("regenerative", DRUG.phases)
"""Regenerative, cell and gene therapy products. Conditional, time-limited approval after few patients is recorded as
leaving phase 3 and submission; the table is kept apart because its rates are."""
DEVICE = Table("device", (DISCOVERY, NONCLINICAL, FEASIBILITY, PIVOTAL, SUBMISSION))
TABLES = {table.name: table for table in (DRUG, REGENERATIVE, DEVICE)}


class Group(NamedTuple):
    """Assets that share their rates."""

    table: str
    area: str


class Cell(NamedTuple):
    """Where an asset stands: table, disease area (any name; published.AREAS have rates of their own), phase."""

    table: str
    area: str
    phase: str

    @property
    def group(self) -> Group:
        return Group(self.table, self.area)


def table_of(name: str) -> Table:
    """The table of this name; ValueError for none."""
    if name not in TABLES:
        raise ValueError(f"there is no table “{name}”; there are: {', '.join(TABLES)}")
    return TABLES[name]

"""Where an award's own words place it on the ladders of the attrition engine, and whose published rates it begins with.

The agency's plans know five phases (basic, applied, non-clinical, clinical, practical use); the published rates know
the clinical phases one by one. ``Clinical`` says at which of them an award in the clinical phase is taken to stand; its
rows do not tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kakehashi.engines.attrition import (
    DEVICE,
    DISCOVERY,
    DRUG,
    NONCLINICAL,
    PHASE_1,
    PHASE_2,
    PHASE_3,
    REGENERATIVE,
    SUBMISSION,
    Beta,
    Cell,
    Duration,
    timing,
)
from kakehashi.engines.attrition.phases import FEASIBILITY, PIVOTAL
from kakehashi.engines.attrition.rates import prior
from kakehashi.systems.portfolio.models import Modality, Phase

TABLE_OF = {
    Modality.SMALL_MOLECULE: DRUG,
    Modality.MIDDLE_MOLECULE: DRUG,
    Modality.BIOLOGIC: DRUG,
    Modality.VACCINE: DRUG,
    Modality.CELL: REGENERATIVE,
    Modality.GENE: REGENERATIVE,
    Modality.DEVICE: DEVICE,
    Modality.DIAGNOSTIC: DEVICE,
    Modality.SOFTWARE: DEVICE,
}
"""The modalities that aim at a product, each with its ladder. Data, platforms and understanding aim at none."""
TABLE_BY_CODE = {str(modality): table for modality, table in TABLE_OF.items()}
PHASES = frozenset(Phase.values)
TABLE_NAMES = {
    DRUG.name: _("Drugs and vaccines"),
    REGENERATIVE.name: _("Regenerative, cell and gene products"),
    DEVICE.name: _("Devices, diagnostics and software"),
}
PHASE_NAMES = {
    DISCOVERY: _("Discovery"),
    NONCLINICAL: _("Non-clinical"),
    PHASE_1: _("Phase 1"),
    PHASE_2: _("Phase 2"),
    PHASE_3: _("Phase 3"),
    FEASIBILITY: _("Exploratory"),
    PIVOTAL: _("Confirmatory"),
    SUBMISSION: _("Filed"),
}


class Clinical(TextChoices):
    """At which clinical phase awards in the agency's phase “clinical” are taken to stand."""

    FIRST = PHASE_1, _("Phase 1 (devices: exploratory)")
    SECOND = PHASE_2, _("Phase 2 (devices: confirmatory)")
    THIRD = PHASE_3, _("Phase 3 (devices: confirmatory)")


PUBLISHED_AREA = {
    "t2-area-cancer": "Oncology",
    "t3-area-cancer": "Oncology",
    "t2-area-infections": "Infectious disease",
    "t2-area-mind-nerve": "Neurology",
    "t2-area-ageing-dementia": "Neurology",
    "t2-area-rare": "Other",
    "t3-area-rare": "Other",
}
"""The published area whose rates an agency's disease area begins with; the others begin with those of all areas."""

NO_AREA = "-"
"""The area of assets whose award names none."""
DEVICE_YEARS = Duration(1.5, 0.75)
"""Nothing is published for devices: a year and a half for each phase, give or take half of it, is ours."""
DURATIONS = timing.PUBLISHED | {(DEVICE.name, phase): DEVICE_YEARS for phase in DEVICE.phases}


def cell_of(modality: str, phase: str, area: str | None, clinical: str) -> Cell | None:
    """Where an award stands; None where it aims at no product or names no phase."""
    table = TABLE_BY_CODE.get(modality)
    if table is None or phase not in PHASES:
        return None
    return Cell(table.name, area or NO_AREA, phase_of(table.name, phase, clinical))


def phase_of(table: str, phase: str, clinical: str) -> str:
    """The engine's phase of one of the agency's."""
    if phase in (Phase.BASIC, Phase.APPLIED):
        return DISCOVERY
    if phase == Phase.NON_CLINICAL:
        return NONCLINICAL
    if phase == Phase.PRACTICAL:
        return SUBMISSION
    if table != DEVICE.name:
        return clinical
    return FEASIBILITY if clinical == PHASE_1 else PIVOTAL


def agency_phases(phase: str) -> tuple[str, ...]:
    """The agency's phases whose awards stand in one of the engine's, the other way round."""
    if phase == DISCOVERY:
        return (Phase.BASIC, Phase.APPLIED)
    if phase == NONCLINICAL:
        return (Phase.NON_CLINICAL,)
    return (Phase.PRACTICAL,) if phase == SUBMISSION else (Phase.CLINICAL,)


def modalities(table: str) -> list[str]:
    """The modalities of one ladder."""
    return [str(modality) for modality, of_it in TABLE_OF.items() if of_it.name == table]


def priors(cells: Mapping[Cell, int]) -> dict[Cell, tuple[Beta, str]]:
    """The published rate that each rung of the ladders of some cells begins with, under the agency's own areas."""
    groups = {cell.group for cell in cells}
    given = {}
    for table, area in groups:
        if table == DRUG.name and area in PUBLISHED_AREA:
            for phase in DRUG.phases:
                given[Cell(table, area, phase)] = prior(Cell(table, PUBLISHED_AREA[area], phase))
    return given

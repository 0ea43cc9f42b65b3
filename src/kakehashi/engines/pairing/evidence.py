"""What speaks for or against a pair beside its texts: phase, modality, area, timing, continuity; as columns of numbers.

Every column is 0 where nothing is known on one side, so that what is missing speaks neither for nor against.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.pairing.awards import Award, Opening, Phase

KINDS = ("text", "phase", "modality", "area", "timing", "people", "institutions", "history")
"""The kinds of evidence; a ranking may be asked for some of them only."""

TEXT_COLUMNS = ("words", "meaning", "concepts", "symbols", "bridge", "bridge_concepts", "bridge_symbols", "bridged")
PHASE_COLUMNS = ("phase_next", "phase_same", "phase_skipped", "phase_back")
MODALITY_COLUMNS = ("modality_same", "modality_other")
AREA_COLUMNS = ("area_shared", "area_other")
TIMING_COLUMNS = ("began_before", "long_overlap", "overlap", "gap_quarter", "gap_year", "gap_three_years", "gap_longer")
COLUMNS = (
    *TEXT_COLUMNS, *PHASE_COLUMNS, *MODALITY_COLUMNS, *AREA_COLUMNS, *TIMING_COLUMNS,
    "person_shared", "institution_shared", "history",
)  # fmt: skip
KIND_OF = dict.fromkeys(TEXT_COLUMNS, "text") | dict.fromkeys(PHASE_COLUMNS, "phase")
KIND_OF |= dict.fromkeys(MODALITY_COLUMNS, "modality") | dict.fromkeys(AREA_COLUMNS, "area")
KIND_OF |= dict.fromkeys(TIMING_COLUMNS, "timing")
KIND_OF |= {"person_shared": "people", "institution_shared": "institutions", "history": "history"}
GAP_BOUNDS_DAYS = (-366, -1, 92, 366, 1096)
"""Upper bounds of the columns after ``began_before``, in days from the last day of one to the first of the other."""

Float32 = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class Facts:
    """The awards of a store as columns, [n] each; what the texts say is elsewhere."""

    def __init__(self, awards: Sequence[Award]) -> None:
        self.phase = np.array([one.phase or 0 for one in awards], dtype=np.int8)
        self._modalities = _codes(one.modality for one in awards)
        self.modality = np.array([self._modalities.get(one.modality, 0) for one in awards], dtype=np.int16)
        self._areas = _codes(area for one in awards for area in one.areas)
        self.areas = np.array([self._area_bits(one.areas) for one in awards], dtype=np.uint64)
        self.begins = np.array([_day(one.begins) for one in awards], dtype=np.int32)
        self._people = _where(one.people for one in awards)
        self._institutions = _where(one.institutions for one in awards)
        self.n = len(awards)

    def columns(self, award: Award) -> dict[str, Float32]:
        """Each column but the texts' and history, float32[n], of the awards as successors of `award`."""
        found = phase_columns(award.phase, self.phase)
        modality = self._modalities.get(award.modality, -1 if award.modality else 0)
        known = (self.modality > 0) & (modality != 0)
        found["modality_same"] = (known & (self.modality == modality)).astype(np.float32)
        found["modality_other"] = (known & (self.modality != modality)).astype(np.float32)
        areas = self._area_bits(award.areas)
        known = (self.areas > 0) & bool(award.areas)
        found["area_shared"] = (known & ((self.areas & areas) > 0)).astype(np.float32)
        found["area_other"] = (known & ((self.areas & areas) == 0)).astype(np.float32)
        found |= timing_columns(award, self.begins)
        for column, where, keys in (
            ("person_shared", self._people, award.people),
            ("institution_shared", self._institutions, award.institutions),
        ):
            shared = np.zeros(self.n, dtype=np.float32)
            for key in keys:
                shared[where.get(key, [])] = 1.0
            found[column] = shared
        return found

    def _area_bits(self, areas: Iterable[str]) -> np.uint64:
        bits = 0
        for area in areas:
            bits |= 1 << min(self._areas.get(area, 0), 63) if area in self._areas else 0
        return np.uint64(bits)


def phase_columns(phase: Phase | None, phases: npt.NDArray[np.int8]) -> dict[str, Float32]:
    """The phase columns of candidates in `phases` (0: not known) after an award in `phase`."""
    steps = phases.astype(np.int16) - (phase or 0)
    known = (phases > 0) & (phase is not None)
    return {
        "phase_next": (known & (steps == 1)).astype(np.float32),
        "phase_same": (known & (steps == 0)).astype(np.float32),
        "phase_skipped": (known & (steps > 1)).astype(np.float32),
        "phase_back": (known & (steps < 0)).astype(np.float32),
    }


def timing_columns(award: Award, begins: npt.NDArray[np.int32]) -> dict[str, Float32]:
    """The timing columns of candidates that begin on `begins` (ordinal days, 0: not known) after an award."""
    columns = {name: np.zeros(len(begins), dtype=np.float32) for name in TIMING_COLUMNS}
    if award.ends is None:
        return columns
    known = begins > 0
    before = known & (begins <= _day(award.begins)) if award.begins else np.zeros(len(begins), dtype=bool)
    bucket = np.searchsorted(GAP_BOUNDS_DAYS, begins - _day(award.ends), side="left")
    columns["began_before"] = before.astype(np.float32)
    for place, name in enumerate(TIMING_COLUMNS[1:]):
        columns[name] = (known & ~before & (bucket == place)).astype(np.float32)
    return columns


def opening_columns(award: Award, openings: Sequence[Opening]) -> dict[str, Float32]:
    """Each column but the texts' and history, float32[openings]. A phase fits as the best of those an opening takes."""
    columns = {
        name: np.zeros(len(openings), dtype=np.float32) for name in COLUMNS if name not in (*TEXT_COLUMNS, "history")
    }
    begins = np.array([_day(one.starts) for one in openings], dtype=np.int32)
    columns |= timing_columns(award, begins)
    for place, opening in enumerate(openings):
        if award.phase is not None and opening.phases:
            steps = {taken - award.phase for taken in opening.phases}
            name = next(
                name
                for name, fits in (
                    ("phase_next", 1 in steps),
                    ("phase_same", 0 in steps),
                    ("phase_skipped", max(steps) > 1),
                    ("phase_back", True),
                )
                if fits
            )
            columns[name][place] = 1.0
        if award.modality and opening.modalities:
            columns["modality_same" if award.modality in opening.modalities else "modality_other"][place] = 1.0
        if award.areas and opening.areas:
            columns["area_shared" if award.areas & opening.areas else "area_other"][place] = 1.0
    return columns


def gap_days(award: Award, begins: date | None) -> int | None:
    """Days from the day after the award's last to the first of what follows: 0 without a gap, negative for an
    overlap."""
    return None if award.ends is None or begins is None else (begins - award.ends).days - 1


def _day(day: date | None) -> int:
    return day.toordinal() if day else 0


def _codes(values: Iterable[str]) -> dict[str, int]:
    return {value: place for place, value in enumerate(sorted({value for value in values if value}), start=1)}


def _where(keys: Iterable[frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, several in enumerate(keys):
        for key in several:
            found.setdefault(key, []).append(place)
    return found


def stacked(columns: dict[str, Any]) -> Float32:
    """float32[n, len(COLUMNS)]: the columns side by side; one that is missing is 0."""
    n = max(len(column) for column in columns.values())
    return np.stack([columns.get(name, np.zeros(n, np.float32)) for name in COLUMNS], axis=1).astype(np.float32)

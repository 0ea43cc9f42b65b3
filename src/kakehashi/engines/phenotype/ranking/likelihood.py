"""Log likelihood ratios of findings for every disease of a model, with or without rows left out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

ROWS_KEPT = 4096  # rows of log ratios kept per model: 8,359 diseases × 4 bytes each


class Likelihood:
    """Rows of log ratios of one model, worked out when first asked for and kept while they are in use."""

    def __init__(self, model: Model, ontology: Ontology, parameters: ScoreParameters) -> None:
        self.model = model
        self._ontology = ontology
        self._parameters = parameters
        self._kept: OrderedDict[int, Float32] = OrderedDict()
        self._lock = threading.Lock()
        self._lines: dict[int, Int32] = {}
        self.kin_share = self.share(model.traits.findings)

    def share(self, findings: Float32) -> Float32:
        """How much each disease takes from its kin, given its number of findings."""
        least, half = self._parameters.kin_share, self._parameters.kin_rows
        share: Float32 = (least + (1 - least) * half / (findings + half)).astype(np.float32)
        return share

    def line(self, term: int) -> Int32:
        """The term and the phenotypic terms above it."""
        line = self._lines.get(term)
        if line is None:
            above = self._ontology.ancestors(term)
            line = self._lines[term] = np.ascontiguousarray(above[self._ontology.phenotype_mask[above]])
        return line

    def row(self, term: int, changed: Patch | None = None) -> Float32:
        """float32[n]: log ratio of the finding `term` for each disease; do not write into it."""
        if changed is not None:
            return self._patched(term, changed)
        with self._lock:
            row = self._kept.get(term)
            if row is not None:
                self._kept.move_to_end(term)
                return row
        row = self._compute(term, self.model.background)
        with self._lock:
            self._kept[term] = row
            while len(self._kept) > ROWS_KEPT:
                self._kept.popitem(last=False)
        return row

    def _compute(self, term: int, background: Float64) -> Float32:
        from kakehashi.engines.phenotype.ranking.kernels import finding_row

        model, parameters = self.model, self._parameters
        row = np.empty(model.n, dtype=np.float32)
        finding_row(
            self.line(term), term,
            model.own.indptr, model.own.column, model.own.frequency,
            model.direct.indptr, model.direct.column, model.direct.frequency,
            model.kin.indptr, model.kin.column, model.kin.frequency,
            background, self.kin_share, parameters.exact_share, parameters.noise, row,
        )  # fmt: skip
        return row

    def _patched(self, term: int, changed: Patch) -> Float32:
        row = self._compute(term, changed.left_out.background)
        channels = self.channels(term, changed.columns, changed)
        share = self.share(changed.traits.findings[changed.columns])
        row[changed.columns] = self.mix(channels, share)
        return row

    def mix(self, channels: Channels, share: Float32) -> Float32:
        """log(ratio + noise) of the three channels' best ratios."""
        exact_share = np.float32(self._parameters.exact_share)
        own = exact_share * channels.exact + (1 - exact_share) * channels.common
        mixed: Float32 = np.log((1 - share) * own + share * channels.kin + np.float32(self._parameters.noise))
        return mixed

    def channels(self, term: int, columns: Int32, changed: Patch | None = None) -> Channels:
        """The ratios of `term` in some columns by channel, and the ancestor through which each is reached."""
        line = self.line(term)
        model = self.model
        background = model.background if changed is None else changed.left_out.background
        inverse = (1 / background[line]).astype(np.float32)[:, None]
        own = np.stack([model.own.at(int(a), columns) for a in line])
        direct = np.stack([model.direct.at(int(a), columns) for a in line])
        kin = np.stack([model.kin.at(int(a), columns) for a in line])
        if changed is not None:
            own, direct, kin = _with_changes(own, direct, kin, line, columns, changed)
        at_term = int(np.searchsorted(line, term))
        exact = direct * inverse
        exact[at_term] = np.maximum(exact[at_term], own[at_term] * inverse[at_term])
        return Channels(line, exact, own * inverse, kin * inverse, own)


class Channels:
    """Ratios of one finding for some columns: `exact`, `common`, `kin` (the best each) and where they were reached."""

    def __init__(self, line: Int32, exact: Any, common: Any, kin: Any, frequency: Any) -> None:
        self.exact: Float32 = exact.max(axis=0)
        self.common: Float32 = common.max(axis=0)
        self.kin: Float32 = kin.max(axis=0)
        self.exact_at: Int32 = line[exact.argmax(axis=0)]
        self.common_at: Int32 = line[common.argmax(axis=0)]
        self.kin_at: Int32 = line[kin.argmax(axis=0)]
        self.line = line
        self.frequency: Float32 = frequency  # own frequency at each ancestor: len(line) × columns


def _with_changes(
    own: Float32, direct: Float32, kin: Float32, line: Int32, columns: Int32, changed: Patch
) -> tuple[Float32, Float32, Float32]:
    left_out = changed.left_out
    place = np.searchsorted(changed.columns, columns)
    place = np.minimum(place, max(0, len(changed.columns) - 1))
    known = changed.columns[place] == columns if len(changed.columns) else np.zeros(len(columns), dtype=np.bool_)
    lost = np.where(known, changed.lost[place] if len(changed.lost) else -1, -1)
    own[:, lost >= 0] = left_out.own[lost[lost >= 0]][:, line].T
    direct[:, lost >= 0] = left_out.direct[lost[lost >= 0]][:, line].T
    change = (left_out.own - left_out.before)[:, line]
    kin[:, known] = np.maximum(kin[:, known] + (changed.lent[place[known]] @ change).T, 0)
    return own, direct, kin

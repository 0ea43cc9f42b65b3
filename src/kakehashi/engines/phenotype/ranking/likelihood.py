"""Log likelihood ratios of findings for every disease of a model, with or without rows left out."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.model import ByTerm, Model
from kakehashi.engines.phenotype.ranking.pace import count_row, loops_in_force
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

ROWS_KEPT = 1024  # rows of log ratios kept per model: 8,359 diseases × 4 bytes each
TRUNK_SHARE = 0.25  # a term listed for so many diseases, as a share of all, belongs to the trunk

_likelihoods: dict[tuple[Model, ScoreParameters], Likelihood] = {}
_opening = threading.Lock()


class Likelihood:
    """Rows of log ratios of one model, worked out when first asked for and kept while they are in use.

    Most of a row's cost would be the trunk: the few hundred common terms, listed for thousands of diseases each. What
    each of them and those above it make of the channels `common` and `kin` is kept too, and a new row begins there.
    """

    def __init__(self, model: Model, ontology: Ontology, parameters: ScoreParameters) -> None:
        self.model = model
        self._ontology = ontology
        self._parameters = parameters
        self._kept: OrderedDict[int, Float32] = OrderedDict()
        self._trunk: dict[int, tuple[Float32, Float32]] = {}
        self._lock = threading.Lock()
        self._lines: dict[int, Int32] = {}
        self.kin_share = self.share(model.traits.findings)
        listed = np.diff(model.own.indptr) + np.diff(model.kin.indptr)
        common = [ontology.ancestors(int(term)) for term in np.flatnonzero(listed > TRUNK_SHARE * model.n)]
        self._in_trunk = np.zeros(ontology.n, dtype=np.bool_)
        self._in_trunk[np.concatenate([np.zeros(0, dtype=np.int32), *common])] = True

    @staticmethod
    def of(model: Model, ontology: Ontology, parameters: ScoreParameters) -> Likelihood:
        """The likelihood of a model, kept for the process: disease ranking and case index share its rows."""
        with _opening:
            found = _likelihoods.get((model, parameters))
            if found is None:
                found = _likelihoods[model, parameters] = Likelihood(model, ontology, parameters)
            return found

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

    def prepare(self) -> None:
        """Work out the rows of the findings that most diseases are annotated with: most patients have some of them."""
        common = np.argsort(-np.diff(self.model.direct.indptr), kind="stable")[: ROWS_KEPT * 3 // 4]
        for term in common[::-1].tolist():
            self.row(term)

    def _compute(self, term: int, background: Float64) -> Float32:
        model, parameters = self.model, self._parameters
        line = self.line(term)
        if background is model.background:
            in_trunk = self._in_trunk[line]
            common, kin = self._highest(line[in_trunk])
            rest = line[~in_trunk]
        else:
            common, kin, rest = np.zeros(model.n, np.float32), np.zeros(model.n, np.float32), line
        exact = np.zeros(model.n, dtype=np.float32)
        self._raise(rest, model.own, background, common)
        self._raise(rest, model.kin, background, kin)
        self._raise(np.array([term], dtype=np.int32), model.own, background, exact)
        self._raise(line, model.direct, background, exact)
        row = np.empty(model.n, dtype=np.float32)
        count_row()
        loops_in_force().log_ratios(exact, common, kin, self.kin_share, parameters.exact_share, parameters.noise, row)
        return row

    def _highest(self, line: Int32) -> tuple[Float32, Float32]:
        """The channels `common` and `kin` of terms of the trunk with all that is above each in the line; new arrays."""
        common, kin = np.zeros(self.model.n, dtype=np.float32), np.zeros(self.model.n, dtype=np.float32)
        covered: set[int] = set()
        for term in reversed(line.tolist()):  # the lowest first: what is above it comes with it
            if term not in covered:
                covered.update(self.line(term).tolist())
                for channel, highest in zip((common, kin), self._trunk_channels(term), strict=True):
                    np.maximum(channel, highest, out=channel)
        return common, kin

    def _trunk_channels(self, term: int) -> tuple[Float32, Float32]:
        """The same of one term of the trunk, kept; not to be written into."""
        kept = self._trunk.get(term)
        if kept is None:
            model = self.model
            common, kin = self._highest(self.line(term)[:-1])  # sorted: the term itself comes last
            own = np.array([term], dtype=np.int32)
            self._raise(own, model.own, model.background, common)
            self._raise(own, model.kin, model.background, kin)
            kept = self._trunk[term] = common, kin
        return kept

    @staticmethod
    def _raise(terms: Int32, listed: ByTerm, background: Float64, best: Float32) -> None:
        loops_in_force().raise_to(terms, listed.indptr, listed.column, listed.frequency, background, best)

    def _patched(self, term: int, changed: Patch) -> Float32:
        row = self._compute(term, changed.left_out.background)
        row[changed.columns] = self._anew(term, changed)
        return row

    def _anew(self, term: int, changed: Patch) -> Float32:
        """The log ratios of the columns that a patch makes anew."""
        line, columns, left_out = self.line(term), changed.columns, changed.left_out
        own, direct, kin = np.zeros((3, len(line), len(columns)), dtype=np.float32)
        for table, listed in ((own, self.model.own), (direct, self.model.direct), (kin, self.model.kin)):
            loops_in_force().look_up(line, columns, self.model.n, listed.indptr, listed.column, listed.frequency, table)
        lost = changed.lost >= 0
        own[:, lost] = left_out.own[changed.lost[lost]][:, line].T
        direct[:, lost] = left_out.direct[changed.lost[lost]][:, line].T
        lend_anew(kin, line, columns, changed)
        inverse = (1 / left_out.background[line]).astype(np.float32)[:, None]
        own, direct, kin = own * inverse, direct * inverse, kin * inverse
        at_term = int(np.searchsorted(line, term))
        direct[at_term] = np.maximum(direct[at_term], own[at_term])
        exact_share, share = np.float32(self._parameters.exact_share), self.share(changed.traits.findings[columns])
        mixed = exact_share * direct.max(axis=0) + (1 - exact_share) * own.max(axis=0)
        mixed = (1 - share) * mixed + share * kin.max(axis=0)
        logs: Float32 = np.log(mixed + np.float32(self._parameters.noise))
        return logs


def lend_anew(kin: Float32, terms: Int32, columns: Int32, changed: Patch) -> None:
    """Take what the left-out rows lent out of `kin` float32[terms, columns], in place."""
    if not len(changed.columns):
        return
    place = np.minimum(np.searchsorted(changed.columns, columns), len(changed.columns) - 1)
    known = changed.columns[place] == columns
    change = (changed.left_out.own - changed.left_out.before)[:, terms]
    kin[:, known] = np.maximum(kin[:, known] + (changed.lent[place[known]] @ change).T, 0)

"""Cases as columns: what segments are built from and what they are read back into when segments are merged."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.segment import BLOCK, GROUPS, Segment, Strings

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """Lists of values end to end: list i is `values[indptr[i]:indptr[i + 1]]`."""

    indptr: Int64
    values: npt.NDArray[Any]

    def take(self, rows: Int64) -> Ragged:
        """The lists of `rows`, in that order."""
        first = self.indptr[rows]
        count = self.indptr[rows + 1] - first
        indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        places = np.arange(int(indptr[-1])) + np.repeat(first - indptr[:-1], count)
        return Ragged(indptr, self.values[places])

    @staticmethod
    def of(lists: Sequence[npt.NDArray[Any]], dtype: Any) -> Ragged:
        indptr = np.concatenate([[0], np.cumsum([len(part) for part in lists], dtype=np.int64)]).astype(np.int64)
        return Ragged(indptr, np.concatenate([np.zeros(0, dtype), *lists]).astype(dtype))

    @staticmethod
    def join(parts: Sequence[Ragged]) -> Ragged:
        counts = np.concatenate([np.diff(part.indptr) for part in parts])
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Ragged(indptr, np.concatenate([part.values for part in parts]))


@dataclass(frozen=True)
class CaseColumns:
    """n cases: ids (UTF-8), findings, genes as (symbol in UTF-8, credence level), disease rows and levels."""

    ids: list[bytes]
    findings: Ragged
    genes: list[tuple[tuple[bytes, int], ...]]
    diseases: Ragged
    levels: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ids)


def columns_of(model: CaseModel, cases: Iterable[tuple[str, Profile]]) -> CaseColumns:
    """The columns of new cases; a later case of the same id takes the place of the earlier one."""
    unique = dict(cases)
    findings = [model.tidy(profile.observed) for profile in unique.values()]
    rows, levels = model.case_pulls(findings, [profile.without_publications for profile in unique.values()])
    kept = levels > 0
    counts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)
    return CaseColumns(
        ids=[case_id.encode("utf-8") for case_id in unique],
        findings=Ragged.of(findings, np.int32),
        genes=[model.case_genes(profile) for profile in unique.values()],
        diseases=Ragged(counts, rows[kept]),
        levels=levels[kept],
    )


def read_back(segment: Segment, alive: npt.NDArray[np.bool_]) -> CaseColumns:
    """The live cases of a segment."""
    rows = np.flatnonzero(alive).astype(np.int64)
    groups = np.repeat(np.arange(GROUPS), np.diff(segment.group_start))
    findings = Ragged(np.concatenate([[0], np.cumsum(groups)]).astype(np.int64), segment.terms.astype(np.int32))
    gene_indptr = segment.arrays["case_gene_indptr"].astype(np.int64)
    case_genes = Ragged(gene_indptr, segment.arrays["case_genes"]).take(rows)
    credence = Ragged(gene_indptr, segment.arrays["case_gene_levels"]).take(rows).values.tolist()
    names = [segment.genes.encoded(gene) for gene in range(len(segment.genes))]
    listed = [(names[gene], level) for gene, level in zip(case_genes.values.tolist(), credence, strict=True)]
    bounds = case_genes.indptr.tolist()
    diseases, levels = _bridge_by_case(segment)
    kept_levels = Ragged(diseases.indptr, levels).take(rows)
    return CaseColumns(
        ids=[segment.ids.encoded(row) for row in rows.tolist()],
        findings=findings.take(rows),
        genes=[tuple(listed[first:last]) for first, last in itertools.pairwise(bounds)],
        diseases=diseases.take(rows),
        levels=kept_levels.values,
    )


def _bridge_by_case(segment: Segment) -> tuple[Ragged, npt.NDArray[np.uint8]]:
    cases = segment.arrays["bridge_cases"].astype(np.int64)
    disease = np.zeros(len(cases), dtype=np.int32)
    for first_row, indptr in segment.blocks():
        span = slice(int(indptr[0]), int(indptr[-1]))
        cases[span] += first_row
        disease[span] = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    order = np.lexsort((disease, cases))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(cases, minlength=segment.rows))]).astype(np.int64)
    return Ragged(indptr, disease[order]), segment.arrays["bridge_levels"][order]


def join(parts: Sequence[CaseColumns]) -> CaseColumns:
    """All cases of several columns."""
    return CaseColumns(
        ids=[case_id for part in parts for case_id in part.ids],
        findings=Ragged.join([part.findings for part in parts]),
        genes=[genes for part in parts for genes in part.genes],
        diseases=Ragged.join([part.diseases for part in parts]),
        levels=np.concatenate([part.levels for part in parts]),
    )


def build(model: CaseModel, columns: CaseColumns) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a segment (see `segment.py`)."""
    n = len(columns)
    counts = np.diff(columns.findings.indptr)
    by_id = np.array(sorted(range(n), key=columns.ids.__getitem__), dtype=np.int64)
    order = by_id[np.argsort(counts[by_id], kind="stable")]  # by number of findings, then by id
    findings = columns.findings.take(order)
    group_count = np.bincount(counts, minlength=GROUPS)
    group_start = np.concatenate([[0], np.cumsum(group_count)]).astype(np.int64)
    group_flat = np.concatenate([[0], np.cumsum(group_count * np.arange(GROUPS))]).astype(np.int64)
    ids = [columns.ids[row] for row in order.tolist()]
    id_block, id_offsets = Strings.pack(ids)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    arrays: dict[str, npt.NDArray[Any]] = {
        "group_start": group_start,
        "group_flat": group_flat,
        "terms": findings.values.astype(np.uint16 if model.ontology.n <= 1 << 16 else np.uint32),
        "id_block": id_block,
        "id_offsets": id_offsets,
        "id_order": place[by_id].astype(np.uint32),
    }
    arrays |= _bridge_arrays(model.pull.model.n, n, columns, order)
    return arrays | _gene_arrays([columns.genes[row] for row in order.tolist()])


def _bridge_arrays(n_diseases: int, n: int, columns: CaseColumns, order: Int64) -> dict[str, npt.NDArray[Any]]:
    diseases = columns.diseases.take(order)
    levels = Ragged(columns.diseases.indptr, columns.levels).take(order).values
    case = np.repeat(np.arange(n, dtype=np.int64), np.diff(diseases.indptr))
    blocks = max(1, -(-n // BLOCK))
    key = (case // BLOCK) * n_diseases + diseases.values
    listing = np.argsort(key, kind="stable")
    ends = np.cumsum(np.bincount(key, minlength=blocks * n_diseases)).reshape(blocks, n_diseases)
    starts = np.concatenate([[0], ends[:-1, -1]])[:, None] if n_diseases else np.zeros((blocks, 1), np.int64)
    return {
        "bridge_indptr": np.concatenate([starts, ends], axis=1).astype(np.uint32),
        "bridge_cases": (case[listing] % BLOCK).astype(np.uint16),
        "bridge_levels": levels[listing],
    }


def _gene_arrays(genes: list[tuple[tuple[bytes, int], ...]]) -> dict[str, npt.NDArray[Any]]:
    symbols = sorted({gene for listed in genes for gene, _ in listed})
    number = {symbol: i for i, symbol in enumerate(symbols)}
    numbers = np.array([number[gene] for listed in genes for gene, _ in listed], dtype=np.uint32)
    levels = np.array([level for listed in genes for _, level in listed], dtype=np.uint8)
    counts = np.fromiter((len(listed) for listed in genes), np.int64, len(genes))
    case = np.repeat(np.arange(len(genes), dtype=np.uint32), counts)
    by_gene = np.argsort(numbers, kind="stable")
    block, offsets = Strings.pack(symbols)
    return {
        "gene_block": block,
        "gene_offsets": offsets,
        "gene_indptr": np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(symbols)))]).astype(np.int64),
        "gene_cases": case[by_gene],
        "gene_levels": levels[by_gene],
        "case_gene_indptr": np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
        "case_genes": numbers,
        "case_gene_levels": levels,
    }

"""A segment: an immutable set of cases as arrays, ordered by number of findings, then by id.

| array | content |
|---|---|
| `group_start` int64[257] | first row of the cases with g findings |
| `group_flat` int64[257] | where their findings begin in `terms` |
| `terms` uint16/uint32 | findings, case after case, ascending in a case |
| `id_block` uint8, `id_offsets` uint32/int64[rows + 1] | case ids in UTF-8 |
| `id_order` uint32[rows] | rows in the order of their ids |
| `bridge_indptr` uint32[blocks, D + 1], `bridge_cases` uint16, `bridge_levels` uint8 | cases by disease |
| `gene_block`, `gene_offsets` | gene symbols, sorted |
| `gene_indptr` int64[G + 1], `gene_cases` uint32, `gene_levels` uint8 | by gene: cases with it, its credence |
| `case_gene_indptr` uint32[rows + 1], `case_genes` uint32, `case_gene_levels` uint8 | by case: its genes |

Cases of the bridge are numbered within blocks of 65,536 rows, so two bytes name one: `bridge_indptr` has one row of
D + 1 offsets a block.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex import segmentfile
from kakehashi.engines.phenotype.caseindex.profile import FINDINGS_AT_MOST

BLOCK = 1 << 16
GROUPS = FINDINGS_AT_MOST + 1


class Strings:
    """UTF-8 strings in one block."""

    def __init__(self, block: npt.NDArray[np.uint8], offsets: npt.NDArray[Any]) -> None:
        self._block = block
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def encoded(self, row: int) -> bytes:
        return self._block[int(self._offsets[row]) : int(self._offsets[row + 1])].tobytes()

    def __getitem__(self, row: int) -> str:
        return self.encoded(row).decode("utf-8")

    @staticmethod
    def pack(encoded: Sequence[bytes]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[Any]]:
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(np.fromiter((len(part) for part in encoded), np.int64, len(encoded)), out=offsets[1:])
        narrow = offsets.astype(np.uint32) if offsets[-1] < 1 << 32 else offsets
        return np.frombuffer(b"".join(encoded), dtype=np.uint8), narrow


class Segment:
    """Arrays of a segment with the look-ups that searching and writing need. Read-only."""

    def __init__(self, arrays: segmentfile.Arrays, name: str = "") -> None:
        self.name = name
        self.arrays = arrays
        self.group_start = arrays["group_start"]
        self.group_flat = arrays["group_flat"]
        self.terms = arrays["terms"]
        self.ids = Strings(arrays["id_block"], arrays["id_offsets"])
        self.genes = Strings(arrays["gene_block"], arrays["gene_offsets"])
        self.rows = len(arrays["id_order"])

    @classmethod
    def open(cls, path: Path) -> Segment:
        return cls(segmentfile.open_arrays(path), path.name)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays: what the segment takes on disk and, when all of it is read, in memory."""
        return sum(array.nbytes for array in self.arrays.values())

    def find(self, case_id: str) -> int | None:
        """The row of a case, None when it is not here."""
        wanted = case_id.encode("utf-8")
        order = self.arrays["id_order"]
        low, high = 0, self.rows
        while low < high:
            middle = (low + high) // 2
            if self.ids.encoded(int(order[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < self.rows and self.ids.encoded(int(order[low])) == wanted:
            return int(order[low])
        return None

    def rows_of(self, case_ids: Collection[str]) -> npt.NDArray[np.int64]:
        """The rows of those of `case_ids` that are here, in no promised order."""
        from kakehashi.engines.phenotype.caseindex import kernels

        wanted, offsets = Strings.pack([case_id.encode("utf-8") for case_id in case_ids])
        order, block = self.arrays["id_order"], self.arrays["id_block"]
        rows = np.empty(len(case_ids), dtype=np.int64)
        kernels.find_ids(block, self.arrays["id_offsets"], order, wanted, offsets.astype(np.int64), rows)
        return rows[rows >= 0]

    def find_gene(self, symbol: str) -> int | None:
        """The segment's number of a gene, None when no case here has it."""
        wanted = symbol.encode("utf-8")
        low, high = 0, len(self.genes)
        while low < high:
            middle = (low + high) // 2
            if self.genes.encoded(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.genes) and self.genes.encoded(low) == wanted else None

    def findings(self, row: int) -> npt.NDArray[np.int32]:
        """The findings of a case (term indices, ascending)."""
        group = int(np.searchsorted(self.group_start, row, "right")) - 1
        first = int(self.group_flat[group]) + (row - int(self.group_start[group])) * group
        return self.terms[first : first + group].astype(np.int32)

    def case_genes(self, row: int) -> list[tuple[str, int]]:
        """The candidate genes of a case, sorted, with the level of their credence."""
        first, last = self.arrays["case_gene_indptr"][row : row + 2]
        span = slice(int(first), int(last))
        numbers, levels = self.arrays["case_genes"][span].tolist(), self.arrays["case_gene_levels"][span].tolist()
        return [(self.genes[gene], level) for gene, level in zip(numbers, levels, strict=True)]

    def blocks(self) -> list[tuple[int, npt.NDArray[Any]]]:
        """(first row, offsets by disease) of each block of the bridge."""
        return [(block * BLOCK, indptr) for block, indptr in enumerate(self.arrays["bridge_indptr"])]

    def diseases(self, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """The diseases a case points to: (rows, levels), read back from the lists by disease."""
        block, within = divmod(row, BLOCK)
        indptr = self.arrays["bridge_indptr"][block]
        first, last = int(indptr[0]), int(indptr[-1])
        places = first + np.flatnonzero(self.arrays["bridge_cases"][first:last] == within)
        diseases = np.searchsorted(indptr, places, "right") - 1
        return diseases.astype(np.int32), self.arrays["bridge_levels"][places]

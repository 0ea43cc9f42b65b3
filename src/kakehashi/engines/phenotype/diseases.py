"""The disease models of phenotype.hpoa as columns, one row an annotation, and the genes behind each disease.

Rows are sorted by disease, then term; `disease_row_indptr` delimits a disease's rows. Alternative and replaced
obsolete term ids are already resolved.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.cachefolder import CompiledFolder, StringTable

Int32 = npt.NDArray[np.int32]

PHENOTYPE, INHERITANCE, COURSE, MODIFIER, HISTORY = range(5)  # values of row_aspect: P, I, C, M, H
ANY_SEX, MALE, FEMALE = range(3)  # values of row_sex
INFERRED, PUBLISHED, TRACEABLE, EXPERIENCE = range(4)  # values of row_evidence: IEA, PCS, TAS, ICE
NO_FREQUENCY, COUNT, PERCENT, FREQUENCY_TERM = range(4)  # values of row_frequency_kind


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene behind a disease. `association`: "MENDELIAN", "POLYGENIC", "UNKNOWN" or "" (not said by the table)."""

    symbol: str
    ncbi_id: int
    association: str = ""


class Diseases:
    """All diseases of one release, indices 0..n-1 in the order of their ids.

    Row columns, all of the same length, NOT rows and every aspect kept:
    `row_disease`, `row_term` int32; `row_numerator`/`row_denominator` int32 (0/0 where no count is given);
    `row_frequency` float64 (0–1, nan where not given; a frequency term stands as the middle of its band);
    `row_frequency_kind`, `row_aspect`, `row_sex`, `row_evidence` uint8 (constants of this module); `row_negated` bool;
    `row_onset` int32 term index or -1; `row_modifiers` int32 into `modifier_indptr/indices` (term indices);
    `row_reference` int32 into `reference_indptr/indices`, which lead to `publications` ("PMID:…", "OMIM:…", …).
    """

    def __init__(self, folder: CompiledFolder) -> None:
        self.version = str(folder.meta["annotation_version"])
        self.ids: list[str] = list(folder.strings("disease_ids"))
        self.labels: list[str] = list(folder.strings("disease_labels"))
        self.labels_ja: StringTable = folder.strings("disease_labels_ja")
        self.n = len(self.ids)
        self.row_disease: Int32 = folder.array("row_disease")
        self.row_term: Int32 = folder.array("row_term")
        self.row_numerator: Int32 = folder.array("row_numerator")
        self.row_denominator: Int32 = folder.array("row_denominator")
        self.row_frequency: npt.NDArray[np.float64] = folder.array("row_frequency")
        self.row_frequency_kind: npt.NDArray[np.uint8] = folder.array("row_frequency_kind")
        self.row_negated: npt.NDArray[np.bool_] = folder.array("row_negated")
        self.row_reference: Int32 = folder.array("row_reference")
        self.row_onset: Int32 = folder.array("row_onset")
        self.row_sex: npt.NDArray[np.uint8] = folder.array("row_sex")
        self.row_aspect: npt.NDArray[np.uint8] = folder.array("row_aspect")
        self.row_evidence: npt.NDArray[np.uint8] = folder.array("row_evidence")
        self.row_modifiers: Int32 = folder.array("row_modifiers")
        self.disease_row_indptr: Int32 = folder.array("disease_row_indptr")
        self.modifier_indptr: Int32 = folder.array("modifier_indptr")
        self.modifier_indices: Int32 = folder.array("modifier_indices")
        self.reference_indptr: Int32 = folder.array("reference_indptr")
        self.reference_indices: Int32 = folder.array("reference_indices")
        self.publications: StringTable = folder.strings("publications")
        self.gene_symbols: list[str] = list(folder.strings("gene_symbols"))
        self.gene_ncbi_ids: npt.NDArray[np.int64] = folder.array("gene_ncbi_ids")
        self.disease_gene_indptr: Int32 = folder.array("disease_gene_indptr")
        self.disease_gene_indices: Int32 = folder.array("disease_gene_indices")
        self.gene_disease_indptr: Int32 = folder.array("gene_disease_indptr")
        self.gene_disease_indices: Int32 = folder.array("gene_disease_indices")
        self.unplaced_rows: list[str] = list(folder.meta["unplaced_rows"])
        self.unplaced_rows_count = int(folder.meta["unplaced_rows_count"])
        self._association: npt.NDArray[Any] = folder.array("disease_gene_association")
        self._associations: list[str] = list(folder.meta["gene_associations"])
        self._source: npt.NDArray[Any] = folder.array("disease_source")
        self._sources: list[str] = list(folder.meta["disease_sources"])

    # --- diseases ------------------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> dict[str, int]:
        return {disease: i for i, disease in enumerate(self.ids)}

    def index(self, disease_id: str) -> int | None:
        """The disease's index, None when it is not annotated in this release. "Orphanet:904" is read as "ORPHA:904"."""
        found = self._places.get(disease_id)
        if found is None:
            prefix, _, rest = disease_id.strip().partition(":")
            prefix = {"ORPHANET": "ORPHA", "MIM": "OMIM"}.get(prefix.upper(), prefix.upper())
            found = self._places.get(f"{prefix}:{rest.strip()}")
        return found

    def label(self, disease: int, language: str = "en") -> str:
        """The disease's name; in Japanese where one is installed, else as phenotype.hpoa writes it."""
        if language == "ja" and (label := self.labels_ja[disease]):
            return label
        return self.labels[disease]

    @property
    def sources(self) -> tuple[str, ...]:
        """The vocabularies that diseases come from: DECIPHER, OMIM, ORPHA."""
        return tuple(self._sources)

    def source_mask(self, sources: Collection[str]) -> npt.NDArray[np.bool_]:
        """bool[n]: diseases whose id belongs to one of `sources` ({"OMIM"})."""
        wanted = [i for i, name in enumerate(self._sources) if name in sources]
        return np.isin(self._source, wanted)

    # --- rows ----------------------------------------------------------------------------------------------------

    def rows(self, disease: int) -> slice:
        """The disease's rows, as a slice of every row column."""
        return slice(int(self.disease_row_indptr[disease]), int(self.disease_row_indptr[disease + 1]))

    def references(self, row: int) -> list[str]:
        """The publications that a row cites."""
        reference = int(self.row_reference[row])
        start, end = self.reference_indptr[reference : reference + 2]
        return [self.publications[int(i)] for i in self.reference_indices[start:end]]

    @cached_property
    def _publication_places(self) -> dict[str, int]:
        return {publication: i for i, publication in enumerate(self.publications)}

    def rows_citing(self, *publications: str) -> Int32:
        """The rows that cite one of `publications` ("PMID:31675180"), sorted; empty when nothing does."""
        return np.flatnonzero((self._cited_of(publications) > 0)[self.row_reference]).astype(np.int32)

    def pooled(self, rows: npt.NDArray[np.integer[Any]], publications: Collection[str]) -> npt.NDArray[np.bool_]:
        """bool[len(rows)]: rows that cite other publications than `publications` too, their counts pooled."""
        others = np.diff(self.reference_indptr) > self._cited_of(publications)
        return np.asarray(others[self.row_reference[rows]])

    def _cited_of(self, publications: Collection[str]) -> npt.NDArray[np.int64]:
        """How many of `publications` each list of references holds."""
        places = {place for one in publications if (place := self._publication_places.get(one.strip())) is not None}
        at = np.flatnonzero(np.isin(self.reference_indices, list(places)))
        lists = np.searchsorted(self.reference_indptr, at, "right") - 1
        return np.bincount(lists, minlength=len(self.reference_indptr) - 1)

    def modifiers(self, row: int) -> Int32:
        """The modifier terms of a row (term indices)."""
        place = int(self.row_modifiers[row])
        return self.modifier_indices[self.modifier_indptr[place] : self.modifier_indptr[place + 1]]

    # --- genes ---------------------------------------------------------------------------------------------------

    def genes(self, disease: int) -> list[Gene]:
        """The genes behind a disease, by symbol."""
        return [
            Gene(
                self.gene_symbols[gene],
                int(self.gene_ncbi_ids[gene]),
                self._associations[int(self._association[place])],
            )
            for place in range(int(self.disease_gene_indptr[disease]), int(self.disease_gene_indptr[disease + 1]))
            for gene in (int(self.disease_gene_indices[place]),)
        ]

    def symbols(self, disease: int) -> tuple[str, ...]:
        """The symbols of the genes behind a disease, sorted."""
        listed = self.disease_gene_indices[self.disease_gene_indptr[disease] : self.disease_gene_indptr[disease + 1]]
        return tuple(self.gene_symbols[gene] for gene in listed.tolist())

    @cached_property
    def _gene_places(self) -> dict[str, int]:
        places = {symbol.upper(): i for i, symbol in enumerate(self.gene_symbols)}
        places.update({f"NCBIGENE:{ncbi_id}": i for i, ncbi_id in enumerate(self.gene_ncbi_ids.tolist())})
        return places

    def gene_index(self, gene: str) -> int | None:
        """The index of a gene given as symbol ("FBN1") or "NCBIGene:2200"; None when no disease has it."""
        return self._gene_places.get(gene.strip().upper())

    def diseases_of_gene(self, gene: int) -> Int32:
        """The diseases behind which a gene stands, sorted."""
        return self.gene_disease_indices[self.gene_disease_indptr[gene] : self.gene_disease_indptr[gene + 1]]

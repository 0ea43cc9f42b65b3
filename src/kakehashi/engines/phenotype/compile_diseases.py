"""Turns phenotype.hpoa and a gene table into the arrays that `diseases.py` reads (see there for their meaning)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.genetable import GeneDisease
from kakehashi.engines.phenotype.hpoa import ASPECTS, EVIDENCES, SEXES, Annotation, HpoaDocument
from kakehashi.engines.phenotype.obo import Synonym

FREQUENCY_KINDS = ("none", "count", "percent", "term")
PROBLEMS_KEPT = 200


def compile_diseases(
    arrays: dict[str, npt.NDArray[Any]],
    tables: dict[str, Sequence[str]],
    meta: dict[str, Any],
    *,
    hpoa: HpoaDocument,
    genes: list[GeneDisease],
    place: Mapping[int, int],
    japanese: Mapping[str, list[Synonym]],
) -> None:
    """Fill `arrays`, `tables` and `meta`. `place` maps HPO numbers, alternative ones included, to term indices.

    A row whose term the ontology does not know is left out, an unknown onset or modifier is taken off its row; both
    are named in meta["unplaced_rows"], never lost in silence.
    """
    names: dict[str, Counter[str]] = {}
    for (disease, name), count in Counter((row.disease_id, row.disease_name) for row in hpoa.rows).items():
        names.setdefault(disease, Counter())[name] = count
    ids = sorted(names)
    disease_index = {disease: i for i, disease in enumerate(ids)}
    kept = [row for row in hpoa.rows if row.term in place]
    order = np.lexsort(([place[row.term] for row in kept], [disease_index[row.disease_id] for row in kept]))
    unplaced = [
        f"phenotype.hpoa:{row.line} {row.disease_id} HP:{number:07d}"
        for row in hpoa.rows
        for number in (row.term, row.onset, *row.modifiers)
        if number and number not in place
    ]

    sources = sorted({disease.partition(":")[0] for disease in ids})
    tables["disease_ids"] = ids
    tables["disease_labels"] = [names[disease].most_common(1)[0][0] for disease in ids]
    tables["disease_labels_ja"] = [japanese[d][0].text if d in japanese else "" for d in ids]
    arrays["disease_source"] = np.array([sources.index(d.partition(":")[0]) for d in ids], dtype=np.uint8)
    meta["disease_sources"] = sources
    meta["unplaced_rows"] = unplaced[:PROBLEMS_KEPT]
    meta["unplaced_rows_count"] = len(unplaced)
    _rows(arrays, tables, [kept[i] for i in order.tolist()], disease_index, place)
    _genes(arrays, tables, meta, genes, disease_index)


def _rows(
    arrays: dict[str, npt.NDArray[Any]],
    tables: dict[str, Sequence[str]],
    rows: list[Annotation],
    disease_index: dict[str, int],
    place: Mapping[int, int],
) -> None:
    references: dict[tuple[str, ...], int] = {}
    modifiers: dict[tuple[int, ...], int] = {}
    for row in rows:
        references.setdefault(row.references, len(references))
        modifiers.setdefault(row.modifiers, len(modifiers))
    publications: dict[str, int] = {}
    for reference in references:
        for publication in reference:
            publications.setdefault(publication, len(publications))

    def column(name: str, values: Iterable[float], kind: type[np.generic]) -> None:
        arrays[f"row_{name}"] = np.fromiter(values, dtype=kind, count=len(rows))

    columns = zip(*rows, strict=True) if rows else repeat(())
    _, diseases, _, negated, terms, cited, evidence, onset, frequency, sex, modified, aspect = islice(columns, 12)
    column("disease", map(disease_index.__getitem__, diseases), np.int32)
    column("term", map(place.__getitem__, terms), np.int32)
    column("numerator", (f.numerator for f in frequency), np.int32)
    column("denominator", (f.denominator for f in frequency), np.int32)
    column("frequency", (np.nan if f.value is None else f.value for f in frequency), np.float64)
    column("frequency_kind", (FREQUENCY_KINDS.index(f.kind) for f in frequency), np.uint8)
    column("negated", negated, np.bool_)
    column("reference", map(references.__getitem__, cited), np.int32)
    column("onset", (place.get(number, -1) for number in onset), np.int32)
    column("sex", map(SEXES.index, sex), np.uint8)
    column("aspect", map(ASPECTS.index, aspect), np.uint8)
    column("evidence", map(EVIDENCES.index, evidence), np.uint8)
    column("modifiers", map(modifiers.__getitem__, modified), np.int32)
    arrays["disease_row_indptr"] = _indptr(arrays["row_disease"], len(disease_index))
    arrays["reference_indptr"], arrays["reference_indices"] = _ragged(
        [[publications[p] for p in reference] for reference in references]
    )
    arrays["modifier_indptr"], arrays["modifier_indices"] = _ragged(
        [[place[m] for m in row_modifiers if m in place] for row_modifiers in modifiers]
    )
    tables["publications"] = list(publications)


def _genes(
    arrays: dict[str, npt.NDArray[Any]],
    tables: dict[str, Sequence[str]],
    meta: dict[str, Any],
    genes: list[GeneDisease],
    disease_index: dict[str, int],
) -> None:
    known = [pair for pair in genes if pair.disease_id in disease_index]
    meta["gene_pairs_without_annotation"] = len(genes) - len(known)
    symbols = {pair.ncbi_id: pair.symbol for pair in known}
    ncbi_ids = sorted(symbols, key=lambda ncbi_id: (symbols[ncbi_id], ncbi_id))
    gene_index = {ncbi_id: i for i, ncbi_id in enumerate(ncbi_ids)}
    associations = sorted({pair.association for pair in known})
    pairs = sorted((disease_index[pair.disease_id], gene_index[pair.ncbi_id], pair.association) for pair in known)
    tables["gene_symbols"] = [symbols[ncbi_id] for ncbi_id in ncbi_ids]
    arrays["gene_ncbi_ids"] = np.array(ncbi_ids, dtype=np.int64)
    arrays["disease_gene_indptr"] = _indptr(np.array([p[0] for p in pairs], dtype=np.int32), len(disease_index))
    arrays["disease_gene_indices"] = np.array([p[1] for p in pairs], dtype=np.int32)
    arrays["disease_gene_association"] = np.array([associations.index(p[2]) for p in pairs], dtype=np.uint8)
    by_gene = sorted((p[1], p[0]) for p in pairs)
    arrays["gene_disease_indptr"] = _indptr(np.array([p[0] for p in by_gene], dtype=np.int32), len(ncbi_ids))
    arrays["gene_disease_indices"] = np.array([p[1] for p in by_gene], dtype=np.int32)
    meta["gene_associations"] = associations


def _indptr(sorted_keys: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int32]:
    return np.searchsorted(sorted_keys, np.arange(count + 1)).astype(np.int32)


def _ragged(rows: Iterable[Sequence[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    listed = list(rows)
    indptr = np.cumsum([0, *map(len, listed)]).astype(np.int32)
    return indptr, np.array([item for row in listed for item in row], dtype=np.int32)

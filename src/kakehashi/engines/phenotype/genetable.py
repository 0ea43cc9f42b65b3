"""Readers of the HPO's gene tables: which gene stands behind which disease.

Both generations are read: genes_to_disease.txt (2023 onwards: gene, association type, disease) and the older
genes_to_phenotype.txt (gene, finding, disease), of which only gene and disease are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines, read_bytes

_DISEASE_COLUMNS = ("ncbi_gene_id", "gene_symbol", "association_type", "disease_id")
_PHENOTYPE_COLUMNS = ("ncbi_gene_id", "gene_symbol", "hpo_id", "hpo_name", "frequency", "disease_id")
_NCBI = re.compile(r"(?:NCBIGene:)?(\d{1,10})\Z")
_DISEASE_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*:[A-Za-z0-9._-]+\Z")


@dataclass(frozen=True, slots=True)
class GeneDisease:
    """One gene behind one disease. `association` is "MENDELIAN", "POLYGENIC", "UNKNOWN" or "" (not in the file)."""

    ncbi_id: int
    symbol: str
    disease_id: str
    association: str


def read_gene_table(path: Path) -> list[GeneDisease]:
    """The gene–disease pairs of the table at `path` (plain or gzip), each once. Errors: ParseError."""
    return parse_gene_table(read_bytes(path), source=path.name)


def parse_gene_table(data: bytes, *, source: str = "genes_to_disease.txt") -> list[GeneDisease]:
    """The gene–disease pairs in `data`, each once, in file order. Errors: ParseError with `source` and line."""
    pairs: dict[tuple[str, str], GeneDisease] = {}
    columns: tuple[str, ...] | None = None
    for number, line in lines(data, source=source):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if columns is None:
            columns = _header(cells, source, number)
            continue
        if len(cells) < len(columns):
            raise ParseError(
                source,
                number,
                f"number of columns: {len(cells)} instead of {len(columns)}",
                f"列が {len(columns)} ではなく {len(cells)} あります。",
            )
        disease_id = cells[len(columns) - 1]
        if (cells[0], disease_id) in pairs:
            continue
        found = _NCBI.match(cells[0])
        if not found or not _DISEASE_ID.match(disease_id):
            raise ParseError(
                source,
                number,
                f"expected an NCBI gene number and a disease id, got {cells[0][:30]!r} and {disease_id[:30]!r}",
                f"NCBI 遺伝子番号と疾患 id が必要ですが、{cells[0][:30]!r} と {disease_id[:30]!r} です。",
            )
        symbol = cells[1].strip()
        pairs[cells[0], disease_id] = GeneDisease(
            ncbi_id=int(found.group(1)),
            symbol=symbol if symbol not in ("", "-") else f"NCBIGene:{found.group(1)}",
            disease_id=disease_id,
            association=cells[2] if columns is _DISEASE_COLUMNS else "",
        )
    if columns is None:
        raise ParseError(
            source,
            0,
            "holds no header line; is this a gene table of the HPO?",
            "見出し行がありません。HPO の遺伝子表ですか。",
        )
    return list(pairs.values())


def _header(cells: list[str], source: str, line: int) -> tuple[str, ...]:
    for columns in (_PHENOTYPE_COLUMNS, _DISEASE_COLUMNS):
        if tuple(cells[: len(columns)]) == columns:
            return columns
    raise ParseError(
        source,
        line,
        "the column names are neither those of genes_to_disease.txt nor of genes_to_phenotype.txt",
        "列名が genes_to_disease.txt のものでも genes_to_phenotype.txt のものでもありません。",
    )

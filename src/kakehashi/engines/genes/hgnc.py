"""Reader of HGNC's complete set (hgnc_complete_set.txt): one gene a line, tab-separated, named columns.

Several values of one cell are separated by "|" and stand in quotation marks. Of the fifty-odd columns those that name
a gene are read; their order does not matter and others may come or go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import lines

NEEDED = ("hgnc_id", "symbol", "name", "alias_symbol", "prev_symbol", "entrez_id", "ensembl_gene_id")
_HGNC = re.compile(r"(?:HGNC:)?([1-9]\d{0,6})\Z")
_ENTREZ = re.compile(r"[1-9]\d{0,9}\Z")
_ENSEMBL = re.compile(r"ENSG\d{11}\Z")
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@/-]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene by HGNC. Ids are bare ("3603", "2200", "ENSG00000166147"), "" where the table gives none."""

    symbol: str
    name: str
    hgnc_id: str
    entrez_id: str = ""
    ensembl_id: str = ""
    previous: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def parse_hgnc(data: bytes, *, source: str = "hgnc_complete_set.txt") -> list[Gene]:
    """The approved genes in `data`. Errors: ParseError with `source` and line; a symbol or id that two genes have."""
    genes: list[Gene] = []
    places: dict[str, int] = {}
    first: dict[str, int] = {}
    width = 0
    for number, line in lines(data, source=source):
        if not line.strip():
            continue
        cells = line.split("\t")
        if not places:
            places, width = _header(cells, source, number), len(cells)
            continue
        if len(cells) != width:
            raise ParseError(
                source,
                number,
                f"number of columns: {len(cells)} instead of {width}; the file is cut off or edited, fetch it again",
                f"列が {width} ではなく {len(cells)} あります。ファイルが途中で切れたか編集されています。"
                "取得し直してください。",
            )
        said = {name: cells[place].strip().strip('"') for name, place in places.items()}
        if said.get("status", "Approved") not in ("", "Approved"):  # a withdrawn entry names no gene any more
            continue
        gene = _gene(said, source, number)
        for key in (f"symbol {gene.symbol.upper()}", f"HGNC:{gene.hgnc_id}"):
            if (before := first.setdefault(key, number)) != number:
                raise ParseError(
                    source,
                    number,
                    f"{key} is given already in line {before}",
                    f"{key} は {before} 行目にもあります。",
                )
        genes.append(gene)
    if not genes:
        raise ParseError(
            source,
            0,
            "holds no gene; is this HGNC's complete set (hgnc_complete_set.txt)?",
            "遺伝子がありません。HGNC の全件ファイル（hgnc_complete_set.txt）ですか。",
        )
    return genes


def _header(cells: list[str], source: str, line: int) -> dict[str, int]:
    places = {cell.strip().strip('"'): place for place, cell in enumerate(cells)}
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise ParseError(
            source,
            line,
            f"the columns {', '.join(missing)} are missing; expected HGNC's complete set as tab-separated text "
            "(hgnc_complete_set.txt)",
            f"列 {', '.join(missing)} がありません。HGNC の全件ファイル（タブ区切りの hgnc_complete_set.txt）が"
            "必要です。",
        )
    return {name: places[name] for name in (*NEEDED, "status") if name in places}


def _gene(said: dict[str, str], source: str, line: int) -> Gene:
    hgnc = _HGNC.match(said["hgnc_id"])
    faults = [
        name
        for name, well in (
            ("hgnc_id", hgnc),
            ("symbol", _SYMBOL.match(said["symbol"])),
            ("entrez_id", not said["entrez_id"] or _ENTREZ.match(said["entrez_id"])),
            ("ensembl_gene_id", not said["ensembl_gene_id"] or _ENSEMBL.match(said["ensembl_gene_id"])),
        )
        if not well
    ]
    if faults or hgnc is None:
        wrong = ", ".join(f"{name} {said[name][:40]!r}" for name in faults)
        raise ParseError(source, line, f"cannot be read: {wrong}", f"読み取れません：{wrong}")
    return Gene(
        symbol=said["symbol"],
        name=said["name"],
        hgnc_id=hgnc[1],
        entrez_id=said["entrez_id"],
        ensembl_id=said["ensembl_gene_id"],
        previous=_several(said["prev_symbol"]),
        aliases=_several(said["alias_symbol"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in cell.split("|") if part.strip()))

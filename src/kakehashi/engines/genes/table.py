"""The table of genes: what a name as people or nodes write it means today.

An approved symbol means its gene, whatever else it once was. A previous symbol or an alias means a gene only where it
is of that one gene; where several had it, nothing is guessed and all are named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kakehashi.engines.genes.hgnc import Gene
from kakehashi.engines.phenotype.cachefolder import CompiledFolder

FORMAT = 1
Kind = Literal["symbol", "id", "previous", "alias", "ambiguous", "unknown"]
_KINDS: tuple[Kind, ...] = ("symbol", "id", "previous", "alias")
_PREFIX = re.compile(r"(?:NCBIGENE|NCBI_GENE|ENTREZ|GENEID):(?=\d)")
_ENSEMBL = re.compile(r"(?:ENSEMBL:)?(ENSG\d{11})(?:\.\d+)?\Z")
REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name means. `gene` is None where it is "ambiguous" (then `candidates`, symbols) or "unknown"."""

    kind: Kind
    gene: Gene | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A gene that may be meant by what was typed, and the name by which it was found."""

    symbol: str
    matched: str
    kind: Kind


def compiled(genes: Sequence[Gene]) -> tuple[dict[str, npt.NDArray[Any]], dict[str, list[str]]]:
    """The (arrays, tables) of a table of `genes`, for `cachefolder.write`."""
    named: set[tuple[bytes, int, int]] = set()
    for place, gene in enumerate(genes):
        for kind, names in enumerate(
            (
                (gene.symbol,),
                tuple(key for key in _ids(gene)),
                gene.previous,
                gene.aliases,
            )
        ):
            named.update((_key(name).encode(), kind, place) for name in names)
    ordered = sorted(named)
    tables = {
        "keys": [key.decode() for key, _kind, _place in ordered],
        "symbols": [gene.symbol for gene in genes],
        "names": [gene.name for gene in genes],
        "ids": ["\t".join((gene.hgnc_id, gene.entrez_id, gene.ensembl_id)) for gene in genes],
        "others": ["|".join(gene.previous) + "\t" + "|".join(gene.aliases) for gene in genes],
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "kinds": np.array([kind for _key, kind, _place in ordered], dtype=np.uint8),
        "places": np.array([place for _key, _kind, place in ordered], dtype=np.int32),
    }
    return arrays, tables


def _ids(gene: Gene) -> Iterable[str]:
    yield f"HGNC:{gene.hgnc_id}"
    if gene.entrez_id:
        yield f"NCBIGENE:{gene.entrez_id}"
    if gene.ensembl_id:
        yield gene.ensembl_id


def _key(written: str) -> str:
    key = _PREFIX.sub("NCBIGENE:", unicodedata.normalize("NFKC", written).strip().upper())
    ensembl = _ENSEMBL.match(key)
    return ensembl[1] if ensembl else key


class GeneTable:
    """One installed table; read-only, threads may share it. `fingerprint` names its content, `count` its genes."""

    def __init__(self, folder: CompiledFolder) -> None:
        self.meta: Mapping[str, Any] = folder.meta
        self.fingerprint = str(folder.meta["fingerprint"])
        self._keys = folder.strings("keys")
        self._symbols = folder.strings("symbols")
        self._names = folder.strings("names")
        self._ids = folder.strings("ids")
        self._others = folder.strings("others")
        self._kinds = folder.array("kinds")
        self._places = folder.array("places")
        self.read = lru_cache(maxsize=REMEMBERED)(self._read)

    @property
    def count(self) -> int:
        return len(self._symbols)

    @property
    def ambiguous_names(self) -> int:
        """How many previous symbols and aliases several genes had, so that they name none."""
        return int(self.meta["ambiguous"])

    def gene(self, place: int) -> Gene:
        """The gene at a place of the table."""
        hgnc_id, entrez_id, ensembl_id = self._ids[place].split("\t")
        previous, aliases = (tuple(filter(None, part.split("|"))) for part in self._others[place].split("\t"))
        return Gene(self._symbols[place], self._names[place], hgnc_id, entrez_id, ensembl_id, previous, aliases)

    def current(self, written: str) -> str:
        """The approved symbol of a gene however named; as it was written where the table does not know which."""
        found = self.read(written).gene
        return found.symbol if found else written

    def _read(self, written: str) -> Reading:
        key = _key(written)
        entries: dict[int, set[int]] = {}
        at = self._lower(key)
        while key and at < len(self._keys) and self._keys[at] == key:
            entries.setdefault(int(self._kinds[at]), set()).add(int(self._places[at]))
            at += 1
        for sure in (0, 1):  # approved symbols and ids are of one gene each; an id given twice is nobody's
            if sure in entries and len(entries[sure]) == 1:
                return Reading(_KINDS[sure], self.gene(entries[sure].pop()))
        places = set().union(*entries.values())
        if not places:
            return Reading("unknown")
        if len(places) > 1:
            return Reading("ambiguous", candidates=tuple(sorted(self._symbols[place] for place in places)))
        return Reading(_KINDS[min(entries)], self.gene(places.pop()))

    def _lower(self, key: str) -> int:
        """The first place whose key is not before `key`; keys are sorted by their bytes."""
        wanted, low, high = key.encode("utf-8", "replace"), 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._keys[middle].encode() < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, typed: str, *, limit: int = 20, looked_at: int = 2000) -> list[Suggestion]:
        """Genes one of whose names begins with what was typed: by symbol first, then previous ones and aliases."""
        key = _key(typed)
        if not key:
            return []
        found: dict[int, tuple[int, int, str]] = {}
        start = self._lower(key)
        for at in range(start, min(start + looked_at, len(self._keys))):
            name = self._keys[at]
            if not name.startswith(key):
                break
            kind, place = int(self._kinds[at]), int(self._places[at])
            rank = (0 if name == key else 1 if kind == 0 else 2, len(name), name)
            if place not in found or rank < found[place]:
                found[place] = rank
        best = sorted(found.items(), key=lambda one: (one[1], self._symbols[one[0]]))[:limit]
        return [
            Suggestion(self._symbols[place], self._written(place, rank[2]), self._kind(place, rank[2]))
            for place, rank in best
        ]

    def _written(self, place: int, key: str) -> str:
        gene = self.gene(place)
        return next((one for one in (gene.symbol, *gene.previous, *gene.aliases) if _key(one) == key), key)

    def _kind(self, place: int, key: str) -> Kind:
        gene = self.gene(place)
        if _key(gene.symbol) == key:
            return "symbol"
        if key in map(_key, gene.previous):
            return "previous"
        return "alias" if key in map(_key, gene.aliases) else "id"


def count_ambiguous(genes: Sequence[Gene]) -> int:
    """How many names that are no approved symbol several genes have."""
    symbols = {_key(gene.symbol) for gene in genes}
    owners: dict[str, set[int]] = {}
    for place, gene in enumerate(genes):
        for name in (*gene.previous, *gene.aliases):
            owners.setdefault(_key(name), set()).add(place)
    return sum(1 for name, places in owners.items() if len(places) > 1 and name not in symbols)

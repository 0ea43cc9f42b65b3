"""Genes as people and nodes name them: today's symbol, by HGNC's table where one is installed, else by the HPO's.

A description keeps what was written in a file; wherever cases are compared, found or sent, a gene goes by its current
symbol, so that an old symbol, an alias or an id of one hospital meets the new symbol of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.genes import installed
from kakehashi.engines.genes.naming import GeneNaming
from kakehashi.engines.genes.table import GeneTable, Suggestion
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.vocabulary import knowledge

GeneKind = Literal["ensembl", "entrez", "hgnc", "symbol"]
DOUBTS_TOLD = 10


def table() -> GeneTable | None:
    """The gene table in use; None where none is installed."""
    return installed.load()


def fingerprint() -> str:
    """Names the table in use; "" where there is none."""
    found = table()
    return found.fingerprint if found else ""


def naming() -> GeneNaming:
    """How genes are named by the table and the release in force."""
    return _naming(knowledge().fingerprint, fingerprint())


@lru_cache(maxsize=2)
def _naming(release: str, genes: str) -> GeneNaming:
    """Of the release and the table in force, which ``release`` and ``genes`` name."""
    return GeneNaming(knowledge().diseases, table())


def known_gene(gene: str) -> str | None:
    """The current symbol of a gene named by symbol or id; None where it is not known, or several genes had it."""
    return naming().known(gene)


def current_gene(gene: str) -> str:
    """The current symbol of a gene; as it was written where it is not known."""
    return known_gene(gene) or gene


def current_genes(description: Description) -> tuple[str, ...]:
    """The current symbols of a description's candidate genes and those of its variants, each once, in order."""
    return tuple(dict.fromkeys(current_gene(gene) for gene in description.all_genes))


def gene_of_kind(kind: GeneKind, name: str) -> str | None:
    """The current symbol of a gene that a node named by this kind of id; None where it is not known."""
    return known_gene({"entrez": "NCBIGene:", "hgnc": "HGNC:"}.get(kind, "") + name)


def disease_gene(gene: str) -> str:
    """A gene by the symbol that the disease models use, which may be older or newer than the gene table's."""
    return naming().of_diseases(gene)


def gene_id(symbol: str) -> str | None:
    """ "NCBIGene:2200" of FBN1; None for a gene that is not known, or has no such id."""
    diseases, names = knowledge().diseases, table()
    index = diseases.gene_index(symbol)
    if index is not None:
        return f"NCBIGene:{int(diseases.gene_ncbi_ids[index])}"
    found = names.read(symbol).gene if names else None
    return f"NCBIGene:{found.entrez_id}" if found and found.entrez_id else None


def ensembl_id(symbol: str) -> str | None:
    """ "ENSG00000166147" of FBN1; None where no table says one."""
    names = table()
    found = names.read(symbol).gene if names else None
    return found.ensembl_id or None if found else None


def find_genes(text: str, *, limit: int = 20) -> list[str]:
    """Gene symbols that begin with what was typed, the shortest first; then those that hold it."""
    return [one.symbol for one in offered_genes(text, limit=limit)]


def offered_genes(text: str, *, limit: int = 20) -> list[Suggestion]:
    """Genes that may be meant by what was typed so far: by symbol, previous symbol, alias or id."""
    typed = text.strip().upper()
    if not typed:
        return []
    names = table()
    found = names.find(text, limit=limit) if names else []
    symbols = [one for one in knowledge().diseases.gene_symbols if typed in one.upper()]
    symbols.sort(key=lambda one: (not one.upper().startswith(typed), len(one), one))
    seen = {one.symbol for one in found}
    for symbol in symbols:
        now = current_gene(symbol)
        if now not in seen:
            seen.add(now)
            found.append(Suggestion(now, symbol, "symbol"))
    return found[:limit]


def gene_doubts(genes: Iterable[str]) -> list[str]:
    """What is to be said of genes that no table knows, or by a name of several: mostly slips, sometimes what is looked
    for."""
    unknown = [gene for gene in genes if known_gene(gene) is None]
    texts = [_doubt(gene) for gene in unknown[:DOUBTS_TOLD]]
    if more := unknown[DOUBTS_TOLD:]:
        same = ngettext(
            "The same holds for %(count)d more gene.", "The same holds for %(count)d more genes.", len(more)
        )
        texts.append(same % {"count": len(more)})
    return texts


def renamed_genes(genes: Iterable[str]) -> list[str]:
    """What is to be said of genes that were written by another name than today's: they are compared by that."""
    text = _("%(gene)s is called %(now)s today and is compared by that name.")
    found = [(gene, current_gene(gene)) for gene in genes]
    return [text % {"gene": gene, "now": now} for gene, now in found if gene.upper() != now.upper()][:DOUBTS_TOLD]


def _doubt(gene: str) -> str:
    names = table()
    if names is not None and (several := names.read(gene).candidates):
        text = _("%(gene)s was the name of several genes: %(several)s. Write the one that is meant.")
        return text % {"gene": gene, "several": ", ".join(several)}
    near = naming().near(gene)
    text = _("No known disease has the gene %(gene)s. Did you mean %(near)s?")
    text = text if near else _("No known disease has the gene %(gene)s. It is kept, and counts for no disease.")
    return text % {"gene": gene, "near": ", ".join(near)}

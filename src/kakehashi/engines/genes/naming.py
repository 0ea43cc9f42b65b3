"""One name for each gene: by the table of genes, which may be missing, and the genes of the disease models."""

from __future__ import annotations

from kakehashi.engines.genes.table import GeneTable
from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.genenames import GeneNames


class GeneNaming:
    """The names of genes by one table and one release. Threads may share it."""

    def __init__(self, diseases: Diseases, table: GeneTable | None) -> None:
        self.table = table
        self._diseases = diseases
        self._of_diseases = GeneNames(diseases)

    def known(self, gene: str) -> str | None:
        """The current symbol of a gene named by symbol or id; None where it is not known, or several had the name.

        The table goes first; a gene of the disease models alone keeps their symbol.
        """
        read = self.table.read(gene) if self.table else None
        if read is not None and (read.gene is not None or read.candidates):
            return read.gene.symbol if read.gene else None
        return self._of_diseases.known(gene)

    def current(self, gene: str) -> str:
        """The current symbol of a gene; as it was written where it is not known."""
        return self.known(gene) or gene

    def of_diseases(self, gene: str) -> str:
        """A gene by the symbol that the disease models use, which may be older or newer; as written where unknown."""
        diseases = self._diseases
        if diseases.gene_index(gene) is None and self.table and (found := self.table.read(gene).gene) is not None:
            place = diseases.gene_index(found.symbol)
            if place is None and found.entrez_id:
                place = diseases.gene_index(f"NCBIGene:{found.entrez_id}")
            if place is not None:
                return diseases.gene_symbols[place]
        return gene

    def near(self, symbol: str, limit: int = 3) -> tuple[str, ...]:
        """Genes of the disease models one letter or digit away."""
        return self._of_diseases.near(symbol, limit)

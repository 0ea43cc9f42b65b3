"""Gene symbols and ids as people write them, against the genes that the HPO's tables know.

Those tables hold the genes behind known diseases, some five thousand, not every gene there is: a symbol that is not
among them may be a slip of the finger or the very gene a programme for the undiagnosed is there to find. So this
only says what is known and what is near; nothing is refused.
"""

from __future__ import annotations

from functools import lru_cache

from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.misspelling import one_slip


class GeneNames:
    """The gene names of one release. Threads may share it."""

    def __init__(self, diseases: Diseases) -> None:
        self._diseases = diseases
        self._near = lru_cache(maxsize=1000)(self._nearest)

    def known(self, gene: str) -> str | None:
        """The symbol of a gene given as symbol in any case or as "NCBIGene:2200"; None where no disease has it."""
        index = self._diseases.gene_index(gene)
        return None if index is None else self._diseases.gene_symbols[index]

    def near(self, symbol: str, limit: int = 3) -> tuple[str, ...]:
        """Known symbols one letter or digit away, those of the same length first."""
        return self._near(symbol.strip().upper())[:limit]

    def _nearest(self, written: str) -> tuple[str, ...]:
        found = [known for known in self._diseases.gene_symbols if one_slip(written, known.upper())]
        return tuple(sorted(found, key=lambda one: (len(one) != len(written), one)))

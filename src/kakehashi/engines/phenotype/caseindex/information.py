"""How telling a term is: the fewer diseases are annotated with it or with a term below it, the more (Resnik 1995)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import PHENOTYPE, Diseases
from kakehashi.engines.phenotype.ontology import Ontology

SOURCE = "OMIM"


def term_information(ontology: Ontology, diseases: Diseases) -> npt.NDArray[np.float32]:
    """float32[n]: −log of the share of OMIM diseases annotated with each term, 0 outside phenotypic abnormalities.

    A term that no disease is annotated with counts as annotated once. NOT rows and rows of frequency 0 do not count.
    """
    chosen = diseases.source_mask({SOURCE})
    if not chosen.any():  # a release without OMIM: every disease counts
        chosen = np.ones(diseases.n, dtype=np.bool_)
    use = (diseases.row_aspect == PHENOTYPE) & ~diseases.row_negated & ~(diseases.row_frequency == 0)
    use &= chosen[diseases.row_disease]
    disease, term = diseases.row_disease[use].astype(np.int64), diseases.row_term[use]
    first = ontology.ancestor_indptr[term].astype(np.int64)
    count = ontology.ancestor_indptr[term + 1] - first
    offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    ancestor = ontology.ancestor_indices[offset + np.repeat(first, count)]
    pairs = np.unique(np.repeat(disease, count) * ontology.n + ancestor)
    counts = np.bincount(pairs % ontology.n, minlength=ontology.n)
    total = max(int(chosen.sum()), 1)
    information = -np.log(np.maximum(counts, 1) / total)
    information[~ontology.phenotype_mask | (counts >= total)] = 0
    return np.maximum(information, 0).astype(np.float32)

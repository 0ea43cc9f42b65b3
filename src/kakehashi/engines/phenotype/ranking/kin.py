"""Which diseases are kin: alike by name ("Noonan syndrome 1" and "8") or sharing a gene.

A disease borrows findings from its kin, the more the fewer annotations it has of its own. Kinship looks at names and
genes only, never at annotations, so it is the same whatever rows are left out.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.ranking.parameters import ProfileParameters

_SAY_LITTLE = frozenset(
    [
        "type", "autosomal", "recessive", "dominant", "with", "or", "without", "and", "of", "the", "in",
        "due", "to", "syndrome", "disease", "disorder", "x", "linked", "susceptibility", "somatic", "digenic",
        "form", "related", "complementation", "group",
    ]
)  # fmt: skip
_NUMBERING = re.compile(r"[ivx]+|\d+[a-z]{0,2}|[a-z]")
_WORD = re.compile(r"[a-z0-9]+")
_PAIR_WEIGHT = 0.5  # two neighbouring words, against one word


def words(name: str) -> frozenset[str]:
    """The words and pairs of words of a disease's name that say what it is, numbering left out."""
    kept = [_singular(word) for word in _WORD.findall(name.lower()) if not _NUMBERING.fullmatch(word)]
    kept = [word for word in kept if word not in _SAY_LITTLE]
    pairs = {f"{first}_{second}" for first, second in itertools.pairwise(kept)}
    return frozenset(kept) | pairs


def _singular(word: str) -> str:
    if word in _SAY_LITTLE:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def kinship(diseases: Diseases, parameters: ProfileParameters) -> sparse.csr_matrix:
    """float32 n × n: the share that each disease (row) takes from each of its kin; a row sums to less than 1."""
    names = _name_vectors(diseases)
    alike = (names @ names.T).tocsr()
    genes = _gene_vectors(diseases)
    shared = (genes @ genes.T).tocsr()
    together = (
        parameters.kin_name * alike.power(2)
        + parameters.kin_gene * shared.power(2)
        + parameters.kin_both * alike.multiply(shared)
    ).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    nearest = _nearest(together, parameters.kin_most)
    total = np.asarray(nearest.sum(axis=1)).ravel() + parameters.kin_floor
    return (sparse.diags(1 / total) @ nearest).tocsr().astype(np.float32)


def _name_vectors(diseases: Diseases) -> sparse.csr_matrix:
    named = [words(label) for label in diseases.labels]
    found_in = Counter(word for bag in named for word in bag)
    vocabulary = {word: i for i, word in enumerate(sorted(word for word, count in found_in.items() if count > 1))}
    weight = {
        word: float(np.log(diseases.n / count)) * (_PAIR_WEIGHT if "_" in word else 1.0)
        for word, count in found_in.items()
    }
    rows, columns, values = [], [], []
    for row, bag in enumerate(named):
        length = math.sqrt(math.fsum(weight[word] ** 2 for word in bag)) or 1.0
        for word in sorted(bag):
            if word in vocabulary:
                rows.append(row)
                columns.append(vocabulary[word])
                values.append(weight[word] / length)
    return sparse.csr_matrix((values, (rows, columns)), shape=(diseases.n, max(1, len(vocabulary))))


def _gene_vectors(diseases: Diseases) -> sparse.csr_matrix:
    counts = np.diff(diseases.disease_gene_indptr)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    return sparse.csr_matrix(
        (values, np.asarray(diseases.disease_gene_indices), np.asarray(diseases.disease_gene_indptr)),
        shape=(diseases.n, max(1, len(diseases.gene_symbols))),
    )


def _nearest(together: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Keep the `most` largest of each row; of equals, those with the lower index."""
    keep = np.zeros(together.nnz, dtype=np.bool_)
    together.sort_indices()
    starts: npt.NDArray[np.int32] = together.indptr
    for start, end in itertools.pairwise(starts.tolist()):
        if end - start <= most:
            keep[start:end] = True
        else:
            nearness = np.round(together.data[start:end], 9)  # sums in another order must not break ties differently
            keep[start + np.argsort(-nearness, kind="stable")[:most]] = True
    rows = np.repeat(np.arange(together.shape[0]), np.diff(starts))
    return sparse.csr_matrix((together.data[keep], (rows[keep], together.indices[keep])), shape=together.shape)

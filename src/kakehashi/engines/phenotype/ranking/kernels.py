"""The one loop that must be quick: a finding's log likelihood ratio for every disease. Imported when first needed."""

from __future__ import annotations

import os
from typing import Any

from kakehashi.engines.phenotype.sources import ontology_folder

os.environ.setdefault("NUMBA_CACHE_DIR", str((ontology_folder().parent / "numba").absolute()))

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def finding_row(
    ancestors: Any,
    term: int,
    own_indptr: Any,
    own_column: Any,
    own_frequency: Any,
    direct_indptr: Any,
    direct_column: Any,
    direct_frequency: Any,
    kin_indptr: Any,
    kin_column: Any,
    kin_frequency: Any,
    background: Any,
    kin_share: Any,
    exact_share: float,
    noise: float,
    out: Any,
) -> None:
    """Fill `out` (float32, one value a disease) with log(ratio + noise); see `Model` for the ratio's definition."""
    n = out.shape[0]
    exact = np.zeros(n, dtype=np.float32)
    common = np.zeros(n, dtype=np.float32)
    kin = np.zeros(n, dtype=np.float32)
    inverse = np.float32(1.0 / background[term])
    for place in range(own_indptr[term], own_indptr[term + 1]):
        exact[own_column[place]] = own_frequency[place] * inverse
    for ancestor in ancestors:
        inverse = np.float32(1.0 / background[ancestor])
        for place in range(direct_indptr[ancestor], direct_indptr[ancestor + 1]):
            ratio = direct_frequency[place] * inverse
            if ratio > exact[direct_column[place]]:
                exact[direct_column[place]] = ratio
        for place in range(own_indptr[ancestor], own_indptr[ancestor + 1]):
            ratio = own_frequency[place] * inverse
            if ratio > common[own_column[place]]:
                common[own_column[place]] = ratio
        for place in range(kin_indptr[ancestor], kin_indptr[ancestor + 1]):
            ratio = kin_frequency[place] * inverse
            if ratio > kin[kin_column[place]]:
                kin[kin_column[place]] = ratio
    weight = np.float32(exact_share)
    rest = np.float32(1.0 - exact_share)
    floor = np.float32(noise)
    one = np.float32(1.0)
    for column in range(n):
        share = kin_share[column]
        own = weight * exact[column] + rest * common[column]
        out[column] = np.log((one - share) * own + share * kin[column] + floor)

"""The ranking's loops as plain functions. `kernels.py` compiles them; the first patients of a process do without.

Arrays: T terms, C columns (diseases of one model), F findings. Sparse matrices by term come as indptr, column, value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NONE, FINDING, COMMON, KIN = range(4)  # through what a finding reaches a disease


def look_up(terms: Any, columns: Any, width: Any, indptr: Any, listed: Any, values: Any, table: Any) -> None:
    """Fill `table` float32[T, C], which holds zeros, with a sparse matrix's values at `terms` and `columns` of `width`.

    Listed columns lie about evenly, so the search begins where a column would then stand and widens from there.
    """
    for i in range(len(terms)):
        first, end = indptr[terms[i]], indptr[terms[i] + 1]
        for j in range(len(columns)):
            column, reach = columns[j], 8
            guess = first + (end - first) * column // width
            low, high = max(first, guess - reach), min(end, guess + reach)
            while low > first and listed[low] > column:
                reach *= 4
                low = max(first, guess - reach)
            while high < end and listed[high - 1] < column:
                reach *= 4
                high = min(end, guess + reach)
            while low < high:
                middle = (low + high) // 2
                if listed[middle] < column:
                    low = middle + 1
                else:
                    high = middle
            if low < end and listed[low] == column:
                table[i, j] = values[low]


def show(
    places: Any,
    diseases: Any,
    profile_indptr: Any,
    profile_term: Any,
    profile_frequency: Any,
    ancestor_indptr: Any,
    ancestor_indices: Any,
    own: Any,
    direct: Any,
) -> None:
    """How often each disease shows each term, itself (`direct`) or by a finding at or beneath it (`own`).

    Both float32[T, C], given as zeros. `places` int32[n]: a term's row, or -1.
    """
    for j in range(len(diseases)):
        for at in range(profile_indptr[diseases[j]], profile_indptr[diseases[j] + 1]):
            finding, frequency = profile_term[at], profile_frequency[at]
            if places[finding] >= 0:
                direct[places[finding], j] = frequency
            for above in range(ancestor_indptr[finding], ancestor_indptr[finding + 1]):
                row = places[ancestor_indices[above]]
                if row >= 0 and frequency > own[row, j]:
                    own[row, j] = frequency


def reach(
    terms: Any,
    findings: Any,
    line_indptr: Any,
    line_places: Any,
    inverse: Any,
    own: Any,
    direct: Any,
    kin: Any,
    kin_share: Any,
    exact_share: Any,
    through: Any,
    ancestors: Any,
) -> None:
    """Through what each finding reaches each disease, and at which ancestor: `through`, `ancestors`, F × C.

    Finding i has the line of ancestors `terms[line_places[line_indptr[i]:line_indptr[i + 1]]]`; `own`, `direct`, `kin`
    float32[T, C] are frequencies, `inverse` float32[T] one by the background. See `model.py` for the three channels.
    """
    for i in range(len(findings)):
        for column in range(len(kin_share)):
            exact, common, lent = np.float32(0), np.float32(0), np.float32(0)
            exact_at = common_at = lent_at = line_places[line_indptr[i]]
            for place in range(line_indptr[i], line_indptr[i + 1]):
                at = line_places[place]
                ratio = direct[at, column] * inverse[at]
                shown = own[at, column] * inverse[at]
                if terms[at] == findings[i] and shown > ratio:
                    ratio = shown
                if ratio > exact:
                    exact, exact_at = ratio, at
                if shown > common:
                    common, common_at = shown, at
                borrowed = kin[at, column] * inverse[at]
                if borrowed > lent:
                    lent, lent_at = borrowed, at
            share = kin_share[column]
            by_finding = (1 - share) * exact_share * np.float64(exact)
            by_common = (1 - share) * (1 - exact_share) * np.float64(common)
            by_kin = share * np.float64(lent)
            if by_finding <= 0 and by_common <= 0 and by_kin <= 0:
                through[i, column] = NONE
            elif by_finding >= by_common and by_finding >= by_kin:
                through[i, column], ancestors[i, column] = FINDING, terms[exact_at]
            elif by_common >= by_kin:
                through[i, column], ancestors[i, column] = COMMON, terms[common_at]
            else:
                through[i, column], ancestors[i, column] = KIN, terms[lent_at]


def meet(
    order: Any,
    findings: Any,
    through: Any,
    ancestors: Any,
    diseases: Any,
    columns: Any,
    kin_indptr: Any,
    kin_disease: Any,
    kin_weight: Any,
    profile_indptr: Any,
    profile_term: Any,
    profile_frequency: Any,
    descendant_indptr: Any,
    descendant_indices: Any,
    beneath: Any,
    lender: Any,
    met: Any,
) -> None:
    """Which finding of the disease (or of the kin that lends most: `lender`, a disease index) each finding meets.

    The most frequent one at or beneath the ancestor; of equals the patient's own, else the first: `met` int64[F, C], a
    place in `profile_term`; both are given as -1. `order` are the F · C pairs sorted by ancestor; `beneath` int32[n]
    holds zeros.
    """
    mark, marked = 0, -1
    for pair in order:
        i, j = pair // len(diseases), pair % len(diseases)
        if through[i, j] == NONE:
            continue
        if ancestors[i, j] != marked:
            marked = ancestors[i, j]
            mark += 1
            for place in range(descendant_indptr[marked], descendant_indptr[marked + 1]):
                beneath[descendant_indices[place]] = mark
        disease = diseases[j]
        if through[i, j] == KIN:
            most = np.float64(0)
            for kin in range(kin_indptr[columns[j]], kin_indptr[columns[j] + 1]):
                other, weight = kin_disease[kin], np.float64(kin_weight[kin])
                if weight < most:  # no frequency exceeds 1
                    continue
                shown = np.float32(0)
                for place in range(profile_indptr[other], profile_indptr[other + 1]):
                    if beneath[profile_term[place]] == mark and profile_frequency[place] > shown:
                        shown = profile_frequency[place]
                lent = weight * np.float64(shown)
                if lent > most or (lent == most and lent > 0 and other < lender[i, j]):
                    most, lender[i, j] = lent, other
            if lender[i, j] >= 0:
                disease = lender[i, j]
        best = -1
        for place in range(profile_indptr[disease], profile_indptr[disease + 1]):
            if beneath[profile_term[place]] != mark:
                continue
            more = best < 0 or profile_frequency[place] > profile_frequency[best]
            if more or (profile_frequency[place] == profile_frequency[best] and profile_term[place] == findings[i]):
                best = place
        met[i, j] = best


def expect(
    diseases: Any, profile_indptr: Any, profile_term: Any, profile_frequency: Any, said: Any, least: Any, expected: Any
) -> None:
    """The most frequent findings of each disease that are not `said` bool[n]; `expected` int32[C, k], given as -1.

    Most frequent first, of equals the first term; those rarer than `least` are left out.
    """
    most = expected.shape[1]
    for j in range(len(diseases)):
        places = np.full(most, -1, np.int64)
        for place in range(profile_indptr[diseases[j]], profile_indptr[diseases[j] + 1]):
            if profile_frequency[place] < least or said[profile_term[place]]:
                continue
            slot = most
            while slot > 0 and (places[slot - 1] < 0 or profile_frequency[place] > profile_frequency[places[slot - 1]]):
                slot -= 1
            for later in range(most - 1, slot, -1):
                places[later] = places[later - 1]
            if slot < most:
                places[slot] = place
        for slot in range(most):
            if places[slot] >= 0:
                expected[j, slot] = profile_term[places[slot]]


def raise_to(ancestors: Any, indptr: Any, column: Any, frequency: Any, background: Any, best: Any) -> None:
    """Raise `best` float32[n], one value a disease, to each ancestor's frequency ÷ background where that is more."""
    for ancestor in ancestors:
        inverse = np.float32(1.0 / background[ancestor])
        for place in range(indptr[ancestor], indptr[ancestor + 1]):
            ratio = frequency[place] * inverse
            if ratio > best[column[place]]:
                best[column[place]] = ratio


def log_ratios(exact: Any, common: Any, kin: Any, kin_share: Any, exact_share: Any, noise: Any, out: Any) -> None:
    """Fill `out` float32[n] with log(ratio + noise) of the three channels' best ratios."""
    weight = np.float32(exact_share)
    rest = np.float32(1.0 - exact_share)
    floor = np.float32(noise)
    one = np.float32(1.0)
    for column in range(len(out)):  # two loops: the first one is vectorised
        share = kin_share[column]
        own = weight * exact[column] + rest * common[column]
        out[column] = (one - share) * own + share * kin[column] + floor
    for column in range(len(out)):
        out[column] = np.log(out[column])

"""The loops, compiled by numba. Import this module lazily (about a second); `warm` compiles all of it at set-up.

Each kernel is a plain function below and its compiled twin under the public name: the tests run both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kakehashi.engines.phenotype.compiling import compiled

from numba import types  # isort: skip  # after compiling.py, which says where numba keeps what it compiled
from numba.extending import intrinsic  # isort: skip

BLOCK = 2048  # cases whose bounds are worked out before any is scored: a tight loop of its own


def _count_bits(context: Any, word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


count_bits: Any = intrinsic(_count_bits)


def plain_strongest(ratios: Any, indptr: Any, places: Any, cost: Any, chosen: Any, totals: Any) -> None:
    """For each case the diseases of highest total: sum over its findings of (ratio − cost), float32.

    `ratios` float32[terms, D], `cost` float32[D]; case i has the rows `places[indptr[i]:indptr[i + 1]]` of `ratios`.
    Fills `chosen` int32[cases, k] and `totals` float32[cases, k], in no order; of equals the first diseases are kept.
    """
    total = np.empty(ratios.shape[1], np.float32)
    keep = chosen.shape[1]
    for case in range(len(indptr) - 1):
        findings = indptr[case + 1] - indptr[case]
        if findings == 0:
            continue
        weight = np.float32(findings)
        for disease in range(len(total)):
            total[disease] = -weight * cost[disease]
        for place in range(indptr[case], indptr[case + 1]):
            row = ratios[places[place]]
            for disease in range(len(total)):
                total[disease] += row[disease]
        lowest = 0
        for disease in range(len(total)):
            if disease < keep:
                chosen[case, disease] = disease
                totals[case, disease] = total[disease]
                if total[disease] <= totals[case, lowest]:
                    lowest = disease
            elif total[disease] > totals[case, lowest]:
                chosen[case, lowest] = disease
                totals[case, lowest] = total[disease]
                for slot in range(keep):
                    lower = totals[case, slot] < totals[case, lowest]
                    later = totals[case, slot] == totals[case, lowest] and chosen[case, slot] > chosen[case, lowest]
                    if lower or later:
                        lowest = slot


def plain_value_rows(
    findings: Any,
    ancestor_indptr: Any,
    ancestor_indices: Any,
    descendant_indptr: Any,
    descendant_indices: Any,
    information: Any,
    own_value: Any,
    values: Any,
) -> None:
    """Fill `values` float32[Q, n]: what query finding i gets from case finding t (see `query.py`)."""
    for i in range(len(findings)):
        finding = findings[i]
        for place in range(ancestor_indptr[finding], ancestor_indptr[finding + 1]):
            ancestor = ancestor_indices[place]
            worth = information[ancestor]
            if worth > 0:
                for below in range(descendant_indptr[ancestor], descendant_indptr[ancestor + 1]):
                    term = descendant_indices[below]
                    if worth > values[i, term]:
                        values[i, term] = worth
        values[i, finding] = own_value[finding]


def plain_thermometer(values: Any, bits: Any, unit: Any, words: Any) -> None:
    """Per term: a word with ceil(value / unit) bits set for each query finding.

    Finding i owns `bits[i]` bits. The OR of the words of a case's terms then has at least (sum over query findings of
    the best value) / unit bits set: an upper bound of the query's share by one OR a finding and one population count.
    """
    for term in range(values.shape[1]):
        word = np.uint64(0)
        offset = 0
        for i in range(values.shape[0]):
            value = values[i, term]
            if value > 0 and bits[i] > 0:
                level = min(np.int64(np.ceil(value / unit)), bits[i])
                mark = ~np.uint64(0) if level >= 64 else (np.uint64(1) << np.uint64(level)) - np.uint64(1)
                word |= mark << np.uint64(offset)
            offset += bits[i]
        words[term] = word


def plain_add_bridge(rows: Any, weights: Any, indptr: Any, cases: Any, levels: Any, factor: Any, extra: Any) -> None:
    """Add factor · (query's weight × case's weight) over common diseases to `extra` float32[cases]."""
    for i in range(len(rows)):
        disease = rows[i]
        step = np.float32(factor * weights[i])
        for place in range(indptr[disease], indptr[disease + 1]):
            extra[cases[place]] += step * np.float32(levels[place])


def plain_bounds(
    first: Any,
    last: Any,
    place: Any,
    group: Any,
    terms: Any,
    extra: Any,
    words: Any,
    bound_unit: Any,
    bound_rest: Any,
    bounds: Any,
) -> None:
    """Upper bounds float32 of the scores of cases first … last, `group` findings each from `terms[place]` on."""
    for row in range(first, last):
        word = np.uint64(0)
        for at in range(place, place + group):
            word |= words[terms[at]]
        place += group
        bounds[row - first] = extra[row] + bound_unit * np.float32(count_bits(word)) + bound_rest


bounds_of = compiled(plain_bounds)


def plain_order_of(one: Any, first: Any, last: Any, other: Any, begin: Any, end: Any) -> int:
    """−1, 0 or 1: how the bytes one[first:last] stand to other[begin:end], as Python orders bytes."""
    shared = min(last - first, end - begin)
    for at in range(shared):
        if one[first + at] != other[begin + at]:
            return -1 if one[first + at] < other[begin + at] else 1
    if last - first == end - begin:
        return 0
    return -1 if last - first < end - begin else 1


order_of = compiled(plain_order_of)


def plain_find_ids(block: Any, offsets: Any, order: Any, wanted: Any, wanted_offsets: Any, rows: Any) -> None:
    """Fill `rows` int64[wanted]: the row of each wanted id, −1 where there is none; `order` lists the rows by id."""
    for number in range(len(rows)):
        begin, end = wanted_offsets[number], wanted_offsets[number + 1]
        low, high = 0, len(order)
        rows[number] = -1
        while low < high:
            middle = (low + high) // 2
            row = np.int64(order[middle])
            stands = order_of(block, np.int64(offsets[row]), np.int64(offsets[row + 1]), wanted, begin, end)
            if stands == 0:
                rows[number] = row
                break
            if stands < 0:
                low = middle + 1
            else:
                high = middle


def plain_scan(
    order: Any,
    group_start: Any,
    group_flat: Any,
    terms: Any,
    extra: Any,
    allowed: Any,
    values: Any,
    words: Any,
    share_factors: Any,
    unit: Any,
    rest: Any,
    k: Any,
    threshold: Any,
) -> Any:
    """(rows, exact scores, number scored in full): every case of a segment that can stand among the best k, ties too.

    Cases lie in groups of the same number of findings; `order` says in which order groups are visited, `share_factors`
    what a unit of value is worth in each; `unit` and `rest` are those of the bound (see `thermometer`). `threshold` is
    the k-th best score known so far. With k = 0 every case of at least `threshold` is returned.
    """
    found_rows = np.empty(256, np.int64)
    found_scores = np.empty(256, np.float64)
    found = 0
    best = np.full(max(k, 1), threshold)  # ascending; best[0] is the k-th best so far
    n_query = values.shape[0]
    scored = 0
    slack = np.float32(2e-5)
    bounds = np.empty(BLOCK, np.float32)
    for group in order:
        factor = share_factors[group]
        bound_unit = np.float32(factor * unit)
        bound_rest = np.float32(factor * rest)
        first = group_start[group]
        last = group_start[group + 1]
        place = group_flat[group]
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            bounds_of(
                start,
                stop,
                place,
                group,
                terms,
                extra,
                words,
                bound_unit,
                bound_rest,
                bounds,
            )
            for row in range(start, stop):
                if bounds[row - start] + slack < best[0] or (len(allowed) > 0 and not allowed[row]):
                    continue
                at_row = place + (row - start) * group
                scored += 1
                query_sum = np.float64(0)
                for i in range(n_query):
                    most = np.float32(0)
                    for at in range(at_row, at_row + group):
                        value = values[i, terms[at]]
                        if value > most:
                            most = value
                    query_sum += most
                score = factor * query_sum + extra[row]
                if score >= best[0]:
                    if found == len(found_rows):
                        found_rows = np.concatenate((found_rows, np.empty(found, np.int64)))
                        found_scores = np.concatenate((found_scores, np.empty(found, np.float64)))
                    found_rows[found] = row
                    found_scores[found] = score
                    found += 1
                    slot = 0
                    while slot + 1 < k and best[slot + 1] < score:
                        best[slot] = best[slot + 1]
                        slot += 1
                    if k > 0:
                        best[slot] = score
            place += group * (stop - start)
    return found_rows[:found], found_scores[:found], scored


strongest = compiled(plain_strongest)
value_rows = compiled(plain_value_rows)
thermometer = compiled(plain_thermometer)
add_bridge = compiled(plain_add_bridge)
scan = compiled(plain_scan)
find_ids = compiled(plain_find_ids)

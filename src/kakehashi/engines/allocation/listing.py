"""Every choice near the upper bound, listed: for problems where few come near, though a solver must search long.

With multipliers y on the conditions between many requests, a choice scores the upper bound less what it loses: on each
request (or few requests that a condition binds to each other) by what it takes instead of what is best there, and on
each condition by y times the room that it leaves. So whoever scores at least so much loses little on every request and
nearly fills every condition that has a multiplier. Such choices are few; they are found by listing the halves and
joining those that fit (Horowitz and Sahni 1974, J ACM 21:277), in integers throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np

from kakehashi.engines.allocation.bounding import UNIT, Bounds, contested, told_apart
from kakehashi.engines.allocation.model import Model, Row
from kakehashi.engines.allocation.solving import Part, within

MOST_TOGETHER = 128
"""Requests that conditions bind to each other are taken as one, up to so many ways to grant them."""
MOST_LISTED = 600_000
"""Halves of more than so many are not listed …"""
MOST_PAIRS = 4_000_000
"""… nor are more than so many pairs of halves looked at …"""
MOST_READ = 2_000
"""… nor more than so many choices held against the conditions that have no multiplier."""
FIRST = 24
"""Looked at first is what comes so near the bound that about so many variables are open …"""
FURTHER = 1.25
"""… then so many times more, until something is found or there would be too many."""
SPARE = 3.0
"""There are taken to be so many times more pairs than is reckoned."""
FINE = 40
"""Losses are counted in fractions of 2^−40 of the greatest that matters, rounded down."""
BINS = 256
"""How many there will be is reckoned with losses in so many bins."""
LARGEST_SUM = 2**62
NARROW = 3
"""Of a row with no more than so many totals each is joined by itself."""
SLICES = 16
"""A half is joined in so many slices by loss, each with what of the other loses little enough."""


@dataclass(frozen=True)
class Cluster:
    """Requests taken together: the ways to grant them, the one that loses least first, and what each loses."""

    ways: tuple[frozenset[int], ...]
    losses: tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """What is open to choices with a sum of at least so much.

    ``least``: the least sum beside what is settled (``taken``); ``room``: the greatest loss, in fractions of 1/UNIT;
    ``tight``: the rows with a multiplier, narrowed to what such choices must reach; ``others``: those without.
    """

    least: int
    room: int
    taken: frozenset[int]
    clusters: tuple[Cluster, ...]
    tight: tuple[Row, ...]
    others: tuple[Row, ...]


def nearest(
    model: Model,
    objective: Sequence[int],
    rows: Sequence[Row],
    free: Sequence[int],
    limits: Bounds,
    floor: int | None = None,
) -> list[frozenset[int]] | None:
    """The choices among the free variables that meet the rows and have the greatest sum of the objective, all of them;
    None where that takes more than a list can hold. ``floor``: a sum that one of them is known to reach."""
    told = sorted(told_apart(model, limits, free), reverse=True)
    lowest = min(told, default=limits.most) if floor is None else floor
    size, above, last = float(FIRST), limits.most + 1, False
    while not last:
        least = max(lowest, min(above - 1, told[int(size)] if size < len(told) else lowest))
        last = least == lowest
        among = field(model, objective, rows, free, limits, least)
        if among is not None:
            nearer = least + _too_far(among)
            if nearer >= above:
                return None
            if nearer > least:
                last = True
                among = field(model, objective, rows, free, limits, nearer)
        found = [] if among is None else listed(among, objective)
        if found or found is None:
            return found
        above = least
        size *= FURTHER
    return None


def field(
    model: Model, objective: Sequence[int], rows: Sequence[Row], free: Collection[int], limits: Bounds, least: int
) -> Field | None:
    """What is open to choices among the free variables whose sum is at least so much; None where there is none."""
    part = contested(model, limits, least, free)
    if within(rows, part) is None:
        return None
    bound, wide = _bound(model, rows, limits.multipliers, part)
    gains = {one: objective[one] * UNIT for one in part.free}
    total = sum(objective[one] for one in part.taken) * UNIT
    for row, weight in wide:
        edge = row.high if weight > 0 else row.low
        if weight and edge is not None:
            total += weight * edge
            for one, number in row.coefficients.items():
                gains[one] -= weight * number
    clusters = []
    for groups, asked in bound:
        told = []
        for picked in product(*((None, *group) for group in groups)):
            way = frozenset(one for one in picked if one is not None)
            if all(row.holds(way) for row in asked):
                told.append((-sum(gains[one] for one in way), sorted(way)))
        if not told:
            return None
        told.sort()
        total -= told[0][0]
        clusters.append(told)
    room = total - least * UNIT
    if room < 0:
        return None
    taken, still = set(part.taken), []
    for told in clusters:
        kept = [(loss - told[0][0], frozenset(way)) for loss, way in told if loss - told[0][0] <= room]
        if len(kept) == 1:
            taken |= kept[0][1]
        else:
            still.append(Cluster(tuple(way for _loss, way in kept), tuple(loss for loss, _way in kept)))
    fixed = Part(tuple(one for one in part.free if one not in taken), frozenset(taken - part.taken))
    tight: list[Row] = []
    others: list[Row] = []
    for row, weight in wide:
        if weight > 0 and row.high is not None:
            reach = row.high - room // weight
            row = Row(row.coefficients, reach if row.low is None else max(reach, row.low), row.high)
        elif weight < 0 and row.low is not None:
            reach = row.low + room // -weight
            row = Row(row.coefficients, row.low, reach if row.high is None else min(reach, row.high))
        kept_rows = within([row], fixed)
        if kept_rows is None:
            return None
        (tight if weight else others).extend(map(_clamped, kept_rows))
    settled = sum(objective[one] for one in taken)
    return Field(least - settled, room, frozenset(taken), tuple(still), tuple(tight), tuple(others))


def _clamped(row: Row) -> Row:
    """The same row with no bound beyond what its sum can be."""
    least = sum(number for number in row.coefficients.values() if number < 0)
    most = sum(row.coefficients.values()) - least
    return Row(
        row.coefficients,
        None if row.low is None else max(row.low, least),
        None if row.high is None else min(row.high, most),
    )


def _bound(
    model: Model, rows: Sequence[Row], multipliers: Sequence[int], part: Part
) -> tuple[list[tuple[list[tuple[int, ...]], list[Row]]], list[tuple[Row, int]]]:
    """Requests that rows bind to each other, with those rows; and the rows between many, with their multipliers."""
    free = frozenset(part.free)
    groups = [tuple(one for one in group if one in free) for group in model.groups]
    groups = [group for group in groups if group]
    number_of = {one: number for number, group in enumerate(groups) for one in group}
    together = [[number] for number in range(len(groups))]
    inside: list[list[Row]] = [[] for _group in groups]
    asked = list(zip(rows, multipliers, strict=True))
    asked += [(Row(dict.fromkeys(group, 1), low=1), 0) for group in part.must]
    wide: list[tuple[Row, int]] = []
    reduced = []
    for row, weight in asked:
        settled = row.of(part.taken)
        kept = {one: coefficient for one, coefficient in row.coefficients.items() if coefficient and one in free}
        low = None if row.low is None else row.low - settled
        high = None if row.high is None else row.high - settled
        reduced.append((len({number_of[one] for one in kept}), Row(kept, low, high), weight))
    reduced.sort(key=lambda one: one[0])
    for _size, row, weight in reduced:
        homes = {id(together[number_of[one]]): together[number_of[one]] for one in row.coefficients}
        members = sorted(number for home in homes.values() for number in home)
        if not members or prod(len(groups[number]) + 1 for number in members) > MOST_TOGETHER:
            wide.append((row, weight))
            continue
        held = [*(one for number in members for one in inside[number]), row]
        for number in members:
            together[number] = members
            inside[number] = []
        inside[members[0]] = held
    return [
        ([groups[number] for number in members], inside[members[0]])
        for first, members in enumerate(together)
        if members[0] == first
    ], wide


@dataclass(frozen=True)
class Half:
    """Every way to grant some clusters that loses little enough.

    ``loss``; ``sums``: of the objective and of each tight row, a line each; ``steps``: for each cluster, which way
    before it each continues, and which of its ways it takes.
    """

    loss: Any
    sums: Any
    steps: tuple[tuple[Cluster, Any, Any], ...]

    def chosen(self, number: int) -> frozenset[int]:
        found: set[int] = set()
        for cluster, before, way in reversed(self.steps):
            found |= cluster.ways[way[number]]
            number = before[number]
        return frozenset(found)


def _ordered(clusters: Sequence[Cluster]) -> list[Cluster]:
    """By the least that is lost by not taking what is best."""
    return sorted(clusters, key=lambda one: one.losses[1])


def _counts(clusters: Sequence[Cluster], room: int) -> list[Any]:
    """About how many ways the first so many clusters have by what they lose, in bins of the room."""
    bins = np.zeros(BINS + 1)
    bins[0] = 1.0
    counts = [bins]
    for cluster in clusters:
        after = np.zeros(BINS + 1)
        for loss in cluster.losses:
            place = loss * BINS // room if room else 0
            after[place:] += bins[: BINS + 1 - place]
        bins = after
        counts.append(bins)
    return counts


def _too_far(among: Field) -> int:
    """By how much the least sum would have to be greater for about as many pairs as may be looked at."""
    counts = np.cumsum(_counts(among.clusters, among.room)[-1])
    shares = sorted(_share(row, among.clusters) for row in among.tight)
    narrow = min((_share(row, among.clusters) for row in among.tight if _width(row) <= NARROW), default=1.0)
    bins = np.arange(BINS + 1) / BINS
    pairs = counts * (shares[0] * bins if shares else 1.0) * (narrow if len(shares) > 1 and narrow > shares[0] else 1.0)
    within_reach = np.flatnonzero(pairs * SPARE <= MOST_PAIRS)
    if len(within_reach) == BINS + 1:
        return 0
    place = int(within_reach[-1]) if len(within_reach) else 0
    return -(-(among.room * (BINS - place) // BINS) // UNIT)


def _share(row: Row, clusters: Sequence[Cluster]) -> float:
    """About what part of all ways keep a row, were their sums spread evenly over four standard deviations."""
    if row.low is None or row.high is None:
        return 1.0
    spread = sum(float(np.var([float(row.of(way)) for way in cluster.ways])) for cluster in clusters) ** 0.5
    return float(min(1.0, (row.high - row.low + 1) / (4.0 * spread + 1.0)))


def listed(open_field: Field, objective: Sequence[int]) -> list[frozenset[int]] | None:
    """The choices of the field that meet the rows and have the greatest sum; empty where none does; None where there
    would be too many to look at."""
    clusters = _ordered(open_field.clusters)
    upwards, downwards = (
        [float(one.sum()) for one in _counts(part, open_field.room)] for part in (clusters, clusters[::-1])
    )
    sizes = [one + other for one, other in zip(upwards, downwards[::-1], strict=True)]
    split = sizes.index(min(sizes))
    if sizes[split] > MOST_LISTED:
        return None
    shift = max(0, open_field.room.bit_length() - FINE)
    room = open_field.room >> shift
    tight = sorted(open_field.tight, key=lambda row: _share(row, clusters))
    lines = [Row(dict(enumerate(objective)), low=open_field.least), *tight]
    if any(sum(map(abs, row.coefficients.values())) >= LARGEST_SUM for row in lines):
        return None
    halves = [_half(part[::-1], lines, room, shift) for part in (clusters[:split], clusters[split:])]
    found: list[tuple[Any, Any, Any]] = []
    for pairs in _joined(halves[0], halves[1], lines, room):
        if pairs is None:
            return None
        found.append(pairs)
    if not found:
        return []
    sums, ones, others = (np.concatenate(parts) for parts in zip(*found, strict=True))
    best: list[frozenset[int]] = []
    reached = 0
    for number, at in enumerate(np.argsort(-sums, kind="stable")):
        if best and sums[at] < reached:
            break
        if number >= MOST_READ:
            return None
        chosen = halves[0].chosen(int(ones[at])) | halves[1].chosen(int(others[at]))
        if all(row.holds(chosen) for row in open_field.others):
            best.append(chosen | open_field.taken)
            reached = sums[at]
    return best


def _half(clusters: Sequence[Cluster], lines: Sequence[Row], room: int, shift: int) -> Half:
    loss, sums = np.zeros(1, np.int64), np.zeros((1, len(lines)), np.int64)
    steps = []
    for cluster in clusters:
        lost = np.array([one >> shift for one in cluster.losses], dtype=np.int64)
        kept = [np.flatnonzero(loss <= room - one) for one in lost]
        before = np.concatenate(kept)
        way = np.repeat(np.arange(len(kept)), [len(one) for one in kept])
        more = np.array([[row.of(one) for row in lines] for one in cluster.ways], dtype=np.int64)
        loss = loss[before] + lost[way]
        sums = sums[before] + more[way]
        steps.append((cluster, before, way))
    return Half(loss, np.ascontiguousarray(sums.T), tuple(steps))


def _joined(one: Half, other: Half, lines: Sequence[Row], room: int) -> Iterator[tuple[Any, Any, Any] | None]:
    """The pairs of ways that keep all lines and lose no more than the room: (sums, places in one, places in the other);
    None where there are too many to look at."""
    key = 1 if len(lines) > 1 else 0
    by_loss, by_key = np.argsort(one.loss, kind="stable"), np.argsort(other.sums[key], kind="stable")
    losses, total = other.loss[by_key], 0
    edges = sorted({len(by_loss) * number**3 // SLICES**3 for number in range(SLICES + 1)})
    for start, stop in pairwise(edges):
        mine = by_loss[start:stop]
        yours = by_key[losses <= room - one.loss[mine[0]]]
        for a, b, low, high in _fitting(one, other, lines, mine, yours):
            counts = np.maximum(0, high - low)
            pairs = int(counts.sum())
            total += pairs
            if total > MOST_PAIRS:
                yield None
                return
            first = np.repeat(np.arange(len(a)), counts)
            a, b = a[first], b[np.arange(pairs) + (low - np.cumsum(counts) + counts)[first]]
            for line, row in enumerate(lines):
                told = one.sums[line, a] + other.sums[line, b]
                good = np.ones(len(a), dtype=bool)
                if row.low is not None:
                    good &= told >= row.low
                if row.high is not None:
                    good &= told <= row.high
                a, b = a[good], b[good]
            if len(a):
                yield one.sums[0, a] + other.sums[0, b], a, b


def _fitting(
    one: Half, other: Half, lines: Sequence[Row], mine: Any, yours: Any
) -> Iterator[tuple[Any, Any, Any, Any]]:
    """For ways of one half the stretch of ways of the other that keep the first tight row, separately for each total of
    a narrow one. ``yours`` are in the order of the first. Yields places in one and in the other, starts, ends."""
    line = 1 if len(lines) > 1 else 0
    key = lines[line]

    def stretches(a: Any, b: Any) -> tuple[Any, Any, Any, Any]:
        ours, theirs = one.sums[line, a], other.sums[line, b]
        low = np.zeros(len(a), np.int64) if key.low is None else np.searchsorted(theirs, key.low - ours, side="left")
        if key.high is None:
            return a, b, low, np.full(len(a), len(b))
        return a, b, low, np.searchsorted(theirs, key.high - ours, side="right")

    narrow = next((number for number, row in enumerate(lines) if number > line and _width(row) <= NARROW), None)
    if narrow is None:
        yield stretches(mine, yours)
        return
    least, most = lines[narrow].low or 0, lines[narrow].high or 0
    ours, theirs = one.sums[narrow, mine], other.sums[narrow, yours]
    for total in np.unique(ours):
        yield stretches(mine[ours == total], yours[(theirs >= least - total) & (theirs <= most - total)])


def _width(row: Row) -> int:
    return LARGEST_SUM if row.low is None or row.high is None else row.high - row.low

"""Where each symbol stands across the page: children beneath the middle of their parents, partners at arm's length.

Every row in turn is moved to where its relatives want it, at the least squared distance that keeps neighbours apart:
isotonic regression by pooling adjacent violators, which is exact; sweeps go on until nothing moves.
"""

from collections.abc import Sequence
from itertools import pairwise

from kakehashi.engines.pictures.pedigree.ordering import Grid, Link

SWEEPS = 150
STILL = 0.05
"""In pixels: less than this in a whole sweep is rest."""
FAR_PARTNER, PARENTS, CHILDREN = 0.05, 1.0, 1.0
PULLS = ((1.0, 0.3), (0.06, 0.003), (0.2, 0.03), (0.5, 0.1))
"""How partners, and siblings, draw each other: at first strongly, so that the family draws together, then hardly, so
that children come to stand beneath the middle of their parents. Where that pulls the family out of shape (relatives
who marry can make it grow without end), each stronger pull in turn."""
OUT_OF_SHAPE = 1.25
"""So many times wider than when drawn together."""
STRANGERS, STAND_IN = 1.3, 0.6
"""Distances to a neighbour who is no relative, and from or to a stand-in, in units."""


def across(grid: Grid, unit: float) -> dict[int, float]:
    """The x of every node's middle, the leftmost at 0; neighbours in a row stand a unit apart, stand-ins nearer."""
    x: dict[int, float] = {}
    edge = [-unit * STRANGERS] * len(grid.rows)
    for family in grid.families:
        part = Grid(
            rows=[[node for node in row if node in family] for row in grid.rows],
            pairs=[pair for pair in grid.pairs if pair[0] in family],
            links=[link for link in grid.links if link.tops[0] in family],
            people=grid.people,
        )
        found = _settled(part, unit)
        ends = [(found[row[0]], found[row[-1]]) if row else None for row in part.rows]
        shift = max(right + unit * STRANGERS - end[0] for right, end in zip(edge, ends, strict=True) if end)
        edge = [end[1] + shift if end else right for right, end in zip(edge, ends, strict=True)]
        x |= {node: value + shift for node, value in found.items()}
    left = min(x.values(), default=0.0)
    return {node: round(value - left, 1) for node, value in x.items()}


def _settled(grid: Grid, unit: float) -> dict[int, float]:
    """The same for one connected family, wherever it stands."""
    kin = {frozenset((one, other)) for one, other, _ in grid.pairs}
    kin |= {frozenset((one, other)) for link in grid.links for one in link.bottoms for other in link.bottoms}
    gaps = [[unit * _gap(one, other, grid.people, kin) for one, other in pairwise(row)] for row in grid.rows]
    x = {node: sum(between[:at]) for row, between in zip(grid.rows, gaps, strict=True) for at, node in enumerate(row)}
    together = x
    for pull in PULLS:
        x = dict(together)
        for _ in range(SWEEPS):
            moved = 0.0
            for level in [*range(len(grid.rows)), *reversed(range(len(grid.rows)))]:
                moved = max(moved, _settle(grid, level, gaps[level], x, pull))
            if moved < STILL:
                break
        if pull == PULLS[0]:
            together = x
        elif _width(x) <= OUT_OF_SHAPE * _width(together):
            return x
    return together


def _width(x: dict[int, float]) -> float:
    return max(x.values()) - min(x.values())


def _gap(one: int, other: int, people: int, kin: set[frozenset[int]]) -> float:
    if one >= people or other >= people:
        return STAND_IN
    return 1.0 if frozenset((one, other)) in kin else STRANGERS


def _settle(grid: Grid, level: int, gaps: Sequence[float], x: dict[int, float], pull: tuple[float, float]) -> float:
    """Move one row; how far its farthest node went."""
    row, (partner, siblings) = grid.rows[level], pull
    wishes: dict[int, list[tuple[float, float]]] = {node: [(x[node], 0.01)] for node in row}
    place = {node: at for at, node in enumerate(row)}
    for one, other, _ in grid.pairs:
        if one in place:
            left, right = sorted((one, other), key=place.__getitem__)
            near = place[right] - place[left] == 1
            gap = sum(gaps[place[left] : place[right]])
            middle, weight = (x[left] + x[right]) / 2, partner if near else FAR_PARTNER
            wishes[left].append((middle - gap / 2, weight))
            wishes[right].append((middle + gap / 2, weight))
    for link in grid.links:
        if link.level == level:
            shift = _middle(link.bottoms, x) - _mean(link, x)
            for node in link.tops:
                wishes[node].append((x[node] + shift, CHILDREN))
        elif link.level == level - 1:
            shift = _mean(link, x) - _middle(link.bottoms, x)
            for node in link.bottoms:
                wishes[node].append((x[node] + shift, PARENTS))
                wishes[node].append((_middle(link.bottoms, x), siblings))
    weights = [sum(weight for _, weight in wishes[node]) for node in row]
    wanted = [sum(at * weight for at, weight in wishes[node]) / total for node, total in zip(row, weights, strict=True)]
    moved = 0.0
    for node, value in zip(row, _apart(wanted, weights, gaps), strict=True):
        moved = max(moved, abs(value - x[node]))
        x[node] = value
    return moved


def _middle(nodes: Sequence[int], x: dict[int, float]) -> float:
    at = [x[node] for node in nodes]
    return (min(at) + max(at)) / 2


def _mean(link: Link, x: dict[int, float]) -> float:
    return sum(x[node] for node in link.tops) / len(link.tops)


def _apart(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The nearest places to those wanted, by weighted least squares, at least the gaps apart."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []
    for value, weight, offset in zip(wanted, weights, offsets, strict=False):
        pool = (value - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            heavy = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / heavy, heavy, before[2] + pool[2])
        pools.append(pool)
    flat = [value for value, _, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=False)]

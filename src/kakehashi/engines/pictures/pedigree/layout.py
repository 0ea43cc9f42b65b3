"""The whole plan of a pedigree before it is drawn: symbols, numbers, and every line with its corners.

Lines of one gap between generations run at different heights where they would lie on each other; a couple that cannot
stand side by side is joined above its row, and its children's line comes down between two symbols.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.pedigree.family import Individual, Pedigree
from kakehashi.engines.pictures.pedigree.ordering import Grid, Link, arranged
from kakehashi.engines.pictures.pedigree.placing import across

HALF = 16.0
"""Half a symbol's width."""
TEXT_LINE, LABEL_SIZE, BESIDE = 15, 12, 5.0
NARROW, LABEL_ROOM = 64.0, 110.0
LEFT, RIGHT, TOP, FOOT = 76.0, 32.0, 26.0, 8.0
BAR_STEP, ARC_STEP, BAR_ROOM, DROP_ROOM = 9.0, 8.0, 12.0, 20.0

Point = tuple[float, float]
Kind = Literal["partners", "children", "twins"]


@dataclass(frozen=True)
class Place:
    """Where a person stands: the middle of the symbol, the number within the generation (from 1), label lines."""

    person: Individual
    x: float
    y: float
    generation: int
    number: int
    label: tuple[str, ...] = ()
    beside: bool = False  # texts stand right of a line that leaves the symbol downwards


@dataclass(frozen=True)
class Line:
    """A line through its corners; ``double``: partners who are related."""

    kind: Kind
    corners: tuple[Point, ...]
    double: bool = False


@dataclass
class Layout:
    """Everything to draw, in pixels. ``unsure``: where a "?" says that the twins' zygosity is not known."""

    width: float = 0.0
    height: float = 0.0
    places: list[Place] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    unsure: list[Point] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)


@dataclass
class _Bar:
    """One link of a gap while its height is sought."""

    link: Link
    births: list[list[int]]  # twins together
    top: float
    ends: list[float]
    rank: int = 0  # 0 is the highest
    y: float = 0.0

    @property
    def left(self) -> float:
        return min(self.top, *self.ends)

    @property
    def right(self) -> float:
        return max(self.top, *self.ends)

    @property
    def straight(self) -> bool:
        return self.right - self.left < 1.5

    def meets(self, other: "_Bar") -> bool:
        return self.left < other.right + 6 and other.left < self.right + 6

    def crossings_above(self, other: "_Bar") -> int:
        """Lines that cross when this bar runs above the other."""
        return int(self.left < other.top < self.right) + sum(other.left < end < other.right for end in self.ends)


def lay_out(pedigree: Pedigree) -> Layout:
    """The plan of a pedigree; the same family gives the same plan."""
    grid = arranged(pedigree)
    labels = [tuple(wrap(one.label, LABEL_ROOM / LABEL_SIZE)) if one.label else () for one in pedigree.individuals]
    widest = max((ems(line) for lines in labels for line in lines), default=0.0)
    alone = {link.tops[0] for link in grid.links if len(link.tops) == 1}
    reach = widest * LABEL_SIZE / 2  # of a label, to the right of its symbol's middle
    if any(labels[node] for node in alone if node < grid.people):
        reach = widest * LABEL_SIZE + BESIDE
    unit = max(NARROW, math.ceil(widest * LABEL_SIZE / 2 + reach) + 14.0)
    x = {node: value + LEFT for node, value in across(grid, unit).items()}
    for link in grid.links:
        if link.marriage and abs(x[link.bottoms[0]] - x[link.tops[0]]) < HALF / 2:
            x[link.bottoms[0]] = x[link.tops[0]]
    arcs = [_arcs(grid, row, x) for row in grid.rows]
    bars = [_bars(grid, level, x) for level in range(len(grid.rows))]
    plan = Layout()
    y = TOP + HALF
    for level, row in enumerate(grid.rows):
        y += ARC_STEP * max(arcs[level].values(), default=0)
        plan.heights.append(y)
        lines = max((len(labels[node]) for node in row if node < grid.people), default=0)
        y += HALF + TEXT_LINE * (1 + lines) + BAR_ROOM
        for bar in bars[level]:
            bar.y = y + bar.rank * BAR_STEP
        y = max([y, *(bar.y for bar in bars[level])]) + DROP_ROOM + HALF
    plan.height = y - DROP_ROOM - HALF - BAR_ROOM + FOOT
    plan.width = max(x.values(), default=LEFT) + max(HALF, reach) + RIGHT
    _stand(plan, pedigree, grid, labels, x, alone)
    for level, row in enumerate(grid.rows):
        _join(plan, grid, row, arcs[level], x, plan.heights[level])
        for bar in bars[level]:
            height = arcs[level].get(bar.link.tops, 0)
            start = plan.heights[level] - (HALF + ARC_STEP * height if height else 0.0)
            _drop(plan, pedigree, bar, start, x)
    return plan


def _stand(
    plan: Layout,
    pedigree: Pedigree,
    grid: Grid,
    labels: Sequence[tuple[str, ...]],
    x: dict[int, float],
    alone: set[int],
) -> None:
    for level, row in enumerate(grid.rows):
        people = [node for node in row if node < grid.people]
        for number, node in enumerate(people, start=1):
            person = pedigree.individuals[node]
            plan.places.append(
                Place(person, x[node], plan.heights[level], level, number, labels[node], beside=node in alone)
            )


def _arcs(grid: Grid, row: Sequence[int], x: dict[int, float]) -> dict[tuple[int, ...], int]:
    """The couples of a row who do not stand side by side, each with the height (1, 2, …) of its line above the row."""
    place = {node: at for at, node in enumerate(row)}
    apart = [(one, other) for one, other, _ in grid.pairs if one in place and abs(place[one] - place[other]) > 1]
    found: dict[tuple[int, ...], int] = {}
    for pair in sorted(apart, key=lambda pair: abs(x[pair[0]] - x[pair[1]])):
        low, high = sorted(x[node] for node in pair)
        met = [
            height
            for other, height in found.items()
            if min(x[n] for n in other) < high and max(x[n] for n in other) > low
        ]
        found[pair] = max(met, default=0) + 1
    return found


def _top(grid: Grid, link: Link, x: dict[int, float]) -> float:
    """Where a link's line leaves its couple (between two symbols, when others stand between them) or its parent."""
    middle = sum(x[node] for node in link.tops) / len(link.tops)
    row = grid.rows[link.level]
    first, last = min(row.index(node) for node in link.tops), max(row.index(node) for node in link.tops)
    if last - first < 2:
        return middle
    joined = {frozenset(pair[:2]) for pair in grid.pairs}
    gaps = list(pairwise(row[first : last + 1]))
    free = [gap for gap in gaps if frozenset(gap) not in joined] or gaps
    return min(((x[one] + x[other]) / 2 for one, other in free), key=lambda at: abs(at - middle))


def _bars(grid: Grid, level: int, x: dict[int, float]) -> list[_Bar]:
    """The links beneath a row, those that meet at different heights (0, 1, …), the order with fewer crossings."""
    bars = [_bar(grid, link, x) for link in grid.links if link.level == level]
    wins = {id(bar): 0 for bar in bars}
    meeting = [(one, other) for one, other in combinations(bars, 2) if one.meets(other)]
    for one, other in meeting:
        above, below = one.crossings_above(other), other.crossings_above(one)
        wins[id(one)] += below - above
        wins[id(other)] += above - below
    placed: list[_Bar] = []
    for bar in sorted(bars, key=lambda bar: (-wins[id(bar)], bar.left)):
        if not bar.straight:
            met = [other.rank for other in placed if not other.straight and other.meets(bar)]
            bar.rank = max(met, default=-1) + 1
        placed.append(bar)
    return bars


def _bar(grid: Grid, link: Link, x: dict[int, float]) -> _Bar:
    births: dict[str, list[int]] = {}
    for node in link.bottoms:
        births.setdefault(grid.twins.get(node, f"\0{node}"), []).append(node)
    ends = [sum(x[node] for node in nodes) / len(nodes) for nodes in births.values()]
    top = _top(grid, link, x)
    left, right = min(x[node] for node in link.tops), max(x[node] for node in link.tops)
    if len(ends) == 1 and top == (left + right) / 2 and left + HALF + 4 < ends[0] < right - HALF - 4:
        top = ends[0]  # an only child hangs straight from its parents' line
    return _Bar(link, list(births.values()), top, ends)


def _join(
    plan: Layout,
    grid: Grid,
    row: Sequence[int],
    arcs: dict[tuple[int, ...], int],
    x: dict[int, float],
    y: float,
) -> None:
    """The lines between the partners of a row; one above the row leaves the symbols beside their middles."""
    for one, other, couple in grid.pairs:
        if one not in row:
            continue
        height = arcs.get((one, other))
        left, right = sorted((x[one], x[other]))
        if height is None:
            corners: tuple[Point, ...] = ((left, y), (right, y))
        else:
            above, step = y - HALF - ARC_STEP * height, HALF / 2
            corners = ((left + step, y), (left + step, above), (right - step, above), (right - step, y))
        plan.lines.append(Line("partners", corners, couple.related))


def _drop(plan: Layout, pedigree: Pedigree, bar: _Bar, start: float, x: dict[int, float]) -> None:
    """A link's lines: down from above, along the bar, down to each below; twins share one point of the bar."""
    link, under = bar.link, plan.heights[bar.link.level + 1]
    if link.marriage:
        (end,) = link.bottoms
        corners = ((bar.top, start), (bar.top, bar.y), (x[end], bar.y), (x[end], under))
        plan.lines.append(Line("partners", corners, link.couple.related))
        return
    top = bar.ends[0] if bar.straight else bar.top
    plan.lines.append(Line("children", ((top, start), (top, bar.y))))
    if not bar.straight:
        plan.lines.append(Line("children", ((bar.left, bar.y), (bar.right, bar.y))))
    for at, nodes in zip(bar.ends, bar.births, strict=True):
        if len(nodes) == 1:
            plan.lines.append(Line("children", ((at, bar.y), (at, under))))
        else:
            _twins(
                plan, [pedigree.individuals[node] for node in nodes], (at, bar.y), [x[node] for node in nodes], under
            )


def _twins(plan: Layout, people: Sequence[Individual], point: Point, ends: Sequence[float], under: float) -> None:
    """Slanting lines from one point; joined by a bar when identical, with a "?" when nobody knows."""
    foot = under - HALF
    plan.lines += [Line("children", (point, (end, foot))) for end in ends]
    half = (point[1] + foot) / 2
    if all(one.identical for one in people):
        plan.lines.append(Line("twins", (((point[0] + min(ends)) / 2, half), ((point[0] + max(ends)) / 2, half))))
    elif any(one.identical is None for one in people):
        plan.unsure.append((point[0], foot - 2))

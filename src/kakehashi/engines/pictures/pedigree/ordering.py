"""The order of each generation, left to right: partners side by side, then few crossings, then the family's own order.

Layered drawing after Sugiyama, Tagawa and Toda (1981), with the two-layer crossing count between generations. Nodes
are numbers: people first, in the family's order, then stand-ins where a line passes a generation on its way down.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, groupby, islice
from operator import itemgetter

from kakehashi.engines.pictures.pedigree.family import Couple, Pedigree

APART, TWINS_APART, CROSSING = 50.0, 10.0, 1.0
AGE, WOMAN_LEFT, BETWEEN_SIBLINGS = 0.04, 0.02, 0.005
ROUNDS = 3
MOST_TRIED = 4000
"""So many orders of one generation are looked at in one go; beyond it the best so far stands."""


@dataclass(frozen=True)
class Link:
    """A line from one row to the next: from the middle of a couple, a parent or a stand-in to those below it.

    ``marriage``: the line is a partner's way down to the other partner's generation, not a sibship's.
    """

    level: int
    tops: tuple[int, ...]
    bottoms: tuple[int, ...]
    couple: Couple
    marriage: bool = False


@dataclass
class Grid:
    """People and stand-ins in rows, the pairs within a row, and the links between rows."""

    rows: list[list[int]] = field(default_factory=list)
    pairs: list[tuple[int, int, Couple]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    people: int = 0
    twins: dict[int, str] = field(default_factory=dict)
    families: list[set[int]] = field(default_factory=list)


def arranged(pedigree: Pedigree) -> Grid:
    """The grid with its rows in their final order."""
    number = {name: at for at, name in enumerate(pedigree.people)}
    levels = [pedigree.generation[name] for name in pedigree.people]
    grid = Grid(people=len(levels))
    grid.twins = {number[one.id]: one.twins for one in pedigree.individuals if one.twins}
    for couple in pedigree.all_couples:
        _link(
            grid, couple, [number[name] for name in couple.partners], [number[name] for name in couple.children], levels
        )
    _first_order(grid, levels)
    _improve(grid)
    grid.families = _families(grid, len(levels))
    home = {node: at for at, family in enumerate(grid.families) for node in family}
    grid.rows = [sorted(row, key=home.__getitem__) for row in grid.rows]
    return grid


def _families(grid: Grid, nodes: int) -> list[set[int]]:
    """The connected parts, in the order of their first members."""
    home = {node: {node} for node in range(nodes)}
    ties = [(one, other) for one, other, _ in grid.pairs]
    ties += [(link.tops[0], other) for link in grid.links for other in (*link.tops, *link.bottoms)]
    for one, other in ties:
        if home[one] is not home[other]:
            home[one] |= home[other]
            home.update(dict.fromkeys(home[other], home[one]))
    return list({id(family): family for family in home.values()}.values())


def _link(grid: Grid, couple: Couple, partners: list[int], children: list[int], levels: list[int]) -> None:
    low = max(levels[one] for one in partners)
    tops = []
    for one in partners:
        for level in range(levels[one], low):
            levels.append(level + 1)
            grid.links.append(Link(level, (one,), (len(levels) - 1,), couple, marriage=True))
            one = len(levels) - 1
        tops.append(one)
    if len(tops) == 2:
        grid.pairs.append((tops[0], tops[1], couple))
    level = low
    while left := [child for child in children if levels[child] > level]:
        here = [child for child in left if levels[child] == level + 1]
        if len(here) < len(left):
            levels.append(level + 1)
            here.append(len(levels) - 1)
        grid.links.append(Link(level, tuple(tops), tuple(here), couple))
        tops = here[-1:]
        level += 1


def _first_order(grid: Grid, levels: Sequence[int]) -> None:
    """Depth first from the eldest: a person, their partners, their children."""
    grid.rows = [[] for _ in range(max(levels, default=-1) + 1)]
    partners: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for one, other, _ in grid.pairs:
        partners.setdefault(one, []).append(other)
        partners.setdefault(other, []).append(one)
    for link in grid.links:
        for top in link.tops:
            below.setdefault(top, []).extend(link.bottoms)
    placed: set[int] = set()

    def place(node: int) -> None:
        if node in placed:
            return
        placed.add(node)
        grid.rows[levels[node]].append(node)
        for partner in partners.get(node, []):
            if partner not in placed:
                placed.add(partner)
                grid.rows[levels[partner]].append(partner)
        for child in (child for one in (node, *partners.get(node, [])) for child in below.get(one, [])):
            place(child)

    for node in sorted(range(len(levels)), key=lambda node: (levels[node], node)):
        place(node)


def _improve(grid: Grid) -> None:
    """Sweeps down, up, then both ways, until nothing gets better; the best of all is kept."""
    last = len(grid.rows) - 1
    best, least = [list(row) for row in grid.rows], _total(grid)
    down, up = range(last + 1), range(last, -1, -1)
    sweeps = ((down, True, False), (up, False, True), (down, True, True), (up, True, True))
    for _ in range(ROUNDS):
        before = least
        for levels, above, below in sweeps:
            for level in levels:
                _improve_row(grid, level, above=above, below=below)
            if (total := _total(grid)) < least - 1e-9:
                best, least = [list(row) for row in grid.rows], total
        if least >= before:
            break
    grid.rows = best


def _improve_row(grid: Grid, level: int, *, above: bool, below: bool) -> None:
    """Take every move that makes the row better, one after the other, until none of them does."""
    cost = _row_cost(grid, level, above=above, below=below)
    row = grid.rows[level]
    least, in_vain = cost(row), 0
    moves = _moves(len(row))
    for length, start, to in islice(cycle(moves), MOST_TRIED):
        run, rest = row[start : start + length], row[:start] + row[start + length :]
        changed = rest[:to] + (run[::-1] if to == start else run) + rest[to:]
        if (now := cost(changed)) < least - 1e-9:
            row, least, in_vain = changed, now, 0
        else:
            in_vain += 1
        if in_vain >= len(moves) or least <= 0:
            break
    grid.rows[level] = row


def _moves(size: int) -> list[tuple[int, int, int]]:
    """A run of neighbours (its length and start) and where it goes; where it stands already, it is turned round."""
    longest = size if size <= 8 else 5
    return [
        (length, start, to)
        for length in range(1, longest + 1)
        for start in range(size - length + 1)
        for to in range(size - length + 1)
        if length > 1 or to != start
    ]


def _row_cost(grid: Grid, level: int, *, above: bool, below: bool) -> Callable[[list[int]], float]:
    members = set(grid.rows[level])
    pairs = [(one, other) for one, other, _ in grid.pairs if one in members]
    upper = [link for link in grid.links if link.level == level - 1]
    lower = [link for link in grid.links if link.level == level]
    sibships = [link.bottoms for link in upper if len(link.bottoms) > 1]
    twins = [
        [node for node in born if grid.twins.get(node) == word] for born in sibships for word in _words(grid, born)
    ]
    over = {node: at for at, node in enumerate(grid.rows[level - 1])} if level else {}
    under = {node: at for at, node in enumerate(grid.rows[level + 1])} if level + 1 < len(grid.rows) else {}

    def cost(row: list[int]) -> float:
        place = {node: at for at, node in enumerate(row)}
        total = 0.0
        for one, other in pairs:
            gap = place[other] - place[one]
            total += APART * (abs(gap) - 1)
            total += WOMAN_LEFT if gap < 0 else 0.0
        for born in sibships:
            total += BETWEEN_SIBLINGS * _spread(born, place)
            total += AGE * sum(place[a] > place[b] for at, a in enumerate(born) for b in born[at + 1 :])
        total += sum(TWINS_APART * _spread(born, place) for born in twins)
        if above:
            total += CROSSING * _crossings(upper, over, place)
        if below:
            total += CROSSING * _crossings(lower, place, under)
        return total

    return cost


def _words(grid: Grid, born: Sequence[int]) -> list[str]:
    return sorted({grid.twins[node] for node in born if node in grid.twins})


def _spread(nodes: Sequence[int], place: dict[int, int]) -> int:
    """How many others stand among the nodes."""
    at = [place[node] for node in nodes]
    return max(at) - min(at) + 1 - len(at)


def _crossings(links: Sequence[Link], over: dict[int, int], under: dict[int, int]) -> int:
    """Pairs of lines, of different links, that cross between two rows."""
    ends = [
        (sum(over[top] for top in link.tops) / len(link.tops), [under[one] for one in link.bottoms]) for link in links
    ]
    ends.sort(key=itemgetter(0))
    count, seen = 0, list[int]()
    for _, together in groupby(ends, key=itemgetter(0)):
        bottoms = [bottom for _, below in together for bottom in below]
        count += sum(len(seen) - bisect_right(seen, bottom) for bottom in bottoms)
        seen = sorted(seen + bottoms)
    return count


def _total(grid: Grid) -> float:
    """The whole grid's cost; links count once, with the row beneath them."""
    return sum(_row_cost(grid, level, above=True, below=False)(row) for level, row in enumerate(grid.rows))

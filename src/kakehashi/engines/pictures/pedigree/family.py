"""Who is in a pedigree: people, couples, who is related to whom, and in which generation each one stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

Node = TypeVar("Node", str, int)


@dataclass(frozen=True)
class Individual:
    """One person. ``affected`` None: not known. Parents are ids, empty when not drawn.

    ``twins``: the same word for all born together; ``identical`` None: zygosity not known. ``label`` stands beneath
    the symbol and may be empty.
    """

    id: str
    sex: Literal["male", "female", "unknown"] = "unknown"
    affected: bool | None = False
    father: str = ""
    mother: str = ""
    deceased: bool = False
    proband: bool = False
    label: str = ""
    twins: str = ""
    identical: bool | None = None


@dataclass(frozen=True)
class Couple:
    """Two partners, or a parent whose partner is not known, and their children in the order given."""

    partners: tuple[str, ...]
    children: tuple[str, ...]
    related: bool


@dataclass(frozen=True)
class Pedigree:
    """All that is drawn. ``couples``: partners without a child in common. Raises ValueError when it cannot be drawn."""

    individuals: Sequence[Individual]
    title: str
    language: str = "en"
    couples: Sequence[tuple[str, str]] = ()
    key: str = "pedigree"  # makes element ids unique when a page draws several

    def __post_init__(self) -> None:
        if len(self.people) != len(self.individuals):
            raise ValueError("two individuals of a pedigree have the same id")
        named = {name for one in self.individuals for name in (one.father, one.mother) if name}
        named |= {name for couple in self.couples for name in couple}
        if missing := sorted(named - self.people.keys()):
            raise ValueError(f"not among the individuals of the pedigree: {', '.join(missing)}")
        if any(one.father and one.father == one.mother for one in self.individuals):
            raise ValueError("an individual's father and mother are the same person")
        above = {one.id: {name for name in (one.father, one.mother) if name} for one in self.individuals}
        if depths(above) is None:
            raise ValueError("an individual of the pedigree is an ancestor of themselves")

    @cached_property
    def people(self) -> dict[str, Individual]:
        return {one.id: one for one in self.individuals}

    @cached_property
    def all_couples(self) -> tuple[Couple, ...]:
        """Parents of somebody, then the couples named, each once; men first where the sex is known."""
        children: dict[tuple[str, ...], list[str]] = {}
        for one in self.individuals:
            if partners := tuple(name for name in (one.father, one.mother) if name):
                children.setdefault(partners, []).append(one.id)
        known = {frozenset(partners) for partners in children}
        for first, second in self.couples:
            if first != second and frozenset((first, second)) not in known:
                known.add(frozenset((first, second)))
                swap = self.people[first].sex == "female" or self.people[second].sex == "male"
                children[(second, first) if swap else (first, second)] = []
        return tuple(
            Couple(partners, tuple(born), len(partners) == 2 and self._related(*partners))
            for partners, born in children.items()
        )

    def _related(self, first: str, second: str) -> bool:
        """Blood relations: an ancestor in common, or one the other's."""
        return bool(self.lineage(first) & self.lineage(second))

    def lineage(self, name: str) -> set[str]:
        """A person and all their ancestors."""
        found, waiting = {name}, [name]
        while waiting:
            one = self.people[waiting.pop()]
            above = {parent for parent in (one.father, one.mother) if parent} - found
            found |= above
            waiting += above
        return found

    @cached_property
    def generation(self) -> dict[str, int]:
        """From 0, children below their parents; siblings and partners level wherever that is possible."""
        return _generations(self)


def depths(above: Mapping[Node, set[Node]]) -> dict[Node, int] | None:
    """How many steps the longest way up has, for every node; None when a way leads in a circle."""
    below: dict[Node, list[Node]] = {node: [] for node in above}
    for node, parents in above.items():
        for parent in parents:
            below[parent].append(node)
    waiting = {node: len(parents) for node, parents in above.items()}
    found = {node: 0 for node, count in waiting.items() if count == 0}
    order = list(found)
    for node in order:
        for child in below[node]:
            found[child] = max(found.get(child, 0), found[node] + 1)
            waiting[child] -= 1
            if waiting[child] == 0:
                order.append(child)
    return found if len(order) == len(above) else None


def _generations(pedigree: Pedigree) -> dict[str, int]:
    group = {name: number for number, name in enumerate(pedigree.people)}
    couples = pedigree.all_couples
    by_parent: dict[str, list[str]] = {}
    for couple in couples:
        for partner in couple.partners:
            by_parent.setdefault(partner, []).extend(couple.children)
    wishes = [couple.children for couple in couples] + [couple.partners for couple in couples]
    for together in [*wishes, *by_parent.values()]:
        for other in together[1:]:
            old, new = group[other], group[together[0]]
            merged = {name: new if number == old else number for name, number in group.items()}
            if old != new and depths(_above(merged, couples)) is not None:
                group = merged
    above = _above(group, couples)
    level = depths(above) or {}
    below: dict[int, set[int]] = {number: set() for number in above}
    for number, parents in above.items():
        for parent in parents:
            below[parent].add(number)
    for number in sorted(level, key=lambda number: -level[number]):
        if below[number]:
            level[number] = min(level[child] for child in below[number]) - 1
    lowest = min(level.values(), default=0)
    return {name: level[number] - lowest for name, number in group.items()}


def _above(group: Mapping[str, int], couples: Iterable[Couple]) -> dict[int, set[int]]:
    """Which groups hold a parent of someone in a group."""
    above: dict[int, set[int]] = {number: set() for number in group.values()}
    for couple in couples:
        for child in couple.children:
            above[group[child]] |= {group[partner] for partner in couple.partners}
    return above

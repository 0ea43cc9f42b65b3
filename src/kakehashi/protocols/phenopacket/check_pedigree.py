"""Checks of a family: everybody in the pedigree, parents of the right sex, nobody their own ancestor."""

from collections.abc import Iterator
from typing import Final

from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.documents import Family, Person, Phenopacket
from kakehashi.protocols.phenopacket.problems import Problem

UNKNOWN_PARENT: Final = ("", "0")


def family(document: Family) -> Iterator[Problem]:
    """Everything wrong between a pedigree and its people."""
    if document.proband is None:
        yield checking_problem("missing-field", "$.proband", name="proband")
    if document.pedigree is None:
        yield checking_problem("missing-detail", "$.pedigree", name="pedigree")
        return
    persons = document.pedigree.persons
    by_id: dict[str, Person] = {}
    for at, person in enumerate(persons):
        where = f"$.pedigree.persons[{at}]"
        if not person.individual_id:
            yield checking_problem("missing-field", f"{where}.individualId", name="individualId")
        elif person.individual_id in by_id:
            yield checking_problem("duplicate-id", f"{where}.individualId", id=person.individual_id)
        by_id.setdefault(person.individual_id, person)
    for at, person in enumerate(persons):
        yield from _parents(f"$.pedigree.persons[{at}]", person, by_id)
    yield from _circles(persons, by_id)
    people = [("$.proband", document.proband)] if document.proband else []
    people += [(f"$.relatives[{at}]", relative) for at, relative in enumerate(document.relatives)]
    for where, packet in people:
        yield from _member(where, packet, by_id)


def _parents(where: str, person: Person, by_id: dict[str, Person]) -> Iterator[Problem]:
    for field, role, parent_id, wrong in (
        ("paternalId", "father", person.paternal_id, "FEMALE"),
        ("maternalId", "mother", person.maternal_id, "MALE"),
    ):
        if parent_id in UNKNOWN_PARENT:
            continue
        parent = by_id.get(parent_id)
        if parent is None:
            yield checking_problem("missing-person", f"{where}.{field}", id=parent_id)
        elif parent.sex == wrong:
            yield checking_problem("parent-sex", f"{where}.{field}", role=role, id=parent_id, sex=parent.sex)


def own_ancestors(parents: dict[str, set[str]]) -> set[str]:
    """Whoever is met again on the way up: those left when first all ways up, then all ways down, that end are gone."""
    return set(_without_ends(_without_ends(parents)))


def _circles(persons: list[Person], by_id: dict[str, Person]) -> Iterator[Problem]:
    known = by_id.keys() - set(UNKNOWN_PARENT)
    parents = {name: {person.paternal_id, person.maternal_id} & known for name, person in by_id.items()}
    circling = own_ancestors(parents)
    for at, person in enumerate(persons):
        if person.individual_id in circling:
            yield checking_problem("own-ancestor", f"$.pedigree.persons[{at}].individualId", id=person.individual_id)


def _without_ends(above: dict[str, set[str]]) -> dict[str, set[str]]:
    """A graph turned round, without those from whom every way up ends."""
    below: dict[str, set[str]] = {name: set() for name in above}
    for name, others in above.items():
        for other in others:
            below[other].add(name)
    left = {name: len(others) for name, others in above.items()}
    ended = [name for name, count in left.items() if count == 0]
    for name in ended:
        for other in below[name]:
            left[other] -= 1
            if left[other] == 0:
                ended.append(other)
    kept = above.keys() - set(ended)
    return {name: below[name] & kept for name in kept}


def _member(where: str, packet: Phenopacket, by_id: dict[str, Person]) -> Iterator[Problem]:
    if packet.subject is None or not packet.subject.id:
        return
    person = by_id.get(packet.subject.id)
    if person is None:
        yield checking_problem("missing-person", f"{where}.subject.id", id=packet.subject.id)
    elif {person.sex, packet.subject.sex} == {"FEMALE", "MALE"}:
        yield checking_problem(
            "pedigree-sex", f"{where}.subject.sex", id=packet.subject.id, sex=person.sex, other=packet.subject.sex
        )

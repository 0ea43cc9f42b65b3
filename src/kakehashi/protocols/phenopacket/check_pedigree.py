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


def _circles(persons: list[Person], by_id: dict[str, Person]) -> Iterator[Problem]:
    """Whoever is met again on the way up from themselves."""
    settled: set[str] = set()
    for at, person in enumerate(persons):
        start = person.individual_id
        seen: set[str] = set()
        waiting = [person.paternal_id, person.maternal_id]
        while waiting:
            parent_id = waiting.pop()
            if parent_id == start and start not in UNKNOWN_PARENT:
                yield checking_problem("own-ancestor", f"$.pedigree.persons[{at}].individualId", id=start)
                break
            if parent_id in seen or parent_id in settled or parent_id not in by_id:
                continue
            seen.add(parent_id)
            waiting += [by_id[parent_id].paternal_id, by_id[parent_id].maternal_id]
        else:
            settled.add(start)


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

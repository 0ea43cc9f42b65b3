"""Families out as GA4GH phenopacket Families with their pedigree, and what such a Family says of relatives.

The schema's pedigree has no place for who died, who was born together or further columns: these travel in a reference
of their own, ``CARRIED_ID``, so that a family that goes out and comes in again is the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from kakehashi.protocols import phenopacket
from kakehashi.protocols.ped import PedError
from kakehashi.protocols.phenopacket import to_tree
from kakehashi.protocols.phenopacket.jsontext import parse_json
from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.systems.cases.families.members import MOST_MEMBERS, Members, Relative, members_of, pedigree_of
from kakehashi.systems.cases.families.queries import SeenFamily
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.entering import phenopackets_of
from kakehashi.systems.cases.packets.reading import UnusablePacket

CARRIED_ID = "kakehashi:family"
CARRIED = {"deceased", "proband", "twins", "identical", "note", "extra"}


def family_packet(seen: SeenFamily, case: Case) -> phenopacket.Family:
    """A family as someone sees it: the proband's phenopacket (this case's where it is one), others', and the pedigree.

    A member who is a case has the id of that packet's subject, as the schema asks.
    """
    probands = {one.id for one in seen.members if one.proband}
    ordered = sorted(seen.cases.items(), key=lambda pair: (pair[0] not in probands, pair[1] != case, pair[0]))
    packets = dict(
        zip((name for name, _case in ordered), phenopackets_of([one for _name, one in ordered]), strict=True)
    )
    names = _subject_ids(seen.members, packets)
    members = tuple(
        one.model_copy(
            update={"id": names[one.id], "father": names.get(one.father, ""), "mother": names.get(one.mother, "")}
        )
        for one in seen.members
    )
    proband, *relatives = [to_tree(packet) for packet in packets.values()]
    carried = {
        one.id: said for one in members if (said := one.model_dump(mode="json", include=CARRIED, exclude_defaults=True))
    }
    meta_data = {
        "created": timezone.localtime().isoformat(timespec="seconds"),
        "createdBy": "Kakehashi",
        "phenopacketSchemaVersion": "2.0",
        "resources": proband.get("metaData", {}).get("resources", []),
        "externalReferences": [{"id": CARRIED_ID, "description": json.dumps(carried, ensure_ascii=False)}],
    }
    tree: dict[str, Any] = {
        "id": seen.name,
        "proband": proband,
        "relatives": relatives,
        "consanguinousParents": ordered[0][1].described.consanguinity == "yes",
        "pedigree": to_tree(pedigree_of(members, seen.name)),
        "metaData": meta_data,
    }
    return phenopacket.Family.model_validate({key: value for key, value in tree.items() if value not in ([], False)})


def _subject_ids(members: Members, packets: dict[str, phenopacket.Phenopacket]) -> dict[str, str]:
    """Pseudonym → id in the pedigree: the subject's for those with a packet, their own for others; each once."""
    subjects = {name: packet.subject.id for name, packet in packets.items() if packet.subject and packet.subject.id}
    names: dict[str, str] = {}
    taken = set(subjects.values())
    for one in members:
        name = subjects.get(one.id, one.id)
        while one.id not in subjects and name in taken:
            name += "'"
        taken.add(name)
        names[one.id] = name
    return names


@dataclass(frozen=True)
class ReadFamily:
    """The family that came with a patient. ``member``: the patient's id in it; ``relatives``: id in it → packet id."""

    name: str
    members: Members
    member: str
    relatives: dict[str, str]


def read_family(family: phenopacket.Family) -> ReadFamily | None:
    """What a Family says of relatives; None without a pedigree. Raises UnusablePacket at its path."""
    if family.pedigree is None or not family.pedigree.persons or family.proband is None:
        return None
    persons = family.pedigree.persons
    if len(persons) > MOST_MEMBERS:
        raise UnusablePacket(
            "$.pedigree.persons",
            f"{len(persons):,} persons are given and a family holds at most {MOST_MEMBERS}; leave out the remotest",
            f"{len(persons):,}人が記載されていますが、1家系は{MOST_MEMBERS}人までです。遠縁の人を除いてください",
        )
    subject = family.proband.subject.id if family.proband.subject else ""
    member = next((one for one in (subject, family.proband.id) if one and one in _ids(family)), "")
    if not member:
        raise UnusablePacket(
            "$.proband.subject.id",
            "the proband is not in the pedigree; give subject.id and the person's individualId the same id",
            "発端者が家系図にいません。subject.id と家系図の individualId を同じIDにしてください",
        )
    try:
        members = _with_carried(members_of(family.pedigree, proband=member), family)
    except PedError as error:
        first = error.problems[0]
        raise UnusablePacket(first.path, f"{first.en}; {first.hint_en}", f"{first.ja}。{first.hint_ja}") from None
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise UnusablePacket(
            "$.pedigree.persons",
            f"a value of {place} cannot be kept: ids have 1 to 60 printable characters",
            f"{place} の値を保存できません。IDは印字可能な1〜60文字にしてください",
        ) from None
    relatives = {
        packet.subject.id: packet.id
        for packet in family.relatives
        if packet.subject and packet.subject.id and packet.id
    }
    return ReadFamily(family.id or persons[0].family_id, members, member, relatives)


def _ids(family: phenopacket.Family) -> set[str]:
    return {person.individual_id for person in family.pedigree.persons} if family.pedigree else set()


def _with_carried(members: Members, family: phenopacket.Family) -> Members:
    """The members with what a family of ours carries beside its pedigree. Raises ValidationError."""
    references = family.meta_data.external_references if family.meta_data else []
    text = next((one.description for one in references if one.id == CARRIED_ID), "{}")
    try:
        said = parse_json(text)
    except PhenopacketError:
        said = {}
    if not isinstance(said, dict):
        return members
    carried = {name: fields for name, fields in said.items() if isinstance(fields, dict) and fields.keys() <= CARRIED}
    return tuple(
        Relative.model_validate(one.model_dump() | {"proband": one.proband} | carried.get(one.id, {}))
        for one in members
    )

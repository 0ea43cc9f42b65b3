"""Which standing case a packet is of: by its pseudonym, or by the public id under which it was exported from here."""

from __future__ import annotations

from collections.abc import Collection

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.entering import phenopackets_of
from kakehashi.systems.cases.packets.reading import ReadPacket, read_packet


def known_cases(packets: Collection[ReadPacket], *, by: Person | None, organisation: Organisation) -> dict[str, Case]:
    """The organisation's cases that packets are of, locked, by the packets' ids; within a transaction.

    A case that was never imported is exported under its public id, so that id names it again, unless a case has it as
    its pseudonym. So are named only cases that ``by`` may edit; the public id of another organisation's case names
    none. ``by=None``: the operator.
    """
    ids = {packet.packet_id for packet in packets}
    ours = Case.objects.filter(organisation=organisation)
    keys = {
        *ours.filter(local_id__in=ids).values_list("pk", flat=True),
        *ours.filter(public_id__in=[name for name in ids if name.startswith("K-")]).values_list("pk", flat=True),
    }
    found = list(Case.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    known = {case.local_id: case for case in found if case.local_id in ids}
    for case in found:
        if case.public_id in ids and (by is None or rules.may_edit(by, case)):
            known.setdefault(case.public_id, case)
    return known


def as_exported(packets: Collection[ReadPacket], known: dict[str, Case]) -> set[str]:
    """The ids of those packets that say, word for word, what their case would be exported as now."""
    of_ours = {one.packet_id: known[one.packet_id] for one in packets if one.packet_id in known}
    renamed = {name: case for name, case in of_ours.items() if name == case.public_id}
    exported = zip(renamed, phenopackets_of(list(renamed.values())), strict=True)
    now = {name: read_packet(packet).sha256 for name, packet in exported}
    return {one.packet_id for one in packets if now.get(one.packet_id) == one.sha256}

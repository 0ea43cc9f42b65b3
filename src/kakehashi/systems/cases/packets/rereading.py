"""Reading kept packets anew: what Kakehashi understands better today also reaches the cases imported before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from kakehashi.kernel import audit, events
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.protocols.phenopacket import Phenopacket
from kakehashi.systems.cases.course.diagnoses import with_recorded
from kakehashi.systems.cases.events import CasesImported
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.packets.importing import import_entry, update_from
from kakehashi.systems.cases.packets.reading import UnusablePacket, read_packet
from kakehashi.systems.cases.queries import original_packets
from kakehashi.systems.cases.states import BESIDE, CaseState, RevisionKind

AT_ONCE = 250


@dataclass
class Reread:
    """``changed``: how many cases got a new revision; ``left``: the ids of those that would read otherwise and stay."""

    changed: int = 0
    left: list[str] = field(default_factory=list)


def reread_packets(*, organisation: Organisation | None = None) -> Reread:
    """Read the packets of imported cases anew; a case that reads otherwise becomes a new revision, by the operator.

    A case that people edited since its import stays as they left it and is named, and so is one of which nothing could
    be ranked any more. Withdrawn cases are not touched. Stopped and started again, it goes on.
    """
    done = Reread()
    after = 0
    while batch := list(_imported(organisation).filter(pk__gt=after)[:AT_ONCE]):
        after = batch[-1]
        with transaction.atomic():
            _reread(batch, done)
    return done


def _imported(organisation: Organisation | None) -> QuerySet[Case, int]:
    cases = Case.objects.exclude(packet_sha256="").exclude(state=CaseState.WITHDRAWN).order_by("pk")
    cases = cases.filter(organisation=organisation) if organisation else cases
    return cases.values_list("pk", flat=True)


def _reread(keys: list[int], done: Reread) -> None:
    standing = Case.objects.exclude(state=CaseState.WITHDRAWN).filter(pk__in=keys).order_by("pk")
    cases = list(standing.select_for_update(of=("self",)).select_related("organisation"))
    latest = Revision.objects.filter(case=OuterRef("pk")).exclude(kind__in=BESIDE).order_by("-number")
    kinds = dict(Case.objects.filter(pk__in=keys).values_list("pk", Subquery(latest.values("kind")[:1])))
    originals = original_packets(cases)
    entries: list[audit.Entry] = []
    touched: list[int] = []
    for case in cases:
        try:
            packet = read_packet(Phenopacket.model_validate(json.loads(originals[case.pk].content)))
        except (KeyError, UnusablePacket):
            done.left.append(case.public_id)
            continue
        if with_recorded(case, packet.description) == case.described:
            continue
        by_people = kinds[case.pk] not in (RevisionKind.IMPORTED, RevisionKind.UPDATED)
        if by_people or not packet.description.says_something:
            done.left.append(case.public_id)
            continue
        update_from(packet, case, by=None)
        touched.append(case.pk)
        entries.append(import_entry(None, "case.update", case, case.organisation))
    if touched:
        events.publish(CasesImported(tuple(touched)))
        audit.record_many(entries)
    done.changed += len(touched)

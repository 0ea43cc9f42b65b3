"""Writing cases out as phenopackets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from kakehashi.kernel import audit
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.protocols.phenopacket import write_lines
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.entering import phenopackets_of
from kakehashi.systems.cases.states import FINDABLE

AT_ONCE = 500


def export_packets(stream: BinaryIO, *, organisation: Organisation | None = None, by: Any = "command-line") -> int:
    """Write registered cases as JSON lines, in the order they were entered; how many. Each batch is recorded first."""
    cases = Case.objects.filter(state__in=FINDABLE).order_by("pk")
    if organisation is not None:
        cases = cases.filter(organisation=organisation)
    count = 0
    waiting: Iterator[Case] = cases.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(waiting, AT_ONCE)):
        audit.read_of(by, "case", batch, action="case.export")
        count += write_lines(stream, phenopackets_of(batch))
    return count

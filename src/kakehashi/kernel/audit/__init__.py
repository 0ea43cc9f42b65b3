"""The audit trail: every write, every read of a person's data, every refusal; append-only and hash-chained.

    audit.record(person, "case.register", case, detail={"findings": 8})     in the transaction of the write itself
    audit.read_of(person, "case", page)                                      a read of personal data; one entry a holder
    audit.insist(verdict, by=person, action="case.edit", subject=case)       a refusal is recorded, then raised
    with audit.batch(): …                                                   thousands of records, written together
    audit.verify()                                                          finds what was changed, dropped, reordered

An entry goes to the trail of the organisation that holds what it is about (``holders.py``), whoever acted.
Record last, after every other lock of the transaction is held: writers queue on the head of the chain until commit.
``detail`` takes ids, codes and counts, never names, addresses or findings.
"""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.audit.queries import entries_about, entries_by
    from kakehashi.kernel.audit.reading import read_of
    from kakehashi.kernel.audit.refusals import insist, refused, settle
    from kakehashi.kernel.audit.verification import Finding, Report, verify
    from kakehashi.kernel.audit.writing import Entry, batch, entry, record, record_many

__getattr__ = found_in(
    __name__,
    {
        "queries": ("entries_about", "entries_by"),
        "reading": ("read_of",),
        "refusals": ("insist", "refused", "settle"),
        "verification": ("Finding", "Report", "verify"),
        "writing": ("Entry", "batch", "entry", "record", "record_many"),
    },
)

__all__ = [
    "Entry",
    "Finding",
    "Report",
    "batch",
    "entries_about",
    "entries_by",
    "entry",
    "insist",
    "read_of",
    "record",
    "record_many",
    "refused",
    "settle",
    "verify",
]

"""Verifying the trail: every entry fits its hash and its predecessor, none is missing, also not at the end, and each is
found by everything that it names."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.audit import chain, lookup
from kakehashi.kernel.audit.models import AuditEntry, AuditHead

FINDINGS_SHOWN = 100
COLUMNS = (*chain.Fields._fields, "hash")


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the trail. ``kind``: changed, moved, dropped, inserted, head, checkpoint, lookup."""

    kind: str
    sequence: int
    text: str | Promise

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class Report:
    """What verification found. ``entries`` were read; ``findings`` names what is wrong (the first hundred)."""

    entries: int
    findings: tuple[Finding, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.findings


def verify() -> Report:
    """Read the whole trail in order and compare. Others go on writing, except while the last few entries are read."""
    walk = _Walk()
    head = AuditHead.objects.filter(pk=1).first()
    findings: list[Finding] = []
    if head is not None:
        _collect(findings, walk.findings(AuditEntry.objects.filter(sequence__lte=head.sequence)))
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        _collect(findings, walk.findings(AuditEntry.objects.filter(sequence__gt=walk.expected - 1)))
    _collect(findings, walk.end(head))
    return Report(walk.entries, tuple(findings))


def _collect(findings: list[Finding], found: Iterator[Finding]) -> None:
    for finding in found:
        if len(findings) < FINDINGS_SHOWN:
            findings.append(finding)


class _Walk:
    """One pass over the entries, in order of their numbers."""

    def __init__(self) -> None:
        self.entries = 0
        self.expected = 1
        self.last_sealed = chain.GENESIS  # the hash the last entry ought to have
        self.last_stored = chain.GENESIS  # the hash it carries
        try:
            self.checkpoint = chain.read_checkpoint()
            self.bad_checkpoint = False
        except chain.BadCheckpoint:
            self.checkpoint, self.bad_checkpoint = None, True
        self.checkpoint_hash: str | None = None
        self.key = chain._key()
        self.naming: list[lookup.Named] = []  # entries that fit their seals and name several things
        self.named = 0

    def findings(self, entries: QuerySet[AuditEntry]) -> Iterator[Finding]:
        for row in entries.order_by("sequence").values_list(*COLUMNS).iterator(chunk_size=5000):
            fields, stored = chain.Fields(*row[:-1]), str(row[-1])
            self.entries += 1
            yield from self._judge(fields, stored)
            if self.named >= lookup.AT_ONCE:
                yield from self._not_found_by_all()
        yield from self._not_found_by_all()

    def _not_found_by_all(self) -> Iterator[Finding]:
        """The entries read since the last time that the look-up does not know by everything they name."""
        for number, things in lookup.without_rows(self.naming):
            text = _(
                "Entry %(number)d names %(things)d things by which it is not found: rows of the look-up are missing. "
                "The entries say what belongs there; “kakehashi audit relist” makes the rows anew."
            ) % {"number": number, "things": things}
            yield Finding("lookup", number, text)
        self.naming, self.named = [], 0

    def _judge(self, fields: chain.Fields, stored: str) -> Iterator[Finding]:
        number = fields.sequence
        if number < 1:
            yield Finding(
                "inserted", number, _("Entry %(number)d was inserted: numbers start at 1.") % {"number": number}
            )
            return
        gap = number > self.expected
        if gap:
            yield Finding("dropped", self.expected, self._missing(self.expected, number - 1))
        sealed = chain.seal(fields, self.key)
        if not hmac.compare_digest(sealed, stored):
            text = _("Entry %(number)d was changed or forged: it does not fit its seal.") % {"number": number}
            yield Finding("changed", number, text)
        elif not gap and fields.previous_hash not in (self.last_sealed, self.last_stored):
            text = _("Entry %(number)d does not follow entry %(before)d: something before it was exchanged.") % {
                "number": number,
                "before": number - 1,
            }
            yield Finding("moved", number, text)
        elif fields.subject_ids:
            self.naming.append((fields.subject_type, number, fields.subject_ids))
            self.named += fields.subject_ids.count(",") + 1
        if self.checkpoint is not None and number == self.checkpoint[0]:
            self.checkpoint_hash = stored
        self.expected, self.last_sealed, self.last_stored = number + 1, sealed, stored

    def _missing(self, first: int, last: int) -> Promise | str:
        if first == last:
            return _("Entry %(first)d is missing.") % {"first": first}
        return _("Entries %(first)d to %(last)d are missing.") % {"first": first, "last": last}

    def end(self, head: AuditHead | None) -> Iterator[Finding]:
        """Compare the last entry with the head row and with the checkpoint file."""
        last = self.expected - 1
        if head is None:
            if last:
                yield Finding("head", last, _("The head of the trail is missing from the database."))
        elif not hmac.compare_digest(head.seal, chain.seal_head(head.sequence, head.hash)):
            yield Finding("head", head.sequence, _("The head of the trail was changed: its seal does not fit."))
        elif head.sequence > last:
            yield Finding("dropped", last + 1, self._missing(last + 1, head.sequence))
        elif head.sequence < last:
            text = _("Entries after %(number)d were added without moving the head.") % {"number": head.sequence}
            yield Finding("inserted", head.sequence + 1, text)
        elif head.hash not in (self.last_stored, self.last_sealed):
            yield Finding("head", last, _("The last entry is not the one the head of the trail names."))
        yield from self._against_checkpoint(last)

    def _against_checkpoint(self, last: int) -> Iterator[Finding]:
        path = str(chain.checkpoint_path())
        if self.bad_checkpoint:
            text = _("The checkpoint file %(path)s was changed or belongs to another node.") % {"path": path}
            yield Finding("checkpoint", last, text)
        elif self.checkpoint is not None and self.checkpoint[1] != self.checkpoint_hash:
            text = _(
                "The checkpoint file %(path)s remembers entry %(number)d, which this database does not hold: "
                "entries were removed, or an older copy of the database was put back."
            ) % {"path": path, "number": self.checkpoint[0]}
            yield Finding("checkpoint", self.checkpoint[0], text)

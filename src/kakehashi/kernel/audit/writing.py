"""Appending to the trail: one entry, many at once, or a batch collected over a stretch of code."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, models, transaction

from kakehashi.kernel.audit import chain
from kakehashi.kernel.audit.holders import holder_of
from kakehashi.kernel.audit.lookup import list_or_leave
from kakehashi.kernel.audit.models import ACTING, AuditHead, Outcome

Subject = models.Model | tuple[str, object] | None

# Plain SQL: every page that shows a patient writes an entry, and the ORM's three queries cost it a millisecond.
INSERT = (
    "INSERT INTO audit_auditentry (sequence, at, actor, organisation, action, subject_type, subject_id, subject_ids, "
    "outcome, detail, previous_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
MOVE_HEAD = "UPDATE audit_audithead SET sequence = %s, hash = %s, seal = %s WHERE id = 1"
READ_HEAD = "SELECT sequence, hash FROM audit_audithead WHERE id = 1"


@dataclass(frozen=True)
class Entry:
    """One entry to append. ``subject_ids`` (several things of one type) excludes ``subject_id``."""

    actor: str
    action: str
    subject_type: str = ""
    subject_id: str = ""
    subject_ids: tuple[str, ...] = ()
    organisation: str = ""
    outcome: str = Outcome.DONE
    detail: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


_batch: ContextVar[list[Entry] | None] = ContextVar("audit_batch", default=None)


def actor_name(actor: Any) -> str:
    """How the trail names an actor: ``person:12``, a given text (``peer:…``), or ``system`` for none."""
    if isinstance(actor, str):
        return actor
    return "system" if actor is None or actor.pk is None else f"person:{actor.pk}"


def subject_name(subject: Subject) -> tuple[str, str]:
    """(type, id) of a model instance or of an explicit pair."""
    if subject is None:
        return "", ""
    if isinstance(subject, models.Model):
        return subject._meta.model_name or "", str(subject.pk)
    return subject[0], str(subject[1])


def _id_of(organisation: Any) -> str:
    return str(getattr(organisation, "pk", organisation) or "")


def entry(
    actor: Any,
    action: str,
    subject: Subject = None,
    *,
    outcome: str = Outcome.DONE,
    detail: Mapping[str, Any] | None = None,
    organisation: Any = None,
    subject_ids: Sequence[object] = (),
) -> Entry:
    """Build an Entry from people and model instances, to hand to ``record_many``.

    Where the organisation acted for is not the one the entry goes to, the detail names it.
    """
    kind, identifier = subject_name(subject)
    acting = _id_of(getattr(actor, "acting_organisation_id", None))
    holder = _id_of(organisation) if organisation is not None else holder_of(subject) or acting
    elsewhere = {ACTING: acting} if acting and acting != holder else {}
    return Entry(
        actor=actor_name(actor),
        action=action,
        subject_type=kind,
        subject_id=identifier,
        subject_ids=tuple(str(one) for one in subject_ids),
        organisation=holder,
        outcome=outcome,
        detail={**(detail or {}), **elsewhere},
    )


def record(
    actor: Any,
    action: str,
    subject: Subject = None,
    *,
    outcome: str = Outcome.DONE,
    detail: Mapping[str, Any] | None = None,
    organisation: Any = None,
) -> None:
    """Append one entry in the current transaction: it stands exactly when what it reports stands.

    ``actor``: a Person, None for the node itself, or a text for others. ``organisation``: whose trail the entry goes
    to; by default the one that holds the subject, else the one the person acts for. ``detail``: JSON without personal
    data.
    """
    made = entry(actor, action, subject, outcome=outcome, detail=detail, organisation=organisation)
    waiting = _batch.get()
    if waiting is not None:
        waiting.append(made)
    else:
        record_many([made])


@contextmanager
def batch() -> Iterator[None]:
    """Collect the records of a block and append them together at its end, inside one transaction with the block.

    Raises whatever the block raises; then nothing of it is recorded, as nothing of it was done. Where a part may fail
    and be skipped, give that part a batch of its own: an inner batch that succeeds hands its entries to the outer one.
    """
    outer, waiting = _batch.get(), list[Entry]()
    with transaction.atomic():
        token = _batch.set(waiting)
        try:
            yield
        finally:
            _batch.reset(token)
        if outer is None:
            record_many(waiting)
        else:
            outer.extend(waiting)


def record_many(entries: Sequence[Entry]) -> None:
    """Append entries in order, with one lock of the chain's head: some 5,000 in a fraction of a second."""
    if not entries:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:  # what cannot be recorded is not done
        sequence, previous = _locked_head(cursor)
        rows: list[tuple[Any, ...]] = []
        several: list[tuple[str, int, str]] = []
        for one in entries:
            sequence += 1
            fields = chain.Fields(
                sequence=sequence,
                at=one.at or datetime.now(UTC),
                actor=one.actor,
                organisation=one.organisation,
                action=one.action,
                subject_type=one.subject_type,
                subject_id=one.subject_id,
                subject_ids=chain.canonical(one.subject_ids) if one.subject_ids else "",
                outcome=str(one.outcome),
                detail=chain.canonical(dict(one.detail)) if one.detail else "",
                previous_hash=previous,
            )
            if fields.subject_ids:
                several.append((fields.subject_type, sequence, fields.subject_ids))
            previous = chain.seal(fields)
            stored_at = connection.ops.adapt_datetimefield_value(fields.at)
            rows.append((*fields._replace(at=stored_at), previous))  # type: ignore[arg-type]
        cursor.executemany(INSERT, rows)
        list_or_leave(cursor, several)
        cursor.execute(MOVE_HEAD, [sequence, previous, chain.seal_head(sequence, previous)])
        transaction.on_commit(partial(chain.write_checkpoint, sequence, previous), robust=True)


def _locked_head(cursor: Any) -> tuple[int, str]:
    """The head's number and hash, its row locked until the transaction ends; made for the very first entry.

    SQLite locks the whole database for writers when a transaction begins (transaction_mode IMMEDIATE).
    """
    query = READ_HEAD + (" FOR UPDATE" if connection.features.has_select_for_update else "")
    cursor.execute(query)
    found = cursor.fetchone()
    if found is None:
        first = AuditHead(pk=1, sequence=0, hash=chain.GENESIS, seal=chain.seal_head(0, chain.GENESIS))
        AuditHead.objects.bulk_create([first], ignore_conflicts=True)
        cursor.execute(query)
        found = cursor.fetchone()
    return int(found[0]), str(found[1])

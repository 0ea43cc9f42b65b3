"""Recording refusals: they must stand although the transaction that was refused rolls back.

Outside a transaction a refusal is written at once. Inside one it waits, and is written when that ends: after a commit
by Django's hook, after a roll-back by whoever owns the boundary calling ``settle()`` (the request middleware, the job
worker, the command line), and in any case before the next entry this thread refuses or settles.
"""

import logging
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, connection, transaction

from kakehashi.kernel.audit.models import Outcome
from kakehashi.kernel.audit.writing import Entry, Subject, entry, record_many
from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.rules import Verdict

logger = logging.getLogger(__name__)
_waiting: ContextVar[tuple[Entry, ...]] = ContextVar("audit_refusals", default=())


def _in_transaction() -> bool:
    """True inside an atomic block, other than the one a test case wraps around everything."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def refused(
    actor: Any, action: str, subject: Subject = None, *, detail: dict[str, Any] | None = None, organisation: Any = None
) -> None:
    """Record a refusal so that it outlives the transaction it happened in."""
    made = entry(actor, action, subject, outcome=Outcome.REFUSED, detail=detail, organisation=organisation)
    _waiting.set((*_waiting.get(), made))
    if _in_transaction():
        transaction.on_commit(settle)
    else:
        settle()


def settle() -> None:
    """Write the refusals that wait; does nothing inside a transaction."""
    waiting = _waiting.get()
    if not waiting or _in_transaction():
        return
    _waiting.set(())
    try:
        record_many(waiting)
    except DatabaseError:
        _waiting.set(waiting)
        logger.exception("%d refusals could not be recorded and wait", len(waiting))
        raise


def insist(verdict: Verdict, *, by: Any, action: str, subject: Subject = None, organisation: Any = None) -> None:
    """Raise NotAllowed unless the verdict allows; the refusal is recorded under ``action`` with its reason codes."""
    if verdict:
        return
    refused(by, action, subject, detail={"reasons": list(verdict.codes)}, organisation=organisation)
    error = NotAllowed(verdict)
    error.recorded = True
    raise error

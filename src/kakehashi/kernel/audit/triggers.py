"""Triggers that refuse UPDATE and DELETE on audit entries, on both databases. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLE = "audit_auditentry"


def install(connection: Any) -> None:
    """Make the table append-only."""
    append_only.install(connection, TABLE, prefix="audit", what="audit entries", key="sequence")


def remove(connection: Any) -> None:
    """Lift the refusal: for undoing the migration, and for tests that empty or tamper with the table."""
    append_only.remove(connection, TABLE, prefix="audit")

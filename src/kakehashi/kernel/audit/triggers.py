"""Triggers that refuse UPDATE and DELETE on audit entries and on the rows by which they are found, on both databases.

Used by the migrations and by tests.
"""

from typing import Any

from kakehashi.kernel import append_only

TABLE = "audit_auditentry"
LOOKUP = "audit_namedamong"


def install(connection: Any) -> None:
    """Make both tables append-only."""
    install_on_entries(connection)
    install_on_lookup(connection)


def install_on_entries(connection: Any) -> None:
    """Make the entries append-only."""
    append_only.install(connection, TABLE, prefix="audit", what="audit entries", key="sequence")


def install_on_lookup(connection: Any) -> None:
    """Make the rows of the look-up append-only."""
    append_only.install(connection, LOOKUP, prefix="audit_lookup", what="rows of the audit look-up", key=None)


def remove(connection: Any) -> None:
    """Lift both refusals: for tests that empty or tamper with the tables."""
    remove_from_entries(connection)
    remove_from_lookup(connection)


def remove_from_entries(connection: Any) -> None:
    """Lift the refusal on entries: for undoing the migration."""
    append_only.remove(connection, TABLE, prefix="audit")


def remove_from_lookup(connection: Any) -> None:
    """Lift the refusal on the look-up: for undoing the migration, and for tests of older nodes."""
    append_only.remove(connection, LOOKUP, prefix="audit_lookup")

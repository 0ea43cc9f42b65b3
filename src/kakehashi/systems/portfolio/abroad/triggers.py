"""Triggers that refuse to change or delete what co-operations said before. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_cooperationrevision": "cooperation_revision"}


def install(connection: Any) -> None:
    """Make the revisions append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="revisions of co-operations")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

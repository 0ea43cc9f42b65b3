"""Triggers that refuse to change or delete what co-operations said before. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLE, PREFIX = "portfolio_cooperationrevision", "cooperation_revision"


def install(connection: Any) -> None:
    """Make the revisions append-only."""
    append_only.install(connection, TABLE, prefix=PREFIX, what="revisions of co-operations")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    append_only.remove(connection, TABLE, prefix=PREFIX)

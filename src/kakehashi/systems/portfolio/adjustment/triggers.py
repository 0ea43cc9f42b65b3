"""Triggers that refuse to change or delete reviews of what came of requests. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_outcomereview": "outcome_review"}


def install(connection: Any) -> None:
    """Make the reviews append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="reviews of what came of requests")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

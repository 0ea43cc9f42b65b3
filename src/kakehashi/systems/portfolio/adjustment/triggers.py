"""Triggers that refuse to change or delete reviews of what came of requests. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLE, PREFIX = "portfolio_outcomereview", "outcome_review"


def install(connection: Any) -> None:
    """Make the reviews append-only."""
    append_only.install(connection, TABLE, prefix=PREFIX, what="reviews of what came of requests")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    append_only.remove(connection, TABLE, prefix=PREFIX)

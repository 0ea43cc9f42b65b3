"""Triggers that refuse to change or delete reports of goals and earlier wordings. Used by migrations and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_goalactual": "goal_actual", "portfolio_revision": "revision"}


def install(connection: Any) -> None:
    """Make them append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="reports of goals and earlier wordings")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

"""Triggers that refuse to change or delete withdrawals from public view. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_withdrawal": "withdrawal"}


def install(connection: Any) -> None:
    """Make them append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="withdrawals from public view")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

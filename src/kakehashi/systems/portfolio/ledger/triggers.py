"""Triggers that refuse to change or delete what stands in the ledger. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_entry": "ledger_entry", "portfolio_movement": "ledger_movement"}


def install(connection: Any) -> None:
    """Make entries and movements append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="entries of the ledger")


def remove(connection: Any) -> None:
    """Lift the refusal: for undoing the migration, and for tests that tamper with the tables."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

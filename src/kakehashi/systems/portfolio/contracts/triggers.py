"""Triggers that refuse to change or delete contracts and amendments. Used by the migration and by tests."""

from typing import Any

from kakehashi.kernel import append_only

TABLES = {"portfolio_contract": "contract", "portfolio_amendment": "amendment"}


def install(connection: Any) -> None:
    """Make contracts and amendments append-only."""
    for table, prefix in TABLES.items():
        append_only.install(connection, table, prefix=prefix, what="contracts and their amendments")


def remove(connection: Any) -> None:
    """Lift the refusal."""
    for table, prefix in TABLES.items():
        append_only.remove(connection, table, prefix=prefix)

"""Triggers that refuse to change or delete contracts, amendments, and that either is taken back. Used by migrations and
by tests."""

from collections.abc import Mapping
from typing import Any

from kakehashi.kernel import append_only

SIGNED = {"portfolio_contract": "contract", "portfolio_amendment": "amendment"}
TABLES = SIGNED | {"portfolio_takenback": "taken_back"}


def install(connection: Any, tables: Mapping[str, str] = TABLES) -> None:
    """Make contracts and amendments append-only."""
    for table, prefix in tables.items():
        append_only.install(connection, table, prefix=prefix, what="contracts and their amendments")


def remove(connection: Any, tables: Mapping[str, str] = TABLES) -> None:
    """Lift the refusal."""
    for table, prefix in tables.items():
        append_only.remove(connection, table, prefix=prefix)

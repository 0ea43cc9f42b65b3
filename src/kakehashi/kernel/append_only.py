"""Triggers by which the database itself refuses to change or delete a table's rows, on SQLite and PostgreSQL.

Used by migrations, and by tests that must empty or tamper with such a table. Names given here are ours, never input.
"""

from collections.abc import Sequence
from typing import Any


def install(connection: Any, table: str, *, prefix: str, what: str, key: str | None = "id") -> None:
    """Make a table append-only. ``prefix`` names the triggers, ``what`` its rows in the refusal, ``key`` what tells
    them apart: SQLite's INSERT OR REPLACE takes a row away without asking the trigger on DELETE. None where all columns
    are the key, so that nothing but the same row can take its place."""
    for statement in _statements(connection.vendor, table, prefix, what, key):
        _run(connection, statement)


def remove(connection: Any, table: str, *, prefix: str) -> None:
    """Lift the refusal."""
    names = ("change", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")
    suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
    for name in names:
        _run(connection, f"DROP TRIGGER IF EXISTS {prefix}_no_{name}{suffix}")


def _statements(vendor: str, table: str, prefix: str, what: str, key: str | None) -> Sequence[str]:
    if vendor == "postgresql":
        return (
            f"CREATE OR REPLACE FUNCTION {prefix}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{what} are append-only'; END $$",
            f"CREATE OR REPLACE TRIGGER {prefix}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {prefix}_refuse()",
            f"CREATE OR REPLACE TRIGGER {prefix}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {prefix}_refuse()",
        )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{what} are append-only'); END"
    changes = (
        f"CREATE TRIGGER IF NOT EXISTS {prefix}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {prefix}_no_delete BEFORE DELETE ON {table} {refuse}",
    )
    if key is None:
        return changes
    return (
        *changes,
        f"CREATE TRIGGER IF NOT EXISTS {prefix}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  no input
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}",
    )


def _run(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def holds(connection: Any, table: str, *, prefix: str) -> bool:
    """Whether the database refuses, now, to change, delete or exchange the table's rows: its triggers are there."""
    if connection.vendor == "postgresql":
        wanted = {f"{prefix}_no_change", f"{prefix}_no_truncate"}
        asked = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'"
    else:
        wanted = {f"{prefix}_no_update", f"{prefix}_no_delete", f"{prefix}_no_replace"}
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [table])
        return wanted <= {str(name) for (name,) in cursor.fetchall()}

"""Triggers that refuse UPDATE and DELETE on audit entries, on both databases. Used by the migration and by tests."""

from typing import Any

TABLE = "audit_auditentry"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
SQLITE = (
    f"CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON {TABLE} {REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON {TABLE} {REFUSE}",
    # INSERT OR REPLACE takes a row away without asking the trigger on DELETE.
    f"CREATE TRIGGER IF NOT EXISTS audit_no_replace BEFORE INSERT ON {TABLE} "  # noqa: S608  no input
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE sequence = NEW.sequence) {REFUSE}",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
    f"CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def install(connection: Any) -> None:
    """Make the table append-only."""
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Lift the refusal: for undoing the migration, and for tests that empty or tamper with the table."""
    names = ("change", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")
    suffix = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS audit_no_{name}{suffix}")

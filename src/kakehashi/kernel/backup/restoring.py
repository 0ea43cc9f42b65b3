"""Bringing a restored database to this version and judging it, in the process that Django was set up in for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kakehashi.kernel import audit
from kakehashi.kernel.audit.verification import Report
from kakehashi.kernel.backup import postgresql, sqlite
from kakehashi.kernel.backup.archive import Archive
from kakehashi.kernel.backup.manifest import Manifest
from kakehashi.kernel.backup.problems import BackupProblem


@dataclass(frozen=True)
class Brought:
    """What bringing the database to this version did: migrations applied, sessions ended, what the trail says."""

    migrations: int
    sessions: int
    trail: Report


def insist_on_known_version(manifest: Manifest) -> None:
    """Raise BackupProblem when the back-up comes from a later version than this."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {name.partition(".")[0] for name in known}
    unknown = [name for name in manifest.migrations if name not in known and name.partition(".")[0] in ours]
    if unknown:
        raise BackupProblem(
            f"The back-up was made by kakehashi {manifest.kakehashi}, a later version than this one ({unknown[0]} is "
            "not known here). Install that version and restore with it.",
            f"このバックアップはより新しい kakehashi {manifest.kakehashi} で作られています（{unknown[0]} が未知）。"
            "そのバージョンを導入してから復元してください。",
        )


def load_postgresql(archive: Archive, progress: Callable[[int], None]) -> None:
    """Make the schema as it was by the migrations that had been applied, and fill it."""
    executor = MigrationExecutor(connection)
    wanted = {tuple(name.split(".", 1)) for name in archive.manifest.migrations}
    nodes = executor.loader.graph.node_map
    applied = [key for key in nodes if key in wanted]
    executor.migrate([key for key in applied if not any(child.key in wanted for child in nodes[key].children)])
    with _raw() as opened:
        postgresql.load(opened, archive, progress)


def insist_on_agreement(manifest: Manifest, database: Path | None) -> None:
    """Raise BackupProblem unless every table holds what the manifest says and every row it names is there.

    ``database``: the SQLite file; None on PostgreSQL, which checked the references itself.
    """
    if database is None:
        with _raw() as opened:
            counts = postgresql.row_counts(opened, manifest)
        damage = []
    else:
        counts, damage = sqlite.row_counts(database), sqlite.damage(database)
    damage += [
        f"{name}: {counts.get(name, 0)} ≠ {table.rows}"
        for name, table in manifest.tables.items()
        if counts.get(name) != table.rows
    ]
    if damage:
        told = "; ".join(damage[:5])
        raise BackupProblem(
            f"The restored database is not what was backed up ({told}). Nothing was put in place; use another back-up.",
            f"復元したデータベースがバックアップ時と一致しません（{told}）。何も置き換えていません。"
            "別のバックアップを使ってください。",
        )


def bring_to_this_version(manifest: Manifest) -> Brought:
    """Apply later migrations, end every session, record the restoration and verify the audit trail.

    Sessions: who logged out since the back-up would be logged in again.
    """
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    call_command("migrate", verbosity=0, interactive=False)
    sessions, _unused = Session.objects.all().delete()
    trail = audit.verify()
    audit.record(
        None,
        "node.restore",
        detail={"moment": manifest.moment.isoformat(timespec="seconds"), "entries": manifest.audit.entries},
    )
    return Brought(migrations=waiting, sessions=sessions, trail=trail)


def _raw() -> Any:
    return connection.get_new_connection(connection.get_connection_params())

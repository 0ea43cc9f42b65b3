"""Making a back-up of the node that this process belongs to, while others go on writing."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from kakehashi import __version__
from kakehashi.engines.genes.installed import genes_folder, installed_files
from kakehashi.engines.phenotype.sources import ontology_folder, read_choice
from kakehashi.kernel import audit
from kakehashi.kernel.backup import keys, postgresql, sqlite
from kakehashi.kernel.backup.archive import Writer, chunks_of, written
from kakehashi.kernel.backup.manifest import (
    FILES_FOLDER,
    FORMAT,
    GENES_FOLDER,
    KEYS_PART,
    ONTOLOGY_FOLDER,
    Head,
    Keys,
    Manifest,
    Table,
    Vendor,
)
from kakehashi.kernel.backup.problems import folder_missing
from kakehashi.kernel.files import store
from kakehashi.kernel.files.models import StoredFile

SUFFIX = ".backup.zip"
Told = Callable[[str, int, int | None], None]
"""Told which step is under way (database, files), how much of it is done and how much there is."""


@dataclass(frozen=True)
class Made:
    """A back-up that was made: where, what it says of itself, contents that were to be there and are not."""

    path: Path
    manifest: Manifest
    lost: tuple[str, ...]


def named(target: Path, now: datetime) -> Path:
    """The file to write: ``target`` itself, or in a folder a name that tells the moment (UTC).

    A name without a suffix is a folder's. Raises BackupProblem where the folder is not there.
    """
    if target.is_dir():
        return target / f"kakehashi-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    if not target.suffix:  # a folder whose name was misspelt, not a file to be written beside it
        raise folder_missing(target)
    if not target.parent.is_dir():
        raise folder_missing(target.parent)
    return target


def make_backup(
    target: Path,
    *,
    variables: Mapping[str, str],
    with_keys: bool = False,
    told: Told = lambda step, done, total: None,
) -> Made:
    """Write a back-up to ``target`` (a file, or a folder to name one in).

    ``variables``: the node's settings to remember, none of them a secret. That a back-up was taken is recorded before
    the moment it shows, so every back-up holds the entry about itself. Raises BackupProblem, OSError.
    """
    path = named(target, datetime.now(UTC))
    with written(path) as (writer, folder):
        audit.record(None, "node.backup", detail={"keys": with_keys})
        reading = _Reading(writer, folder, told)
        moment = reading.read_database()
        lost = reading.read_files()
        _put_installed(writer, ONTOLOGY_FOLDER, ontology_folder(), _ontology_files())
        _put_installed(writer, GENES_FOLDER, genes_folder(), installed_files())
        own = keys.NodeKeys(secret=settings.SECRET_KEY, audit=settings.AUDIT_KEY)
        if with_keys:
            writer.put(KEYS_PART, [keys.stored(own)])
        manifest = Manifest(
            format=FORMAT,
            kakehashi=__version__,
            moment=moment,
            database=reading.vendor,
            migrations=reading.migrations,
            tables=reading.tables,
            sequences=reading.sequences,
            audit=reading.head,
            files=reading.files,
            files_removed=reading.removed,
            keys=Keys(
                secret=keys.recognised_by(own.secret, "secret"),
                audit=keys.recognised_by(own.audit, "audit"),
                inside=with_keys,
            ),
            settings=dict(variables) | {"python": platform.python_version()},
            parts=writer.parts,
        )
        writer.finish(manifest)
    return Made(path, manifest, lost)


class _Reading:
    """Reads the database's moment into the archive, then the contents that this moment names."""

    def __init__(self, writer: Writer, folder: Path, told: Told) -> None:
        self.writer, self.folder, self.told = writer, folder, told
        self.vendor: Vendor = "postgresql" if connection.vendor == "postgresql" else "sqlite"
        self.tables: dict[str, Table] = {}
        self.sequences: Any = ()
        self.migrations: tuple[str, ...] = ()
        self.head = Head(entries=0, hash="")
        self.named: list[str] = []
        self.files = self.removed = 0

    def read_database(self) -> datetime:
        """Copy the database; returns the moment it shows, as near as a clock tells."""
        if self.vendor == "postgresql":
            return self._read_postgresql()
        return self._read_sqlite()

    def _read_sqlite(self) -> datetime:
        import sqlite3
        from contextlib import closing

        copied, moment = self.folder / sqlite.PART, datetime.now(UTC)
        database = Path(connection.settings_dict["NAME"]).absolute()
        sqlite.copy(database, copied, lambda done, total: self.told("database", done, 2 * total))
        with closing(sqlite3.connect(copied)) as opened:
            self._ask(lambda query: opened.execute(query).fetchall())
        self.tables = {name: Table(rows=rows) for name, rows in sqlite.row_counts(copied).items()}
        size = copied.stat().st_size
        done = size
        with copied.open("rb") as file:

            def tell(more: int) -> None:
                nonlocal done
                done += more
                self.told("database", done, 2 * size)

            self.writer.put(sqlite.PART, chunks_of(file, tell))
        copied.unlink()
        return moment

    def _read_postgresql(self) -> datetime:
        opened = connection.get_new_connection(connection.get_connection_params())
        try:
            moment = datetime.now(UTC)
            postgresql.begin_reading(opened)
            self._ask(lambda query: opened.execute(query).fetchall())
            self.tables, self.sequences = postgresql.export(
                opened, self.writer, lambda done, total: self.told("database", done, total)
            )
        finally:
            opened.close()
        return moment

    def _ask(self, rows: Callable[[str], list[tuple[Any, ...]]]) -> None:
        """What the manifest says of the moment, asked of the copy or in the transaction that holds it."""
        applied = rows("SELECT app, name FROM django_migrations ORDER BY id")
        self.migrations = tuple(f"{app}.{name}" for app, name in applied)
        for entries, hash_ in rows("SELECT sequence, hash FROM audit_audithead WHERE id = 1"):
            self.head = Head(entries=entries, hash=hash_)
        self.named = [row[0] for row in rows("SELECT DISTINCT sha256 FROM files_storedfile ORDER BY sha256")]

    def read_files(self) -> tuple[str, ...]:
        """Copy the contents; returns those that are not there, or not what they were, although a row names them."""
        lost = []
        for number, sha256 in enumerate(self.named):
            self.told("files", number, len(self.named))
            try:
                with store.opened(sha256) as file:
                    digest = hashlib.sha256()
                    for chunk in chunks_of(file):
                        digest.update(chunk)
                    if digest.hexdigest() != sha256:
                        lost.append(sha256)
                        continue
                    file.seek(0)
                    self.writer.put(FILES_FOLDER + sha256, chunks_of(file))
                    self.files += 1
            except FileNotFoundError:
                if StoredFile.objects.filter(sha256=sha256).exists():
                    lost.append(sha256)
                else:
                    self.removed += 1  # deleted since the moment, as someone wished
        self.told("files", len(self.named), len(self.named))
        return tuple(lost)


def _ontology_files() -> list[Path]:
    """The installed release and labels, and what chooses them; what is compiled from them is made anew."""
    folder = ontology_folder()
    if not (folder / "current.json").is_file():
        return []
    choice = read_choice(folder)
    chosen = [folder / "current.json"]
    if choice["release"]:
        chosen += sorted(path for path in (folder / "releases" / choice["release"]).rglob("*") if path.is_file())
    if choice["labels"]:
        chosen.append(folder / "labels" / choice["labels"])
    return chosen


def _put_installed(writer: Writer, name: str, folder: Path, files: Iterable[Path]) -> None:
    for path in files:
        with path.open("rb") as file:
            writer.put(name + path.relative_to(folder).as_posix(), chunks_of(file))

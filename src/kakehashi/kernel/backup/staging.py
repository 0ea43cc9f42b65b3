"""A restored home folder, made beside the one in use and put in its place when all is well. Needs no Django.

Everything is written into a hidden folder of the home; a restoration that fails, or is killed before ``put_in_place``,
changes nothing. What was in use goes into a folder of its own (``before-restore-…``), never away.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kakehashi.kernel.backup import keys, sqlite
from kakehashi.kernel.backup.archive import Archive, Progress, sync_folder
from kakehashi.kernel.backup.keys import NodeKeys
from kakehashi.kernel.backup.manifest import FILES_FOLDER, GENES_FOLDER, KEYS_PART, ONTOLOGY_FOLDER
from kakehashi.kernel.backup.problems import BackupProblem, UnsettledExchange

PREFIX = ".restoring-"
MARK = "restore-unfinished"
"""A file of the home while parts are being exchanged: until it is gone nothing is started here."""
DATABASE = "kakehashi.sqlite3"
KEPT = (DATABASE, "files", "audit.checkpoint")
"""Where one of these is, the home folder holds a node."""
EXCHANGED = (
    DATABASE,
    f"{DATABASE}-wal",
    f"{DATABASE}-shm",
    "secret.key",
    "audit.key",
    "audit.checkpoint",
    "files",
    "ontology",
    "genes",
    "case-index",
    "cache",
)
"""What belongs to a node and goes aside together; the rest (numba, static, mails) is made anew or stays."""


def holds_a_node(home: Path) -> bool:
    """Whether something would be replaced."""
    return any((home / name).exists() for name in KEPT)


def was_cut_off(home: Path) -> bool:
    """Whether a restoration was killed while it exchanged the parts."""
    return (home / MARK).exists()


def insist_on_space(archive: Archive, home: Path) -> None:
    """Raise BackupProblem unless the disk of ``home`` holds what would be written there, before anything is.

    The sizes are those of the archive's directory, and no part is read beyond its own. On PostgreSQL its server's disk
    is not asked: tables are filled in one transaction there.
    """
    needed = sum(part.size for name, part in archive.manifest.parts.items() if _place_of(name) is not None)
    folder = next(one for one in (home, *home.parents) if one.is_dir())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupProblem(
            f"{archive.path} holds {needed / 1e6:,.1f} MB of files, and {free / 1e6:,.1f} MB are free in {folder}. "
            "Free some disk space, or restore into a home on another disk.",
            f"{archive.path} の中身は {needed / 1e6:,.1f} MB、{folder} の空きは {free / 1e6:,.1f} MB です。"
            "ディスクの空きを増やすか、別のディスクのホームに復元してください。",
        )


def _place_of(name: str) -> Path | None:
    """Where in a home the part goes; None for what is no file there (tables of PostgreSQL, keys)."""
    if name.startswith(FILES_FOLDER):
        sha256 = name.removeprefix(FILES_FOLDER)
        return Path("files", sha256[:2], sha256[2:4], sha256)
    if name.startswith((ONTOLOGY_FOLDER, GENES_FOLDER)):
        return Path(name)
    return Path(DATABASE) if name == sqlite.PART else None


def keys_for(archive: Archive, home: Path, *, named: Path | None, environment: NodeKeys, fresh: bool) -> NodeKeys:
    """The keys that the back-up was made with: from the file named, the archive, the environment or the home folder.

    ``environment``: what KAKEHASHI_SECRET_KEY and KAKEHASHI_AUDIT_KEY say, "" where unset; they win over the folder at
    every start, so they must be the right ones. ``fresh``: go without, empty texts then. Raises BackupProblem.
    """
    known = archive.manifest.keys
    offered: list[NodeKeys] = []
    if named is not None:
        offered.append(keys.read_keys(named.read_bytes(), str(named)))
    if known.inside:
        offered.append(keys.read_keys(archive.content(KEYS_PART), f"{archive.path}: {KEYS_PART}"))
    in_home = NodeKeys(secret=_text(home / "secret.key"), audit=_text(home / "audit.key"))
    offered += [environment, in_home]
    for variable, said, wanted in (
        ("KAKEHASHI_SECRET_KEY", environment.secret, known.secret),
        ("KAKEHASHI_AUDIT_KEY", environment.audit, known.audit),
    ):
        if said and not fresh and keys.recognised_by(said, _purpose(variable)) != wanted:
            raise BackupProblem(
                f"{variable} is set to another key than the back-up was made with. Set it to that key, or unset it.",
                f"{variable} がバックアップ作成時と異なります。作成時の鍵を設定するか、設定を外してください。",
            )
    secret = next((one.secret for one in offered if keys.recognised_by(one.secret, "secret") == known.secret), "")
    audit = next((one.audit for one in offered if keys.recognised_by(one.audit, "audit") == known.audit), "")
    if not fresh and not (secret and audit):
        missing = " + ".join(name for name, key in (("secret.key", secret), ("audit.key", audit)) if not key)
        if named is not None:
            raise BackupProblem(
                f"The keys in {named} do not belong to this back-up ({missing} is another). Name the file of keys that "
                "the same node wrote, or give --without-keys.",
                f"{named} の鍵はこのバックアップのものではありません（{missing} が異なります）。"
                "同じノードが書き出した鍵ファイルを指定するか、--without-keys を付けてください。",
            )
        raise BackupProblem(
            f"The keys of the node that was backed up are needed ({missing}). Name their file with --keys, or give "
            "--without-keys: then the audit trail cannot be verified and tokens of peers must be entered anew.",
            f"バックアップ元ノードの鍵（{missing}）が必要です。--keys で鍵ファイルを指定してください。"
            "--without-keys なら鍵なしで復元しますが、監査記録は検証できず、相手ノードのトークンは再登録が必要です。",
        )
    return NodeKeys(secret=secret, audit=audit)


def _purpose(variable: str) -> str:
    return "secret" if "SECRET" in variable else "audit"


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


class Staging:
    """The hidden folder in which a home is being restored."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in home.glob(f"{PREFIX}*"):  # who restores holds the node alone: nobody else's
            shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))

    def fill(self, archive: Archive, own: NodeKeys, progress: Progress = lambda done: None) -> None:
        """Write keys, uploads, ontology, genes and an SQLite database; each part is checked once more."""
        for name, key in (("secret.key", own.secret), ("audit.key", own.audit)):
            if key:
                path = self.folder / name
                path.touch(mode=0o600)
                path.write_text(key)
        for name in archive.manifest.parts:
            place = _place_of(name)
            if place is None:
                continue
            target = self.folder / place
            if not target.resolve().is_relative_to(self.folder.resolve()):
                raise BackupProblem(
                    f"{archive.path} names a part outside the home folder ({name!r}). Use another back-up.",
                    f"{archive.path} にホームフォルダの外を指す部分（{name!r}）があります。"
                    "別のバックアップを使ってください。",
                )
            archive.extract(name, target, progress)
        compiled = self.home / "ontology" / "compiled"
        if compiled.is_dir():  # named by content: right or not used
            shutil.copytree(compiled, self.folder / "ontology" / "compiled", dirs_exist_ok=True)

    def drop(self) -> None:
        """Give up: nothing has been changed."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def put_in_place(self, aside: str, *, exchange_database: Callable[[], None] = lambda: None) -> Path | None:
        """Exchange the home's parts for the restored ones; returns the folder of what was in use, None for nothing.

        ``exchange_database`` is called last: it does its work or raises, and then every part goes back to where it was
        and nothing has changed. Killed on the way, the mark stays (after UnsettledExchange too): the command is given
        again, and everything is still in one of the two folders.
        """
        cut_off_before = was_cut_off(self.home)
        (self.home / MARK).touch(mode=0o600)
        sync_folder(self.home)
        old = self.home / aside
        moved: list[tuple[Path, Path]] = []
        try:
            for name in EXCHANGED:
                path = self.home / name
                if path.exists() or path.is_symlink():
                    old.mkdir(exist_ok=True, mode=0o700)
                    moved.append((path, path.rename(old / name)))
            for path in sorted(self.folder.iterdir()):
                if path.name in EXCHANGED:
                    moved.append((path, path.rename(self.home / path.name)))
            sync_folder(self.home)
            exchange_database()
        except BaseException as error:
            for before, now in reversed(moved):
                now.rename(before)
            with suppress(OSError):  # not there, or not empty: then it was somebody's before
                old.rmdir()
            if not cut_off_before and not isinstance(error, UnsettledExchange):
                (self.home / MARK).unlink()
            raise
        (self.home / MARK).unlink()
        self.drop()
        return old if old.exists() else None

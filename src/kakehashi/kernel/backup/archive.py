"""Writing an archive whole or not at all, and reading one without trusting it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from kakehashi.kernel.backup import sqlite
from kakehashi.kernel.backup.manifest import (
    FILES_FOLDER,
    FORMAT,
    GENES_FOLDER,
    KEYS_PART,
    NAME,
    ONTOLOGY_FOLDER,
    TABLES_FOLDER,
    Manifest,
    Part,
)
from kakehashi.kernel.backup.problems import BackupProblem

UNFINISHED = ".kakehashi-backup-"
"""How the folder is called in which a back-up is being written: hidden, and no name that a back-up has."""
CHUNK = 1024 * 1024
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
MOST_KEYS_BYTES = 64 * 1024
_WORD = r"(?!\.{1,2}(?:/|\Z))[^/\\\x00-\x1f]{1,255}"
_NAMES = re.compile(
    rf"{re.escape(sqlite.PART)}|{re.escape(KEYS_PART)}|{TABLES_FOLDER}\w+\.copy|{FILES_FOLDER}[0-9a-f]{{64}}"
    rf"|{ONTOLOGY_FOLDER}(?:current\.json|releases(?:/{_WORD}){{2,8}}|labels/{_WORD})|{GENES_FOLDER}(?:current\.json|tables/{_WORD})",
    re.ASCII,
)
"""Every name that a part can have. What else would be written anywhere is no back-up of ours."""
Progress = Callable[[int], None]
"""Told how many more bytes are done."""


class Writer:
    """Puts parts into a new archive and remembers size and SHA-256 of each."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.parts: dict[str, Part] = {}
        self._archive = archive

    def put(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Add one part; returns its size and hash."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self.parts[name] = Part(size=size, sha256=digest.hexdigest())
        return self.parts[name]

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, the last of all."""
        self._archive.writestr(NAME, manifest.model_dump_json(indent=1))


def chunks_of(file: BinaryIO, progress: Progress = lambda done: None) -> Iterator[bytes]:
    """A file's content, a piece at a time."""
    while chunk := file.read(CHUNK):
        yield chunk
        progress(len(chunk))


@contextmanager
def written(target: Path) -> Iterator[tuple[Writer, Path]]:
    """An archive at ``target`` that is there when the block has ended well, readable by its owner alone.

    Also gives a folder beside it for what must be on disk meanwhile. A process killed on the way leaves a hidden folder
    and no back-up; the next back-up into the same folder removes it. Raises BackupProblem when ``target`` is there.
    """
    if target.exists():
        raise BackupProblem(
            f"{target} is there already and is not overwritten; name another file.",
            f"{target} は既にあるため上書きしません。別のファイル名を指定してください。",
        )
    _sweep(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target.parent))
    try:
        with _held(folder):
            unfinished = folder / "archive"
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                    yield Writer(archive), folder
                file.flush()
                os.fsync(file.fileno())
            os.rename(unfinished, target)
            sync_folder(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what killed back-ups left here: their folders are held by nobody."""
    for left in folder.glob(f"{UNFINISHED}*"):
        try:
            with _held(left):
                shutil.rmtree(left, ignore_errors=True)
        except OSError:  # held by a back-up under way, or another person's
            continue


class Archive:
    """A back-up opened for reading. Use as a context manager. Raises BackupProblem when it is not one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise BackupProblem(f"{path} is not there.", f"{path} がありません。") from error
        except (zipfile.BadZipFile, IsADirectoryError) as error:
            raise self._damaged(
                "is no back-up, or was cut off", "はバックアップではないか、途中で切れています"
            ) from error
        try:
            self.manifest = self._read_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _damaged(self, en: str, ja: str) -> BackupProblem:
        return BackupProblem(
            f"{self.path} {en}. Use another back-up.", f"{self.path} {ja}。別のバックアップを使ってください。"
        )

    def _read_manifest(self) -> Manifest:
        names = self._zip.namelist()
        if NAME not in names or self._zip.getinfo(NAME).file_size > MOST_MANIFEST_BYTES:
            raise self._damaged("holds no manifest", "に目録（manifest.json）がありません")
        try:
            manifest = Manifest.model_validate_json(self._zip.read(NAME))
        except (ValidationError, zipfile.BadZipFile) as error:
            raise self._damaged(
                "has a manifest that cannot be read (damaged, or written by a later version)",
                "の目録を読めません（破損しているか、より新しいバージョンで作られています）",
            ) from error
        if manifest.format > FORMAT:
            raise BackupProblem(
                f"{self.path} was written by kakehashi {manifest.kakehashi} in a later format. Install that "
                "version first.",
                f"{self.path} は新しい形式（kakehashi {manifest.kakehashi}）です。"
                "先にそのバージョンを導入してください。",
            )
        if sorted(names) != sorted([NAME, *manifest.parts]):
            raise self._damaged("does not hold exactly what its manifest names", "の中身が目録と一致しません")
        for name, part in manifest.parts.items():
            if not _is_a_name(name, part):
                raise self._damaged(
                    f"names a part that no back-up has ({name!r})", f"に不正な名前の部分（{name!r}）があります"
                )
            if self._zip.getinfo(name).file_size != part.size or (name == KEYS_PART and part.size > MOST_KEYS_BYTES):
                raise self._damaged(
                    f"is damaged: {name} has not the size that the manifest says",
                    f"は破損しています：{name} の大きさが目録と一致しません",
                )
        return manifest

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.manifest.parts.values())

    def verify(self, progress: Progress = lambda done: None) -> None:
        """Read every part and compare with the manifest. Raises BackupProblem naming the first that differs."""
        for name in self.manifest.parts:
            for chunk in self.chunks(name):
                progress(len(chunk))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's content; raises BackupProblem at its end, or before, when it is not what the manifest says."""
        part, digest, size = self.manifest.parts.get(name), hashlib.sha256(), 0
        if part is None:
            raise self._damaged(f"lacks {name}", f"に {name} がありません")
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(CHUNK):
                    size += len(chunk)
                    if size > part.size:
                        break
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise self._damaged(f"is damaged in {name}", f"は {name} が破損しています") from error
        if size != part.size or digest.hexdigest() != part.sha256:
            raise self._damaged(
                f"is damaged: {name} is not what the manifest says", f"は破損しています：{name} が目録と一致しません"
            )

    def content(self, name: str) -> bytes:
        """A small part, whole."""
        return b"".join(self.chunks(name))

    def extract(self, name: str, target: Path, progress: Progress = lambda done: None) -> None:
        """Write a part into a new file, readable by its owner alone; its folders are made."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in self.chunks(name):
                file.write(chunk)
                progress(len(chunk))
            file.flush()
            os.fsync(file.fileno())


def _is_a_name(name: str, part: Part) -> bool:
    """Whether a back-up can have such a part; an upload is called by its hash."""
    if not _NAMES.fullmatch(name):
        return False
    return not name.startswith(FILES_FOLDER) or name == FILES_FOLDER + part.sha256

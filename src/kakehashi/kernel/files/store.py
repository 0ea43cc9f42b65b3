"""Contents on disk: ``files/ab/cd/abcd…``, written whole or not at all, readable by the node alone."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

UNFINISHED = "upload-"
"""How the name of a content begins while it is being written."""


class TooLarge(ValueError):
    """More bytes came than are allowed."""


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def keep(chunks: Iterable[bytes], most_bytes: int) -> tuple[str, int]:
    """Write a content and return (SHA-256, size). Raises TooLarge; then nothing is kept."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=root, prefix=UNFINISHED)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most_bytes:
                    raise TooLarge(f"more than {most_bytes} bytes")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), size


def opened(sha256: str) -> BinaryIO:
    """The content, for reading. Raises FileNotFoundError."""
    return path_of(sha256).open("rb")


def drop(sha256: str, *, unless_written_within_seconds: float) -> None:
    """Remove a content, unless it was written just now: an upload of the same content may be under way."""
    _drop(path_of(sha256), unless_written_within_seconds)


def drop_unfinished(*, unless_written_within_seconds: float) -> None:
    """Remove what uploads left that were never finished: their process was killed."""
    for path in Path(settings.MEDIA_ROOT).glob(f"{UNFINISHED}*"):
        _drop(path, unless_written_within_seconds)


def _drop(path: Path, unless_written_within_seconds: float) -> None:
    try:
        if time.time() - path.stat().st_mtime >= unless_written_within_seconds:
            path.unlink()
    except FileNotFoundError:
        pass


def contents() -> Iterator[str]:
    """The hashes of all contents kept."""
    for path in Path(settings.MEDIA_ROOT).glob("??/??/*"):
        yield path.name

"""Bytes from files and streams: gzip by its magic number, never more than a limit in memory, no bomb unpacked."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.protocols.phenopacket.reading_problems import refused, unreadable

Form = Literal["json", "jsonl", "yaml"]

FORMS: Final[dict[str, Form]] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
SUFFIXES: Final = tuple(suffix + packed for suffix in FORMS for packed in ("", ".gz"))

FREE_BYTES: Final = 64 * 2**20
MAX_RATIO: Final = 300
"""Beyond ``FREE_BYTES``, gzip may expand at most this much; real phenopackets reach about 40."""

_CHUNK: Final = 2**16


def format_of(name: str) -> Form:
    """The format a file's name promises. Raises PhenopacketError for any other name."""
    plain = name.lower().removesuffix(".gz")
    for suffix, form in FORMS.items():
        if plain.endswith(suffix):
            return form
    raise unreadable("unknown-format")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes; what the system refuses becomes a PhenopacketError."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise PhenopacketError(refused(error)) from None
    with stream:
        yield stream


class _Counted(io.RawIOBase):
    """Counts the bytes read from beneath."""

    def __init__(self, beneath: BinaryIO) -> None:
        self.beneath = beneath
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self.beneath.read(size)
        self.count += len(data)
        return data


class Bounded:
    """Lines and rest of a stream, unpacked when gzipped. Every failure is a PhenopacketError."""

    def __init__(self, stream: BinaryIO) -> None:
        self.number = 0
        """Number of the line last read, from 1."""
        self._packed: _Counted | None = None
        self._out = 0
        self._pushed: list[bytes] = []
        buffered = stream if hasattr(stream, "peek") else io.BufferedReader(cast(io.RawIOBase, stream))
        self._stream: BinaryIO | gzip.GzipFile = buffered
        try:
            magic = buffered.peek(2)[:2]
        except OSError as error:
            raise PhenopacketError(refused(error)) from None
        if magic == b"\x1f\x8b":
            self._packed = _Counted(self._stream)
            self._stream = gzip.GzipFile(fileobj=self._packed, mode="rb")

    def unread(self, line: bytes) -> None:
        """Give the line last read back."""
        self._pushed.append(line)
        self.number -= 1

    def line(self, limit: int) -> bytes:
        """The next line with its end, ``b""`` at the end of the file. A longer line is passed over and refused."""
        self.number += 1
        if self._pushed:
            return self._pushed.pop()
        found = self._read(self._stream.readline, limit + 1)
        if len(found) <= limit:
            return found
        while found and not found.endswith(b"\n"):
            found = self._read(self._stream.readline, _CHUNK)
        raise unreadable("too-large", "$", self.number, limit=_megabytes(limit))

    def rest(self, limit: int) -> bytes:
        """All that is left."""
        parts = self._pushed[::-1]
        self._pushed.clear()
        size = sum(map(len, parts))
        while part := self._read(self._stream.read, _CHUNK * 16):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise unreadable("too-large", limit=_megabytes(limit))
        return b"".join(parts)

    def _read(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            data = read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise unreadable("bad-gzip") from None
        except OSError as error:
            raise PhenopacketError(refused(error)) from None
        self._out += len(data)
        if self._packed is not None and self._out > FREE_BYTES and self._out > MAX_RATIO * self._packed.count:
            raise unreadable("too-packed", limit=MAX_RATIO)
        return data


def _megabytes(size: int) -> str:
    return f"{size // 2**20} MiB"

"""Reading a text file of any origin line by line: UTF-8, plain or gzip, with a limit on its size."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from kakehashi.engines.phenotype.problems import ParseError

LARGEST_FILE_BYTES = 512 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


def read_bytes(path: Path, *, limit_bytes: int = LARGEST_FILE_BYTES) -> bytes:
    """The content of `path`, gunzipped where it is gzip. Errors: ParseError (unreadable, too large, broken gzip)."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit_bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ParseError(
            str(path),
            0,
            f"cannot be read ({reason}); check the path",
            f"読み込めません（{reason}）。場所を確かめてください。",
        ) from error
    return unpack(raw, source=path.name, limit_bytes=limit_bytes)


def unpack(raw: bytes, *, source: str, limit_bytes: int = LARGEST_FILE_BYTES) -> bytes:
    """`raw`, gunzipped where it is gzip; never more than `limit_bytes` long. Errors: ParseError."""
    if raw.startswith(_GZIP_MAGIC):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(limit_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise ParseError(
                source,
                0,
                "is not a whole gzip file; fetch it again",
                "gzip ファイルが壊れています。取得し直してください。",
            ) from error
    if len(raw) > limit_bytes:
        raise ParseError(
            source,
            0,
            f"is larger than {limit_bytes // 2**20} MiB; this is not the file that was meant",
            f"{limit_bytes // 2**20} MiB を超えています。別のファイルではありませんか。",
        )
    return raw


def lines(data: bytes, *, source: str) -> Iterator[tuple[int, str]]:
    """(line number from 1, line without its end) of `data`; LF and CRLF. Errors: ParseError where it is not UTF-8."""
    text = _decode(data, source)
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, line[:-1] if line.endswith("\r") else line


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ParseError(
            source,
            line,
            "is not UTF-8 text; save the file as UTF-8",
            "UTF-8 の文字として読めません。UTF-8 で保存してください。",
        ) from error

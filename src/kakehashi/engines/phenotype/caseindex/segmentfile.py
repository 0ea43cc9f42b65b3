"""One immutable file of named arrays, memory-mapped: written beside its name, synced, then renamed into place."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.problems import IndexDamaged

MAGIC = b"KKHSCAS1"
ALIGNMENT = 64

Arrays = Mapping[str, npt.NDArray[Any]]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write `arrays` as `path`: whole and on disk when this returns, or not there at all. Errors: OSError."""
    layout: dict[str, list[Any]] = {}
    start = 0
    for name, array in arrays.items():
        start = -(-start // ALIGNMENT) * ALIGNMENT
        check = zlib.crc32(np.ascontiguousarray(array).data.cast("B")) if array.size else 0
        layout[name] = [array.dtype.str, list(array.shape), start, check]
        start += array.nbytes
    header = json.dumps({"arrays": layout, "size": start}).encode()
    first = -(-(len(MAGIC) + 8 + len(header)) // ALIGNMENT) * ALIGNMENT
    with replacing(path) as file:
        file.write(MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.seek(first + layout[name][2])
            file.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
        file.truncate(first + start)


def open_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of `path`, read-only and mapped, once their checksums are found right (a gigabyte a second).

    Errors: FileNotFoundError, IndexDamaged.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC) + 8)
            if start[: len(MAGIC)] != MAGIC or len(start) < len(MAGIC) + 8:
                raise IndexDamaged(path.name, "it is no case index file", "症例索引のファイルではありません")
            length = int.from_bytes(start[len(MAGIC) :], "little")
            header = json.loads(file.read(length))
            first = -(-(len(MAGIC) + 8 + length) // ALIGNMENT) * ALIGNMENT
            if os.fstat(file.fileno()).st_size != first + header["size"]:
                raise IndexDamaged(path.name, "it is truncated", "途中で切れています")
            whole = np.memmap(file, dtype=np.uint8, mode="r")
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name, (dtype, shape, place, checksum) in header["arrays"].items():
            kind = np.dtype(dtype)
            count = int(np.prod(shape))
            raw = whole[first + place : first + place + count * kind.itemsize]
            if zlib.crc32(raw.data) != checksum:
                raise IndexDamaged(path.name, f"{name} is not as it was written", f"{name} が書き込み時と違います")
            arrays[name] = np.frombuffer(raw, dtype=kind, count=count).reshape(shape)
        return arrays
    except (ValueError, KeyError, TypeError, OverflowError, MemoryError) as error:
        if isinstance(error, IndexDamaged):
            raise
        raise IndexDamaged(path.name, "it cannot be read", "読み取れません") from error


class replacing:
    """A file to be written whole: a temporary one that takes the name of `path` when the block ends well."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        handle, self._temporary = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        self._file = os.fdopen(handle, "wb")
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
                os.fchmod(self._file.fileno(), 0o644)
        finally:
            self._file.close()
        if kind is not None:
            os.unlink(self._temporary)
            return
        os.replace(self._temporary, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

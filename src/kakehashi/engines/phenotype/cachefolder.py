"""A folder of memory-mapped arrays and string tables: written whole or not at all, checked when opened.

`write` fills a temporary folder beside the target and renames it, so readers never see half a folder and two writers
cannot mix. `open_folder` checks sizes and CRC-32 of every file against the manifest, so a truncated or
altered folder is a `DamagedCache`, never a wrong answer. Arrays are read-only and shared between
processes by the page cache.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.problems import DamagedCache

MANIFEST = "manifest.json"


class StringTable(Sequence[str]):
    """Many strings in one UTF-8 block with offsets; a string is decoded when it is asked for."""

    def __init__(self, block: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> None:
        self._block = block
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._block[self._offsets[index] : self._offsets[index + 1]].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        block = self._block.tobytes()
        ends = self._offsets.tolist()
        for start, end in itertools.pairwise(ends):
            yield block[start:end].decode("utf-8")

    @staticmethod
    def pack(strings: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """(block, offsets) of `strings`, to be written as two arrays."""
        encoded = [text.encode("utf-8", "replace") for text in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in encoded], out=offsets[1:])
        return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets


class CompiledFolder:
    """An opened folder: `array(name)`, `strings(name)` and the JSON `meta`."""

    def __init__(self, path: Path, arrays: dict[str, npt.NDArray[Any]], meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self._arrays = arrays

    def array(self, name: str) -> npt.NDArray[Any]:
        """The read-only array written under `name`. Errors: DamagedCache where there is none."""
        try:
            return self._arrays[name]
        except KeyError:
            raise _damaged(self.path, f"{name} is missing", f"{name} がありません") from None

    def strings(self, name: str) -> StringTable:
        """The string table written under `name`."""
        return StringTable(self.array(f"{name}.block"), self.array(f"{name}.offsets"))


def write(
    target: Path,
    *,
    arrays: Mapping[str, npt.NDArray[Any]],
    tables: Mapping[str, Sequence[str]],
    meta: Mapping[str, Any],
) -> None:
    """Write everything under `target`, atomically; where another process was first, its folder stays.

    Errors: OSError where the disk refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        files: dict[str, list[int]] = {}
        everything = dict(arrays)
        for name, strings in tables.items():
            everything[f"{name}.block"], everything[f"{name}.offsets"] = StringTable.pack(strings)
        for name, array in everything.items():
            np.save(building / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
            content = (building / f"{name}.npy").read_bytes()
            files[name] = [len(content), zlib.crc32(content)]
        (building / MANIFEST).write_text(
            json.dumps({"files": files, "meta": meta}, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )
        building.chmod(0o755)
        with contextlib.suppress(OSError):  # not empty: another process was first with the same content
            os.rename(building, target)
        if not target.is_dir():
            raise FileNotFoundError(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def discard(target: Path) -> None:
    """Take `target` away in one step; processes that have it mapped keep what they have."""
    if not target.parent.is_dir():  # somebody has taken all of it away already
        return
    grave = Path(tempfile.mkdtemp(prefix=f".{target.name}.bad.", dir=target.parent))
    with contextlib.suppress(FileNotFoundError):
        os.rename(target, grave / "content")
    shutil.rmtree(grave, ignore_errors=True)


def open_folder(path: Path) -> CompiledFolder:
    """Open what `write` wrote. Errors: FileNotFoundError (no folder), DamagedCache (anything not as written)."""
    if not path.is_dir():
        raise FileNotFoundError(path)
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name, (size, checksum) in manifest["files"].items():
            file = path / f"{name}.npy"
            raw = np.memmap(file, dtype=np.uint8, mode="r")
            if len(raw) != size or zlib.crc32(raw.data) != checksum:
                raise _damaged(path, f"{name} is not as it was written", f"{name} が書き込み時と違います")
            mapped = np.load(file, mmap_mode="r", allow_pickle=False)
            arrays[name] = np.asarray(mapped)  # a plain array over the same pages: indexing a memmap object is slow
        return CompiledFolder(path, arrays, dict(manifest["meta"]))
    except DamagedCache:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, type(error).__name__, type(error).__name__) from error


def _damaged(path: Path, en: str, ja: str) -> DamagedCache:
    return DamagedCache(
        f"{path.name}: the compiled folder is damaged ({en}); it is compiled again from its sources",
        f"{path.name}：コンパイル済みのフォルダーが壊れています（{ja}）。元のファイルから作り直します。",
    )

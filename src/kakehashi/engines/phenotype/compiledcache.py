"""The compiled folders under `<ontology folder>/compiled`: found, compiled when missing, compiled again when damaged.

A folder is named by the content of its sources and the code's format number, so it never goes stale; a small pointer
file per state of the sources (path, size, time) saves hashing 60 MB at every start. Two processes may compile at
once: one waits for the other's lock, and the folder appears in one step.
"""

from __future__ import annotations

import contextlib
import shutil
from functools import cache
from pathlib import Path

from filelock import FileLock

from kakehashi.engines.phenotype import cachefolder, wordings_ja
from kakehashi.engines.phenotype.babelon import read_babelon
from kakehashi.engines.phenotype.cachefolder import CompiledFolder
from kakehashi.engines.phenotype.compile import FORMAT, compile_knowledge
from kakehashi.engines.phenotype.genetable import read_gene_table
from kakehashi.engines.phenotype.hpoa import read_hpoa
from kakehashi.engines.phenotype.obo import read_obo
from kakehashi.engines.phenotype.problems import DamagedCache
from kakehashi.engines.phenotype.sources import Sources, write_whole

COMPILED_KEPT = 3  # compiled folders left in place: those of releases and labels used lately


@cache
def version() -> str:
    """What besides the sources decides the compiled content: the arrays' format and our own wordings."""
    return f"f{FORMAT}-{wordings_ja.version()}"


def pointer_of(folder: Path, sources: Sources) -> Path:
    """The file that names the compiled folder for this state of `sources`. Errors: OSError."""
    return folder / "compiled" / f".stamp-{sources.stamp()}-{version()}"


def pointed(pointer: Path) -> Path | None:
    """The compiled folder that a pointer leads to, None when there is none yet."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        name = pointer.read_text(encoding="utf-8")
        if name and name == Path(name).name:
            return pointer.parent / name
    return None


def open_or_compile(folder: Path, sources: Sources) -> CompiledFolder:
    """The compiled form of `sources`, made when it is missing or damaged. Errors: KnowledgeError, OSError."""
    pointer = pointer_of(folder, sources)
    known = pointed(pointer)
    opened = _try(known) if known is not None else None
    if opened is None:
        compiled = folder / "compiled"
        compiled.mkdir(parents=True, exist_ok=True)
        with FileLock(compiled / ".lock"):
            opened = _find_or_compile(compiled, sources)
        write_whole(pointer, opened.path.name.encode())
    return opened


def _find_or_compile(compiled: Path, sources: Sources) -> CompiledFolder:
    content = sources.content_hash()
    target = compiled / f"{content[:24]}-{version()}"
    opened = _try(target)
    if opened is not None:
        return opened
    out = compile_knowledge(
        read_obo(sources.obo),
        read_hpoa(sources.hpoa),
        read_gene_table(sources.genes),
        read_babelon(sources.labels) if sources.labels else None,
    )
    out.meta["fingerprint"] = f"{out.meta['release'] or 'unnamed'}-{content[:16]}"
    cachefolder.write(target, arrays=out.arrays, tables=out.tables, meta=out.meta)
    _prune(compiled, keep=target.name)
    return cachefolder.open_folder(target)


def _try(path: Path) -> CompiledFolder | None:
    try:
        return cachefolder.open_folder(path)
    except FileNotFoundError:
        return None
    except DamagedCache:
        cachefolder.discard(path)
        return None


def _prune(compiled: Path, *, keep: str) -> None:
    """Delete compiled folders but the COMPILED_KEPT youngest, what a killed compilation left, and pointers to none.

    Only the holder of the lock comes here, so nobody else is building; folders that are open stay mapped.
    """
    for path in compiled.iterdir():
        if path.is_dir() and path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
    folders = [path for path in compiled.iterdir() if path.is_dir() and not path.name.startswith(".")]
    folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in folders[COMPILED_KEPT:]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    for pointer in compiled.glob(".stamp-*"):
        target = pointed(pointer)
        if target is None or not target.is_dir():
            pointer.unlink(missing_ok=True)

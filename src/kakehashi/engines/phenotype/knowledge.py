"""What the node knows: an ontology release, its disease models and genes, and the labels installed for it.

`load()` is the way in. It opens a compiled folder under the ontology folder (see `sources.py`), compiling it first
when there is none. Compiled folders are named by the content of their sources and the code's format number; a damaged
one is compiled again. Two processes may compile at once: one waits for the other.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from kakehashi.engines.phenotype import cachefolder
from kakehashi.engines.phenotype.babelon import read_babelon
from kakehashi.engines.phenotype.cachefolder import CompiledFolder
from kakehashi.engines.phenotype.compile import FORMAT, compile_knowledge
from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.genetable import read_gene_table
from kakehashi.engines.phenotype.hpoa import read_hpoa
from kakehashi.engines.phenotype.obo import read_obo
from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.engines.phenotype.problems import DamagedCache, InstallError
from kakehashi.engines.phenotype.sources import Sources, current_sources, ontology_folder, write_whole

COMPILED_KEPT = 3  # compiled folders left in place: those of releases and labels used lately

_opened: dict[Path, Knowledge] = {}
_opening = threading.Lock()


@dataclass(frozen=True)
class Knowledge:
    """One release, opened; threads and processes may share it, nothing in it changes.

    `fingerprint` names it: HPO release and hash of everything it was compiled from, labels included.
    """

    folder: CompiledFolder
    fingerprint: str

    @cached_property
    def ontology(self) -> Ontology:
        """The terms."""
        return Ontology(self.folder)

    @cached_property
    def diseases(self) -> Diseases:
        """The disease models and genes."""
        return Diseases(self.folder)


def load(cache: Path | None = None) -> Knowledge:
    """The knowledge in force; compiled when needed (seconds), else opened in milliseconds and kept for the process.

    `cache` is the ontology folder, default KAKEHASHI_HOME/ontology. A release or labels installed by another process
    are seen by the next call. Errors: KnowledgeError (a source file is missing or broken, the folder is not writable).
    """
    folder = ontology_folder(cache)
    sources = current_sources(folder)
    try:
        return _open(folder, sources)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InstallError(
            f"the compiled ontology cannot be kept in {folder} ({reason}); make the folder writable or set "
            "KAKEHASHI_HOME to one that is",
            f"コンパイルしたオントロジーを {folder} に置けません（{reason}）。書き込めるようにするか、"
            "KAKEHASHI_HOME に書き込めるフォルダーを指定してください。",
        ) from error


def _open(folder: Path, sources: Sources) -> Knowledge:
    compiled = folder / "compiled"
    pointer = compiled / f".stamp-{sources.stamp()}-f{FORMAT}"
    with _opening:
        known = _pointed(pointer)
        if known is not None and (knowledge := _opened.get(compiled / known)) is not None:
            return knowledge
        knowledge = _try(compiled / known) if known is not None else None
        if knowledge is None:
            compiled.mkdir(parents=True, exist_ok=True)
            with FileLock(compiled / ".lock"):
                knowledge = _find_or_compile(compiled, sources)
            write_whole(pointer, knowledge.folder.path.name.encode())
        _opened[knowledge.folder.path] = knowledge
        return knowledge


def _pointed(pointer: Path) -> str | None:
    """The compiled folder that a stamp leads to: saves hashing the sources at every start."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        name = pointer.read_text(encoding="utf-8")
        if name and name == Path(name).name:
            return name
    return None


def _find_or_compile(compiled: Path, sources: Sources) -> Knowledge:
    content = sources.content_hash()
    name = f"{content[:24]}-f{FORMAT}"
    target = compiled / name
    found = _try(target)
    if found is not None:
        return found
    compile_to(target, sources, content_hash=content)
    _prune(compiled, keep=name)
    return Knowledge(*_opened_folder(target))


def compile_to(target: Path, sources: Sources, *, content_hash: str) -> None:
    """Compile `sources` into the folder `target`. Errors: ParseError, OSError."""
    out = compile_knowledge(
        read_obo(sources.obo),
        read_hpoa(sources.hpoa),
        read_gene_table(sources.genes),
        read_babelon(sources.labels) if sources.labels else None,
    )
    out.meta["embedded"] = sources.embedded
    out.meta["fingerprint"] = f"{out.meta['release'] or 'unnamed'}-{content_hash[:16]}"
    cachefolder.write(target, arrays=out.arrays, tables=out.tables, meta=out.meta)


def _try(path: Path) -> Knowledge | None:
    try:
        return Knowledge(*_opened_folder(path))
    except FileNotFoundError:
        return None
    except DamagedCache:
        cachefolder.discard(path)
        return None


def _opened_folder(path: Path) -> tuple[CompiledFolder, str]:
    opened = cachefolder.open_folder(path)
    return opened, str(opened.meta["fingerprint"])


def _prune(compiled: Path, *, keep: str) -> None:
    """Delete compiled folders but the COMPILED_KEPT youngest, and pointers to none; open ones stay mapped."""
    folders = [path for path in compiled.iterdir() if path.is_dir() and not path.name.startswith(".")]
    folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in folders[COMPILED_KEPT:]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    for pointer in compiled.glob(".stamp-*"):
        name = _pointed(pointer)
        if name is None or not (compiled / name).is_dir():
            pointer.unlink(missing_ok=True)

"""What the node knows: an ontology release, its disease models and genes, and the labels installed for it.

`load()` is the way in; `install`, `install_labels` and `status` serve `kakehashi ontology …`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kakehashi.engines.phenotype.cachefolder import CompiledFolder
from kakehashi.engines.phenotype.compiledcache import open_or_compile
from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.engines.phenotype.install import install, install_labels, remove_labels
from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.engines.phenotype.sources import choice_state, current_sources, ontology_folder, unwritable

__all__ = ["Knowledge", "Status", "install", "install_labels", "load", "remove_labels", "status"]

_in_force: dict[Path, tuple[tuple[int, ...], Knowledge]] = {}  # ontology folder → state of its choice, what it led to
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


@dataclass(frozen=True, slots=True)
class Status:
    """What is installed. Counts: `terms`, `diseases` by source, `annotations` (rows), `genes`, Japanese labels.

    `unplaced_rows` name annotations whose term the ontology does not know, `labels_ja_unplaced` counts translations of
    terms that are not in this release; `compiled_bytes` is the size of the compiled folder.
    """

    folder: Path
    embedded: bool
    release: str
    annotation_version: str
    fingerprint: str
    terms: int
    phenotypes: int
    diseases: dict[str, int]
    annotations: int
    genes: int
    labels_ja: int
    labels_ja_release: str
    labels_ja_unplaced: int
    unplaced_rows: list[str]
    unplaced_rows_count: int
    compiled_bytes: int


def load(cache: Path | None = None) -> Knowledge:
    """The knowledge in force; compiled when needed (seconds), else opened in milliseconds and kept for the process.

    `cache` is the ontology folder, default KAKEHASHI_HOME/ontology. A release or labels installed by another process
    are seen by the next call, which costs microseconds while nothing has changed. Errors: KnowledgeError (a source
    file is missing or broken, the folder is not writable).
    """
    folder = ontology_folder(cache).absolute()
    with _opening:
        state = choice_state(folder)
        if (kept := _in_force.get(folder)) is not None and kept[0] == state:
            return kept[1]
        try:
            opened = open_or_compile(folder, current_sources(folder))
        except OSError as error:
            raise unwritable(folder, error) from error
        knowledge = Knowledge(opened, str(opened.meta["fingerprint"]))
        _in_force[folder] = (state, knowledge)
        return knowledge


def status(cache: Path | None = None) -> Status:
    """What is installed in the ontology folder `cache` (default as in `load`). Errors: KnowledgeError."""
    folder = ontology_folder(cache)
    knowledge = load(cache)
    ontology, diseases, meta = knowledge.ontology, knowledge.diseases, knowledge.folder.meta
    return Status(
        folder=folder,
        embedded=current_sources(folder).embedded,
        release=ontology.release,
        annotation_version=diseases.version,
        fingerprint=knowledge.fingerprint,
        terms=ontology.n,
        phenotypes=int(ontology.phenotype_mask.sum()),
        diseases={source: int(diseases.source_mask({source}).sum()) for source in diseases.sources},
        annotations=len(diseases.row_term),
        genes=len(diseases.gene_symbols),
        labels_ja=ontology.japanese_label_count,
        labels_ja_release=str(meta["labels_ja_release"]),
        labels_ja_unplaced=int(meta["labels_ja_unplaced"]),
        unplaced_rows=diseases.unplaced_rows,
        unplaced_rows_count=diseases.unplaced_rows_count,
        compiled_bytes=sum(file.stat().st_size for file in knowledge.folder.path.iterdir()),
    )

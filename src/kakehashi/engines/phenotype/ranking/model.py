"""The compiled disease models of one source (OMIM, ORPHA, DECIPHER): sparse profiles by term, memory-mapped.

The likelihood ratio of finding t for disease D, against the mean disease (background b):

    own(t)   = exact_share · max(F(t)/b(t), max over annotated a above t of f(a)/b(a))
             + (1 - exact_share) · max over a above or at t of F(a)/b(a)
    kin(t)   = max over a above or at t of Q(a)/b(a)
    ratio    = (1 - s) · own + s · kin + noise,
    s        = kin_share + (1 - kin_share) · kin_rows / (findings of D + kin_rows)

f: annotated frequency; F: f spread upwards; Q: the mean F of D's kin (see `kin.py`). A finding below an annotated one
thus counts as much as the annotated one is telling, a finding beside one as much as what both are.
"""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from kakehashi.engines.phenotype import cachefolder
from kakehashi.engines.phenotype.cachefolder import CompiledFolder
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.problems import DamagedCache
from kakehashi.engines.phenotype.ranking.parameters import ProfileParameters
from kakehashi.engines.phenotype.ranking.profiles import Profile, Profiles, Traits, annotated, spread, traits

if TYPE_CHECKING:  # scipy is imported only where a matrix is made: a single patient never waits for it
    from scipy import sparse

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

FORMAT = 5
REFERENCE = "OMIM"  # the source whose mean profile is the background
LEAST_BACKGROUND = 1e-6
_KIN_MARGIN = 0.9  # kin entries that say less than this share of what the root says are never the maximum
_MODELS_KEPT = 6

_opened: dict[Path, Model] = {}
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class ByTerm:
    """A sparse matrix read by term: `column[indptr[t]:indptr[t + 1]]` (sorted) and the frequencies there."""

    indptr: npt.NDArray[np.int64]
    column: Int32
    frequency: Float32


class Model:
    """One source's diseases as columns 0..n-1, in the order of `diseases` (indices into Diseases, sorted)."""

    def __init__(self, folder: CompiledFolder) -> None:
        self.diseases: Int32 = folder.array("diseases")
        self.n = len(self.diseases)
        self.background: Float64 = folder.array("background")
        self.reference_count = int(folder.meta["reference_count"])
        self.reference_size = float(folder.meta["reference_size"])
        self.direct = _by_term(folder, "direct")
        self.own = _by_term(folder, "own")
        self.kin = _by_term(folder, "kin")
        self.kin_indptr: npt.NDArray[np.int64] = folder.array("kinship_indptr")
        self.kin_disease: Int32 = folder.array("kinship_disease")
        self.kin_weight: Float32 = folder.array("kinship_weight")
        self.kin_total: Float32 = folder.array("kin_total")
        self.kin_size: Float32 = folder.array("kin_size")
        self.profiles = Profiles(*(folder.array(f"profile_{part}") for part in ("indptr", "term", "frequency", "said")))
        self.traits = Traits(
            folder.array("findings"),
            folder.array("size"),
            folder.array("patients"),
            folder.array("onset"),
            folder.array("x_recessive"),
            folder.array("one_sex"),
        )

    @cached_property
    def kinship(self) -> sparse.csr_matrix:
        """float32 n × all diseases: the share each column takes from each of its kin."""
        from scipy import sparse

        width = int(self.kin_disease.max(initial=0)) + 1
        return sparse.csr_matrix((self.kin_weight, self.kin_disease, self.kin_indptr), shape=(self.n, width))

    @cached_property
    def borrowers(self) -> sparse.csc_matrix:
        """`kinship` by disease lent from."""
        return self.kinship.tocsc()

    def column(self, disease: int) -> int | None:
        """The column of a disease index, None where it is of another source."""
        place = int(np.searchsorted(self.diseases, disease))
        return place if place < self.n and int(self.diseases[place]) == disease else None


def open_model(knowledge: Knowledge, source: str, parameters: ProfileParameters) -> Model:
    """The compiled model of `source`, beside the compiled knowledge; compiled first (seconds) where there is none."""
    home = knowledge.folder.path.parent.parent / "ranking"
    path = home / f"{knowledge.folder.path.name}-{source}-{parameters.digest()}-r{FORMAT}"
    with _opening:
        if path in _opened:
            return _opened[path]
        model = _try(path)
        if model is None:
            home.mkdir(parents=True, exist_ok=True)
            with FileLock(home / ".lock"):
                model = _try(path)
                if model is None:
                    _compile(path, knowledge, source, parameters)
                    _prune(home)
                    model = Model(cachefolder.open_folder(path))
        _opened[path] = model
        return model


def _try(path: Path) -> Model | None:
    try:
        return Model(cachefolder.open_folder(path))
    except FileNotFoundError:
        return None
    except DamagedCache:
        cachefolder.discard(path)
        return None


def _prune(home: Path) -> None:
    folders = [path for path in home.iterdir() if path.is_dir() and not path.name.startswith(".")]
    folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in folders[_MODELS_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _compile(path: Path, knowledge: Knowledge, source: str, parameters: ProfileParameters) -> None:
    from kakehashi.engines.phenotype.ranking.kin import kinship

    diseases, ontology = knowledge.diseases, knowledge.ontology
    every_row = np.arange(len(diseases.row_disease))
    direct = annotated(diseases, ontology, every_row, parameters)
    own = spread(direct, ontology)
    profiles = Profiles.of(direct, diseases.n)
    reference = np.flatnonzero(diseases.source_mask({REFERENCE}))
    if len(reference) == 0:  # a release without OMIM: every disease is the reference
        reference = np.arange(diseases.n)
    columns = np.flatnonzero(diseases.source_mask({source})).astype(np.int32)
    everything = np.arange(diseases.n, dtype=np.int32)
    known = traits(diseases, ontology, every_row, direct, everything)
    background = np.bincount(own.term, own.frequency * np.isin(own.disease, reference), ontology.n) / len(reference)
    background = np.maximum(background, LEAST_BACKGROUND)
    by_disease = _matrix(own, diseases.n, ontology.n)
    share = kinship(diseases, parameters)[columns]
    total = np.asarray(share.sum(axis=1)).ravel()
    reference_size = float(known.size[reference].mean(dtype=np.float64))
    kin_size = share @ known.size + (1 - total) * reference_size
    heaviest = np.zeros(ontology.n)
    of_reference = np.isin(own.disease, reference)
    np.maximum.at(heaviest, own.term[of_reference], own.frequency[of_reference])
    least = np.maximum(background - heaviest / len(reference), LEAST_BACKGROUND)
    borrowed = _telling((share @ by_disease).tocsr(), background, least, ontology.phenotype_root).tocsc()
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "diseases": columns,
        "background": background,
        "kinship_indptr": share.indptr.astype(np.int64),
        "kinship_disease": share.indices.astype(np.int32),
        "kinship_weight": share.data.astype(np.float32),
        "profile_indptr": profiles.indptr,
        "profile_term": profiles.term,
        "profile_frequency": profiles.frequency,
        "profile_said": profiles.said,
        "kin_total": total.astype(np.float32),
        "kin_size": np.asarray(kin_size).ravel().astype(np.float32),
        "findings": known.findings[columns],
        "size": known.size[columns],
        "patients": known.patients[columns],
        "onset": known.onset[columns],
        "x_recessive": known.x_recessive[columns],
        "one_sex": known.one_sex[columns],
    }
    for name, matrix in (
        ("direct", _matrix(direct, diseases.n, ontology.n)[columns].tocsc()),
        ("own", by_disease[columns].tocsc()),
        ("kin", borrowed),
    ):
        matrix.sort_indices()
        arrays[f"{name}_indptr"] = matrix.indptr.astype(np.int64)
        arrays[f"{name}_column"] = matrix.indices.astype(np.int32)
        arrays[f"{name}_frequency"] = matrix.data.astype(np.float32)
    meta = {"source": source, "reference_count": len(reference), "reference_size": reference_size}
    cachefolder.write(path, arrays=arrays, tables={}, meta=meta)


def _matrix(profile: Profile, diseases: int, terms: int) -> sparse.csr_matrix:
    from scipy import sparse

    return sparse.csr_matrix((profile.frequency, (profile.disease, profile.term)), shape=(diseases, terms))


def _telling(borrowed: sparse.csr_matrix, background: Float64, least: Float64, root: int) -> sparse.csr_matrix:
    """Drop entries that can never be the maximum over ancestors, because the root, above every term, says more.

    `least` is the background should any one disease be left out, so that they stay droppable then.
    """
    from scipy import sparse

    rows = np.repeat(np.arange(borrowed.shape[0]), np.diff(borrowed.indptr))
    at_root = np.zeros(borrowed.shape[0])
    is_root = borrowed.indices == root
    at_root[rows[is_root]] = borrowed.data[is_root] / background[root]
    kept = is_root | (borrowed.data / least[borrowed.indices] > _KIN_MARGIN * at_root[rows])
    return sparse.csr_matrix((borrowed.data[kept], (rows[kept], borrowed.indices[kept])), shape=borrowed.shape)


def _by_term(folder: CompiledFolder, name: str) -> ByTerm:
    return ByTerm(*(folder.array(f"{name}_{part}") for part in ("indptr", "column", "frequency")))

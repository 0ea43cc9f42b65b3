"""A model with the rows of some publications left out, as if phenotype.hpoa had never held them.

Only what these rows touch is made anew: the diseases that cite them, the diseases that borrow from those (`kin.py`),
and the background. A disease that loses every row stays in the ranking, known by its name, genes and kin only; nothing
downstream can tell that it ever had rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.model import LEAST_BACKGROUND, REFERENCE, Model
from kakehashi.engines.phenotype.ranking.parameters import ProfileParameters
from kakehashi.engines.phenotype.ranking.profiles import Profile, Traits, annotated, spread, traits

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What changes when `rows` are left out.

    `diseases`: those that lose rows, sorted; `profile`: the findings that they keep. `direct`, `own`: their profiles
    then, `before`: own profile as compiled; float32 diseases × terms. `traits`: theirs then. `background`,
    `reference_size`: for everyone.
    """

    rows: Int64
    diseases: Int32
    profile: Profile
    direct: Float32
    own: Float32
    before: Float32
    traits: Traits
    size_change: Float32
    background: Float64
    reference_size: float


@dataclass(frozen=True, slots=True)
class Patch:
    """How one model changes: `columns` (sorted) are made anew, `lost` says which left-out disease each is (or -1),
    `lent` the share that each takes from each left-out disease; `traits`, `kin_size` replace the model's."""

    left_out: LeftOut
    columns: Int32
    lost: Int64
    lent: Float32
    traits: Traits
    kin_size: Float32


def leave_out(knowledge: Knowledge, model: Model, rows: Int64, parameters: ProfileParameters) -> LeftOut:
    """Work out what changes when `rows` (sorted row indices) are left out; `model` gives the background."""
    diseases, ontology = knowledge.diseases, knowledge.ontology
    touched = np.unique(diseases.row_disease[rows]).astype(np.int32)
    mine = np.concatenate([np.arange(diseases.rows(int(d)).start, diseases.rows(int(d)).stop) for d in touched])
    rest = mine[~np.isin(mine, rows)]
    old_direct = annotated(diseases, ontology, mine, parameters)
    new_direct = annotated(diseases, ontology, rest, parameters)
    before = _dense(spread(old_direct, ontology), touched, ontology.n)
    own = _dense(spread(new_direct, ontology), touched, ontology.n)
    old_size = traits(diseases, ontology, mine, old_direct, touched).size
    now = traits(diseases, ontology, rest, new_direct, touched)
    reference = diseases.source_mask({REFERENCE})
    counts = reference[touched] if reference.any() else np.ones(len(touched), dtype=np.bool_)
    change = (own[counts].astype(np.float64) - before[counts]).sum(axis=0) / model.reference_count
    size_change = now.size - old_size
    return LeftOut(
        rows=rows,
        diseases=touched,
        profile=new_direct,
        direct=_dense(new_direct, touched, ontology.n),
        own=own,
        before=before,
        traits=now,
        size_change=size_change,
        background=np.maximum(model.background + change, LEAST_BACKGROUND),
        reference_size=model.reference_size + float(size_change[counts].sum()) / model.reference_count,
    )


def patch(model: Model, left_out: LeftOut) -> Patch:
    """What of `model` is made anew."""
    width = model.borrowers.shape[1]
    lending = left_out.diseases[left_out.diseases < width]
    lent = model.borrowers[:, lending].tocsr()
    places = {int(disease): i for i, disease in enumerate(left_out.diseases)}
    own_columns = [c for d in left_out.diseases if (c := model.column(int(d))) is not None]
    columns = np.union1d(np.flatnonzero(np.diff(lent.indptr)), own_columns).astype(np.int32)
    shares = np.zeros((len(columns), len(left_out.diseases)), dtype=np.float32)
    shares[:, np.searchsorted(left_out.diseases, lending)] = lent[columns].toarray()
    lost = np.array([places.get(int(d), -1) for d in model.diseases[columns]], dtype=np.int64)
    fields = {}
    for name in ("findings", "size", "patients", "onset", "x_recessive", "one_sex"):
        values = getattr(model.traits, name).copy()
        values[columns[lost >= 0]] = getattr(left_out.traits, name)[lost[lost >= 0]]
        fields[name] = values
    kin_size = model.kin_size + (1 - model.kin_total) * np.float32(left_out.reference_size - model.reference_size)
    kin_size[columns] += shares @ left_out.size_change
    return Patch(left_out, columns, lost, shares, Traits(**fields), kin_size)


def _dense(profile: Profile, diseases: Int32, terms: int) -> Float32:
    dense = np.zeros((len(diseases), terms), dtype=np.float32)
    dense[np.searchsorted(diseases, profile.disease), profile.term] = profile.frequency
    return dense

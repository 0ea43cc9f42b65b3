"""Which findings only one sex can have, and which diseases therefore affect one sex alone.

A person's recorded sex and body may differ (differences of sex development): a patient with a finding of the other
sex's genitalia or of ambiguous ones is held to neither rule, and no disease with such findings affects "one sex".
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ontology import Ontology

Bool = npt.NDArray[np.bool_]
Int8 = npt.NDArray[np.int8]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]

MALE, FEMALE = 1, -1
_ONLY: dict[int, tuple[int, ...]] = {  # genitalia, their function, neoplasms; fertility, germ cells, puberty
    MALE: (10461, 12874, 33019, 12041, 12863, 8185, 52),
    FEMALE: (10460, 30012, 33020, 868, 33338, 10465, 8647),
}
_UNDETERMINED = (12244, 62)  # abnormal sex determination, ambiguous genitalia
_BESIDE = (78, 818)  # genital and endocrine system: what may stand beside them in a disease of one sex
_FOR_THE_MOST_PART = 0.5


def sex_sign(sex: str | None) -> int:
    """1 for "MALE", -1 for "FEMALE", 0 for anything else."""
    return {"MALE": MALE, "FEMALE": FEMALE}.get((sex or "").upper(), 0)


def findings_of(ontology: Ontology, sign: int) -> Bool:
    """bool[terms]: what only this sex (1 male, -1 female) can have."""
    return _under(ontology, _ONLY[sign])


def held_to(ontology: Ontology, sex: str | None, observed: Iterable[int]) -> int:
    """The sex (1 male, -1 female) that rules out what only the other has; 0: not said, or the body says otherwise."""
    sign = sex_sign(sex)
    if sign == 0:
        return 0
    otherwise = findings_of(ontology, -sign) | _under(ontology, _UNDETERMINED)
    return 0 if otherwise[list(observed)].any() else sign


def one_sex(ontology: Ontology, disease: Int64, term: npt.NDArray[np.int32], often: Float32, count: int) -> Int8:
    """Per disease: 1 where it affects males alone, -1 females alone, 0 both.

    `disease`, `term`, `often`: its findings and how frequent they are, one row each. More than half of them, by
    frequency, must lie among what only one sex can have, none among what only the other can, and the rest in the
    genital and endocrine system: Perrault syndrome makes boys deaf too.
    """
    total = np.bincount(disease, often, count)
    elsewhere = ~_under(ontology, (*_BESIDE, *_ONLY[MALE], *_ONLY[FEMALE])) | _under(ontology, _UNDETERMINED)
    alone = np.zeros(count, dtype=np.int8)
    for sign in (MALE, FEMALE):
        own, barred = findings_of(ontology, sign), elsewhere | findings_of(ontology, -sign)
        mostly = np.bincount(disease, often * own[term], count) > _FOR_THE_MOST_PART * total
        alone[mostly & (np.bincount(disease, barred[term], count) == 0)] = sign
    return alone


def _under(ontology: Ontology, numbers: Iterable[int]) -> Bool:
    mask = np.zeros(ontology.n, dtype=np.bool_)
    for number in numbers:
        root = ontology.index_of_number(number)
        if root is not None:
            mask[ontology.descendants(root)] = True
    return mask

"""Kinds of signs: the branches of the phenotype ontology that a case's present findings lie in.

Each kind is one or more of the branches beneath "Phenotypic abnormality" (HP:0000118). A case's kinds are kept as the
bits of one number, so that a hundred thousand cases are counted by their kinds in one pass; a case with findings of
several kinds counts in each.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ontology import Ontology, parse_id
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.course.states import PhenotypeGroup
from kakehashi.systems.cases.description import Description

BRANCHES: dict[PhenotypeGroup, tuple[str, ...]] = {
    PhenotypeGroup.NERVOUS: ("HP:0000707",),
    PhenotypeGroup.MALFORMATION: ("HP:0000152", "HP:0040064", "HP:0001507", "HP:0001197", "HP:0045027"),
    PhenotypeGroup.MUSCLE_BONE: ("HP:0033127",),
    PhenotypeGroup.HEART_VESSELS: ("HP:0001626",),
    PhenotypeGroup.METABOLISM: ("HP:0001939", "HP:0000818"),
    PhenotypeGroup.BLOOD_IMMUNE: ("HP:0001871", "HP:0002715"),
    PhenotypeGroup.KIDNEY: ("HP:0000119",),
    PhenotypeGroup.DIGESTIVE: ("HP:0025031",),
    PhenotypeGroup.LUNG: ("HP:0002086",),
    PhenotypeGroup.SKIN: ("HP:0001574",),
    PhenotypeGroup.EYE: ("HP:0000478",),
    PhenotypeGroup.EAR: ("HP:0000598",),
    PhenotypeGroup.TUMOUR: ("HP:0002664",),
    PhenotypeGroup.OTHER: ("HP:0025142", "HP:0001608", "HP:0000769", "HP:0025354"),
}
"""Each branch beneath HP:0000118 stands under one kind. The order gives the bits: add at the end, change nothing."""
BITS: dict[PhenotypeGroup, int] = {group: 1 << place for place, group in enumerate(BRANCHES)}


def groups_of(description: Description) -> int:
    """The kinds of a description's present findings, as bits; 0 where none is known to the ontology."""
    known = vocabulary.knowledge()
    bits, ontology = _bits_of_terms(known.fingerprint), known.ontology
    found = 0
    for finding in description.present:
        index = ontology.index(finding.term)
        found |= int(bits[index]) if index is not None else 0
    return found


def in_groups(bits: int) -> list[PhenotypeGroup]:
    """The kinds that bits stand for."""
    return [group for group, bit in BITS.items() if bits & bit]


@lru_cache(maxsize=2)
def _bits_of_terms(fingerprint: str) -> npt.NDArray[np.int32]:
    """For each term its kinds as bits; of the release in force, which ``fingerprint`` names."""
    ontology: Ontology = vocabulary.knowledge().ontology
    bits = np.zeros(ontology.n, dtype=np.int32)
    for group, branches in BRANCHES.items():
        for branch in branches:
            top = ontology.index_of_number(parse_id(branch) or 0)
            if top is not None:
                bits[ontology.descendants(top)] |= BITS[group]
    return bits

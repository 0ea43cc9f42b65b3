"""The rows of cases, by subject."""

from kakehashi.systems.cases.models.case import (
    ALPHABET,
    Case,
    CaseFinding,
    CaseGene,
    Packet,
    Revision,
    new_public_id,
)
from kakehashi.systems.cases.models.families import Family, FamilyLink, FamilyRevision, new_family_id

__all__ = [
    "ALPHABET",
    "Case",
    "CaseFinding",
    "CaseGene",
    "Family",
    "FamilyLink",
    "FamilyRevision",
    "Packet",
    "Revision",
    "new_family_id",
    "new_public_id",
]

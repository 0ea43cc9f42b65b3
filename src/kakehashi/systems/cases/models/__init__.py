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
from kakehashi.systems.cases.models.consultation import Consultation, Referral
from kakehashi.systems.cases.models.course import Analysis, CaseDiagnosis, Opinion, Review
from kakehashi.systems.cases.models.designated import DesignatedDisease, DesignatedList
from kakehashi.systems.cases.models.families import Family, FamilyLink, FamilyRevision, new_family_id
from kakehashi.systems.cases.models.linkage import (
    IdentityEntry,
    LinkageKey,
    SamePatient,
    Suspicion,
    SuspicionNote,
    SuspicionSide,
    Unlinked,
)
from kakehashi.systems.cases.models.publication import Publication

__all__ = [
    "ALPHABET",
    "Analysis",
    "Case",
    "CaseDiagnosis",
    "CaseFinding",
    "CaseGene",
    "Consultation",
    "DesignatedDisease",
    "DesignatedList",
    "Family",
    "FamilyLink",
    "FamilyRevision",
    "IdentityEntry",
    "LinkageKey",
    "Opinion",
    "Packet",
    "Publication",
    "Referral",
    "Review",
    "Revision",
    "SamePatient",
    "Suspicion",
    "SuspicionNote",
    "SuspicionSide",
    "Unlinked",
    "new_family_id",
    "new_public_id",
]

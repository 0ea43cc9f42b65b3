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

__all__ = ["ALPHABET", "Case", "CaseFinding", "CaseGene", "Packet", "Revision", "new_public_id"]

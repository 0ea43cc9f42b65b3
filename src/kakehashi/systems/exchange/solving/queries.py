"""The diagnoses that the two sides of a match proposed to each other, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.workflow import Move, moves_available
from kakehashi.systems.cases.public import NewDiagnosis, disease_said
from kakehashi.systems.exchange.conversations.queries import sides_for
from kakehashi.systems.exchange.models import Proposal, Side


@dataclass(frozen=True)
class Proposed:
    """A proposal as one of the two sides sees it: who proposed is a side, never a person."""

    proposal: Proposal
    own: bool
    disease: str
    diagnosis: NewDiagnosis
    moves: tuple[Move, ...]


def proposals_of(person: Any, side: Side) -> list[Proposed]:
    """What was proposed in the conversation of a side, the latest first, with what the person may do about it."""
    found = Proposal.objects.filter(to__conversation=side.conversation_id).select_related("match", "to")
    return [_proposed(person, one, side) for one in found.order_by("-pk")]


def proposal_for(person: Any, proposal_id: int) -> Proposal:
    """A proposal in a conversation that the person takes part in. Raises NotFound."""
    taking_part = Q(to__conversation__in=sides_for(person).values("conversation"))
    found = Proposal.objects.filter(taking_part, pk=proposal_id).select_related("match", "to").first()
    if found is None:
        raise NotFound
    return found


def _proposed(person: Any, one: Proposal, side: Side) -> Proposed:
    diagnosis = NewDiagnosis.model_validate(one.diagnosis)
    return Proposed(
        proposal=one,
        own=one.to_id != side.pk,
        disease=disease_said(diagnosis.named, diagnosis.label),
        diagnosis=diagnosis,
        moves=tuple(moves_available(one, person)),
    )

"""Answering a peer: what it may know of our cases, by what it asks for, within its bounds; told in the trail."""

import time
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.sharing.asked import tell_administrators
from kakehashi.kernel.sharing.states import Level, Sector
from kakehashi.kernel.sharing.subjects import node_subject
from kakehashi.protocols.mme import Answer, MatchRequest, MmeError, Result, Score
from kakehashi.systems.cases.public import SharedMatch, case_keys, profile_key, shared_matches
from kakehashi.systems.exchange.bounds import Refusal, refusal
from kakehashi.systems.exchange.models import Peer, Received, Told
from kakehashi.systems.exchange.patients import answered, description_of, registrant_contact, unused_said
from kakehashi.systems.exchange.tokens import keyed

RESULTS = 20
LEAST_SCORE = 0.1
"""Below this nobody finds a partner, only more to look through."""
DISCLAIMER = (
    "Data in this exchange are unverified clinical descriptions for research. Nothing here is a diagnosis. "
    "Do not try to identify patients; do not contact anyone but the contact given."
)
TERMS = "Use is limited to finding similar cases and contacting their registrants. Do not keep or pass on the data."


class TooMuch(MmeError):
    """The peer is beyond its bounds."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(429, f"Refused for now: {refused.message}")
        self.refused = refused


@dataclass
class Noted:
    """What is kept of one request, whatever becomes of it."""

    peer: Peer
    started: float = field(default_factory=time.perf_counter)
    patient_hash: str = ""
    profile_hash: str = ""
    test: bool = False

    def keep(self, status: int, results: int = 0) -> None:
        """Write the request down with its outcome."""
        Received.objects.create(
            peer=self.peer,
            patient_hash=self.patient_hash,
            profile_hash=self.profile_hash,
            test=self.test,
            status=status,
            results=results,
            took_ms=round((time.perf_counter() - self.started) * 1000),
        )


def answer(peer: Peer, asked: MatchRequest, noted: Noted) -> Answer:
    """The answer to a peer's question: similar cases, each as far as its registrant shows it to that peer.

    Raises TooMuch beyond the peer's bounds.
    """
    description, unused = description_of(asked.patient)
    noted.patient_hash, noted.test = keyed(asked.patient.id), bool(asked.patient.test)
    noted.profile_hash = profile_key(description)
    asker = f"peer:{peer.pk}"
    refused = refusal(peer, asker, noted.patient_hash, noted.profile_hash)
    if refused is not None:
        audit.refused(asker, "mme.match", ("peer", peer.pk), detail={"reasons": [refused.code]})
        if refused.suspicious:
            tell_administrators(asker, peer.name, None)
        raise TooMuch(refused)
    subject = node_subject(peer.name, country=peer.country, sector=Sector(peer.sector))
    found = [
        match
        for match in shared_matches(subject, description, asker=asker, k=RESULTS, synthetic=noted.test)
        if match.level == Level.EXISTS or (match.score >= LEAST_SCORE and (match.findings or match.genes))
    ]
    with transaction.atomic():
        _tell(peer, found)
        noted.keep(200, len(found))
    results = tuple(
        Result(
            score=Score(patient=min(1.0, max(0.0, match.score))),
            patient=answered(match, registrant_contact(match.public_id, match.organisation)),
        )
        for match in found
    )
    said = {"results": results, "disclaimer": DISCLAIMER, "terms": TERMS, **unused_said(description, unused)}
    return Answer.model_validate(said)


def _tell(peer: Peer, found: list[SharedMatch]) -> None:
    """Note of each case that the peer was told of it, and in the trail what went out."""
    if not found:
        return
    today = timezone.localdate()
    keys = case_keys([match.public_id for match in found])
    for match in found:
        told, made = Told.objects.get_or_create(
            peer=peer, case_id=keys[match.public_id], day=today, defaults={"level": int(match.level)}
        )
        if not made:
            Told.objects.filter(pk=told.pk).update(times=F("times") + 1, level=int(match.level))
    for level in sorted({match.level for match in found}):
        told_of = [keys[match.public_id] for match in found if match.level == level]
        audit.read_of(f"peer:{peer.pk}", "case", told_of, action="case.told", detail={"level": int(level)})

"""Bounds against fishing for peers: how many requests a minute; faces and patients a day by the rules for everyone.

The rules and what they stand against: ``kernel.sharing.asking``. What goes beyond is refused and kept in the trail.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from kakehashi.kernel.sharing.asked import ask
from kakehashi.kernel.sharing.asking import Bounds
from kakehashi.systems.exchange.models import Peer, Received

MESSAGES = {
    "slow": "this patient was asked for under many different profiles today",
    "faces": "this patient was asked for under too many different profiles today",
    "patients": "too many new patients today",
}


@dataclass(frozen=True)
class Refusal:
    """Why a peer is refused for now; ``after_s``: when it may try again; ``suspicious``: worth a person's look."""

    code: str
    message: str
    after_s: int
    suspicious: bool


def refusal(peer: Peer, asker: str, patient_hash: str, profile_hash: str) -> Refusal | None:
    """Whether this request goes beyond the peer's bounds; counted as asked where it does not."""
    now = timezone.now()
    if Received.objects.filter(peer=peer, at__gt=now - timedelta(minutes=1)).count() >= peer.requests_a_minute:
        return Refusal("minute", f"more than {peer.requests_a_minute} requests a minute", 60, False)
    bounds = Bounds(patients_a_day=peer.patients_a_day)
    pause = ask(asker, about=patient_hash, profile=profile_hash, bounds=bounds)
    if pause is None:
        return None
    after_s = max(1, math.ceil((pause.until - now).total_seconds()))
    return Refusal(pause.code, MESSAGES[pause.code], after_s, pause.suspicious)

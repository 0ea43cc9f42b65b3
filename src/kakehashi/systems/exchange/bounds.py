"""Bounds against fishing: how much a peer may ask in a minute and in a day, and how often it may change one patient.

Someone who may only learn that a similar case exists could learn its findings by asking again and again with one term
changed. A clinician's patient is asked for a few times and edited a few times; a walk through the terms is many
patients, or one patient with many faces. Both are counted, refused beyond the bound, and kept in the trail.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from kakehashi.systems.exchange.models import Peer, Received

FACES_A_DAY = 12
"""Different profiles under which one patient of a peer may be asked for in a day."""


@dataclass(frozen=True)
class Refusal:
    """Why a peer is refused for now; ``after_s``: when it may try again; ``suspicious``: worth a person's look."""

    code: str
    message: str
    after_s: int
    suspicious: bool


def refusal(peer: Peer, patient_hash: str, profile_hash: str) -> Refusal | None:
    """Whether this request goes beyond the peer's bounds."""
    now = timezone.now()
    answered = Received.objects.filter(peer=peer)
    if answered.filter(at__gt=now - timedelta(minutes=1)).count() >= peer.requests_a_minute:
        return Refusal("minute", f"more than {peer.requests_a_minute} requests a minute", 60, False)
    today = answered.filter(at__gt=now - timedelta(days=1), status=200)
    faces = set(today.filter(patient_hash=patient_hash).values_list("profile_hash", flat=True).distinct())
    if profile_hash in faces:
        return None
    if len(faces) >= FACES_A_DAY:
        return Refusal("faces", "this patient was asked for under too many different profiles today", 86_400, True)
    if not faces and today.values("patient_hash").distinct().count() >= peer.patients_a_day:
        return Refusal("patients", f"more than {peer.patients_a_day} new patients a day", 86_400, True)
    return None

"""Asking within bounds: what was asked and heard, kept in the database and held against the rules of ``asking``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, locks
from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.kernel.notices import notify
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.queries import people_holding
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import Text, denied
from kakehashi.kernel.sharing import asking
from kakehashi.kernel.sharing.asking import Bounds, Pause
from kakehashi.kernel.sharing.models import Asked, Heard

WHY: dict[str, Any] = {
    "slow": _("This patient was asked for under many different descriptions today. Ask again from {until}."),
    "faces": _("This patient was asked for under too many different descriptions today. Ask again from {until}."),
    "patients": _("Similar cases were asked for for too many different patients today. Ask again from {until}."),
}


class AskedTooMuch(NotAllowed):
    """The asker must wait: ``pause`` says until when."""

    def __init__(self, pause: Pause) -> None:
        until = timezone.localtime(pause.until).strftime("%Y-%m-%d %H:%M")
        super().__init__(denied(f"asked_{pause.code}", format_lazy(WHY[pause.code], until=until)))
        self.pause = pause


def keyed_profile(parts: Iterable[str]) -> str:
    """A description as a hash that only this node can make: tells descriptions apart without keeping them."""
    said = "\n".join(sorted(set(parts)))
    return salted_hmac("kakehashi.sharing.asked", said, algorithm="sha256").hexdigest()


def ask(asker: str, *, about: str, profile: str, bounds: Bounds) -> Pause | None:
    """Note that someone asks by a description; the pause they must make instead, if any. Asked before today: none."""
    now = timezone.now()
    with transaction.atomic():
        locks.alone(f"asked.{asker}")
        today = Asked.objects.filter(asker=asker, at__gt=now - asking.DAY)
        faces = dict(today.filter(about=about).values_list("profile", "at"))
        if profile in faces:
            return None
        patients: list[datetime] = []
        if not faces:
            patients = list(today.values("about").annotate(first=Min("at")).values_list("first", flat=True))
        found = asking.pause(now, bounds, faces=list(faces.values()), patients=patients)
        if found is None:
            Asked.objects.update_or_create(asker=asker, about=about, profile=profile, defaults={"at": now})
        return found


def answering(asker: str, kind: str, scores: Mapping[int, float], profile: str) -> frozenset[int]:
    """Which of these records, whose existence alone is shown, answer this description; every near one hears it.

    ``scores``: record id → how similar it is, 0–1.
    """
    now = timezone.now()
    near = [pk for pk, score in scores.items() if score >= asking.NEAR_FROM]
    if not near:
        return frozenset()
    with transaction.atomic():
        locks.alone(f"asked.{asker}")
        before: dict[int, dict[str, datetime]] = defaultdict(dict)
        rows = Heard.objects.filter(asker=asker, kind=kind, record_id__in=near, at__gt=now - asking.MONTH)
        for record_id, said, at in rows.values_list("record_id", "profile", "at"):
            before[record_id][said] = at
        hears = {pk for pk in near if profile in before[pk] or asking.may_hear(now, list(before[pk].values()))}
        new = [
            Heard(asker=asker, kind=kind, record_id=pk, profile=profile, at=now)
            for pk in sorted(hears)
            if profile not in before[pk]
        ]
        Heard.objects.bulk_create(
            new,
            update_conflicts=True,
            unique_fields=["asker", "kind", "record_id", "profile"],
            update_fields=["at"],
        )
    return frozenset(pk for pk in hears if scores[pk] >= asking.TOLD_FROM)


def refuse_for_now(pause: Pause, *, by: Any, action: str, subject: Any, institution: Organisation | None) -> None:
    """Raise AskedTooMuch, flagged."""
    flag(pause, by=by, action=action, subject=subject, institution=institution)
    refused = AskedTooMuch(pause)
    refused.recorded = True
    raise refused


def flag(pause: Pause, *, by: Any, action: str, subject: Any, institution: Organisation | None) -> None:
    """Record that someone must wait; administrators are told, once a day for each asker, where it looks like a walk."""
    audit.refused(by, action, subject, detail={"reasons": [f"asked_{pause.code}"]})
    if pause.suspicious:
        tell_administrators(f"person:{by.pk}", _("Someone of your institution"), institution)


def tell_administrators(asker: str, who: Text, institution: Organisation | None) -> None:
    """Tell the administrators of an institution and of the agencies that someone asks as ordinary work does not."""
    if not cache.add(f"asked-too-much:{asker}"[:200].replace(" ", "_"), 1, timeout=86_400):
        return
    told = Organisation.objects.filter(kind=Kind.AGENCY).values_list("pk", flat=True)
    own = [institution.pk] if institution is not None else []
    text = format_lazy(
        _(
            "{who} asked for similar cases as ordinary work does not, and is refused for now. "
            "The audit trail says more."
        ),
        who=who,
    )
    for person in people_holding([Role.ADMINISTRATOR], [*told, *own]):
        notify(person, "sharing.asked_too_much", text, reverse("audit:list"))


@every_hour
def forget_what_was_asked() -> int:
    """Rows that no rule looks at any more are deleted."""
    now = timezone.now()
    asked, _kinds = Asked.objects.filter(at__lte=now - asking.DAY).delete()
    heard, _kinds = Heard.objects.filter(at__lte=now - asking.MONTH).delete()
    return asked + heard

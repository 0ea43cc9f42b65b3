"""What those who work on a case may know of its suspicions, decided anew at every read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases import rules as case_rules
from kakehashi.systems.cases.linkage import rules
from kakehashi.systems.cases.linkage.secret import VARIANT, current_generation
from kakehashi.systems.cases.linkage.states import Answered, Keep, Reason
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.models.linkage import LinkageKey, Suspicion, SuspicionSide, Unlinked

MOST_SHOWN = 200


@dataclass(frozen=True)
class Note:
    """A message between the two sides."""

    ours: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class SeenSuspicion:
    """A suspicion as one side may know it: of the other case nothing but that it exists and what was answered.

    ``reasons`` are empty unless the terms of the other case show this side what matches. ``institution`` is "" until
    both sides have answered that it is the same patient.
    """

    id: int
    case: Case
    found_at: datetime
    reasons: tuple[str, ...]
    answered: Answered
    theirs: Answered
    confirmed: bool
    institution: str
    keep: str
    their_keep: str
    notes: tuple[Note, ...]

    @property
    def outcome(self) -> Literal["confirmed", "refuted", "open"]:
        """Where the two sides stand together, as a code: confirmed, refuted, open."""
        if self.confirmed:
            return "confirmed"
        return "refuted" if Answered.DIFFERENT in (self.answered, self.theirs) else "open"

    @property
    def answered_label(self) -> str:
        return str(self.answered.label)

    @property
    def theirs_label(self) -> str:
        return str(self.theirs.label)

    @property
    def their_keep_label(self) -> str:
        """What the other side would keep, said from this side."""
        turned = {Keep.OURS: Keep.THEIRS, Keep.THEIRS: Keep.OURS, Keep.BOTH: Keep.BOTH}
        return str(turned[Keep(self.their_keep)].label) if self.their_keep else ""


@dataclass(frozen=True)
class Given:
    """Whether keyed hashes of identifying items are kept for a case, and whether the linkage key in force made them."""

    kept: bool
    outdated: bool
    insurance: bool
    at: datetime | None


def given_of(case: Case) -> Given:
    """What is kept of a case's identity."""
    keys = list(LinkageKey.objects.filter(case=case).exclude(kind=VARIANT).values_list("kind", "generation"))
    last = case.identity_entries.order_by("-at").first()
    outdated = any(generation != current_generation() for _kind, generation in keys)
    return Given(bool(keys), outdated, "insurance" in {kind for kind, _g in keys}, last.at if last and keys else None)


def is_confirmed(sides: Iterable[SuspicionSide]) -> bool:
    """Whether both sides answered that it is the same patient."""
    answers = [side.state for side in sides]
    return len(answers) == 2 and set(answers) == {Answered.SAME}


def suspicions_of(person: Any, case: Case) -> list[SeenSuspicion]:
    """The suspicions of a case that those who work on it may know of today; nobody else is told any."""
    if not case_rules.may_edit(person, case):
        return []
    return _seen(SuspicionSide.objects.filter(case=case))


def suspicions_for(person: Any) -> list[SeenSuspicion]:
    """The suspicions of all cases that someone works on, the latest first."""
    holders = case_rules.organisations_written_by(person)
    return _seen(SuspicionSide.objects.filter(case__organisation__in=holders))


def told_side(person: Any, case: Case, suspicion_id: int) -> SuspicionSide:
    """This side of a suspicion. Raises NotFound where there is none, it may not be told, or the person is no part of
    it.
    """
    side = SuspicionSide.objects.filter(case=case, suspicion=suspicion_id).select_related("suspicion", "case").first()
    if (
        side is None
        or not case_rules.may_edit(person, case)
        or not any(one.id == suspicion_id for one in _seen(SuspicionSide.objects.filter(pk=side.pk)))
    ):
        raise NotFound(_("Suspicion"))
    return side


def _seen(sides: Any) -> list[SeenSuspicion]:
    found = []
    told = sides.filter(suspicion__told_at__isnull=False).order_by("-suspicion__found_at", "-pk")
    for side in told.select_related("suspicion", "case__organisation")[:MOST_SHOWN]:
        other = side.suspicion.sides.exclude(pk=side.pk).select_related("case__organisation").get()
        answered = side.state != Answered.ASKED or other.state != Answered.ASKED
        if not (side.suspicion.stands or answered) or not rules.may_be_told(side.case, other.case):
            continue
        confirmed = is_confirmed((side, other))
        found.append(
            SeenSuspicion(
                id=side.suspicion_id,
                case=side.case,
                found_at=side.suspicion.found_at,
                reasons=_reasons(side.suspicion) if rules.may_know_why(side.case, other.case) else (),
                answered=Answered(side.state),
                theirs=Answered(other.state),
                confirmed=confirmed,
                institution=other.case.organisation.label() if confirmed else "",
                keep=side.keep,
                their_keep=other.keep,
                notes=tuple(Note(one.case_id == side.case_id, one.at, one.text) for one in side.suspicion.notes.all()),
            )
        )
    return found


def _reasons(suspicion: Suspicion) -> tuple[str, ...]:
    return tuple(str(Reason(code).label) for code in suspicion.reasons if code in Reason.values)


def answers_waiting(person: Any) -> Iterator[Waiting]:
    """The suspicions that wait for an answer of someone's own side."""
    for one in suspicions_for(person):
        if one.answered == Answered.ASKED:
            text = _now("%(id)s: the same patient as a case of another institution?") % {"id": one.case.public_id}
            yield Waiting(one.found_at, text, reverse("cases:same_patient", args=[one.case.public_id]), _now("Answer"))


def counts() -> dict[str, int]:
    """What the node's administrators learn of it all: numbers only."""
    identified = LinkageKey.objects.exclude(kind=VARIANT)
    told = Suspicion.objects.filter(told_at__isnull=False)
    same = SuspicionSide.objects.filter(state=Answered.SAME, suspicion__in=told).values("suspicion")
    return {
        "with_keys": identified.values("case").distinct().count(),
        "outdated": identified.exclude(generation=current_generation()).values("case").distinct().count(),
        "waiting": Unlinked.objects.count(),
        "told": told.count(),
        "confirmed": same.annotate(number=Count("pk")).filter(number=2).count(),
        "untold": untold_count(),
    }


def untold_count() -> int:
    """How many suspicions stand that no side may be told of: all that administrators learn of them."""
    return Suspicion.objects.filter(stands=True, told_at=None).count()

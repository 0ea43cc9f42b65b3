"""What those who work on a case may know of its suspicions, decided anew at every read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from django.db.models import Count, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.sharing.states import Level
from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases import rules as case_rules
from kakehashi.systems.cases.linkage import rules
from kakehashi.systems.cases.linkage.registrations import of_one_patient
from kakehashi.systems.cases.linkage.secret import VARIANT, current_generation
from kakehashi.systems.cases.linkage.states import Answered, Keep, Reason
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.models.linkage import LinkageKey, SamePatient, Suspicion, SuspicionSide, Unlinked
from kakehashi.systems.cases.queries import record_shown
from kakehashi.systems.cases.states import FINDABLE

MOST_SHOWN = 200
AT_ONCE = 200

Counted = Literal["ours", "theirs", "own", ""]


@dataclass(frozen=True)
class Note:
    """A message between the two sides."""

    ours: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class SeenSuspicion:
    """A suspicion as one side may know it: of the other case nothing but that it exists and what was answered.

    ``theirs`` is None where of the other case nothing may be known any more: the side's own answer is all there is
    then, for it to be taken back. ``reasons`` are empty unless the terms of the other case show this side what matches.
    ``institution`` is "" until both sides have answered that it is the same patient; then ``counted`` says at which
    registration the patient counts in the outcomes: at this side's case, at the other's, at another of this side's own
    institution, or "" where it is none of these, or where other answers contradict this one.
    """

    id: int
    case: Case
    found_at: datetime
    reasons: tuple[str, ...]
    answered: Answered
    theirs: Answered | None
    confirmed: bool
    institution: str
    counted: Counted
    keep: str
    their_keep: str
    notes: tuple[Note, ...]

    @property
    def outcome(self) -> Literal["confirmed", "refuted", "open", "hidden"]:
        """Where the two sides stand together, as a code; hidden where nothing of the other may be known any more."""
        if self.theirs is None:
            return "hidden"
        if self.confirmed:
            return "confirmed"
        return "refuted" if Answered.DIFFERENT in (self.answered, self.theirs) else "open"

    @property
    def answered_label(self) -> str:
        return str(self.answered.label)

    @property
    def theirs_label(self) -> str:
        return str(self.theirs.label) if self.theirs is not None else ""

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


def waits_to_be_compared(case: Case) -> bool:
    """Whether a case is still to be compared with the others, by the chore of every hour."""
    return Unlinked.objects.filter(case=case).exists()


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
    """The suspicions of all cases that someone works on, the latest first; recorded as read in the trail."""
    found = _seen(_sides_of(person))
    record_shown(person, list({one.case.pk: one.case for one in found}.values()))
    return found


def _sides_of(person: Any) -> QuerySet[SuspicionSide]:
    return SuspicionSide.objects.filter(case__organisation__in=case_rules.organisations_written_by(person))


def told_side(person: Any, case: Case, suspicion_id: int, *, to_take_back: bool = False) -> SuspicionSide:
    """This side of a suspicion. Raises NotFound where there is none, it may not be told, or the person is no part of
    it. ``to_take_back``: an answer that was given is found too where nothing of the other case may be told any more.
    """
    side = SuspicionSide.objects.filter(case=case, suspicion=suspicion_id).select_related("suspicion", "case").first()
    if (
        side is None
        or not case_rules.may_edit(person, case)
        or not any(to_take_back or one.theirs is not None for one in _seen(SuspicionSide.objects.filter(pk=side.pk)))
    ):
        raise NotFound(_("Suspicion"))
    return side


def _seen(sides: QuerySet[SuspicionSide]) -> list[SeenSuspicion]:
    """The latest of these sides that may be told today, as many as are shown at most: cut after the rest is left out,
    so that no number of hidden ones hides an open one. The same few statements for each batch of sides.
    """
    both = SuspicionSide.objects.select_related("case__organisation").defer("case__description")
    told = sides.filter(suspicion__told_at__isnull=False).order_by("-suspicion__found_at", "-pk")
    told = told.select_related("suspicion", "case__organisation").defer("case__description")
    told = told.prefetch_related(Prefetch("suspicion__sides", both), "suspicion__notes")
    found: list[SeenSuspicion] = []
    rows = told.iterator(chunk_size=AT_ONCE)
    while len(found) < MOST_SHOWN and (batch := list(islice(rows, AT_ONCE))):
        pairs = [(side, next(one for one in side.suspicion.sides.all() if one.pk != side.pk)) for side in batch]
        shown = [(side, other) for side, other in pairs if side.suspicion.stands or _answered(side, other)]
        levels = rules.known_of([(side.case, other.case) for side, other in shown])
        counted = _counted_of({one.case_id for pair in shown for one in pair})
        for (side, other), (ours, theirs) in zip(shown, levels, strict=True):
            if min(ours, theirs) >= Level.EXISTS:
                found.append(_seen_from(side, other, counted, why=ours >= Level.MATCHING))
            elif _answered(side):
                found.append(_own_answer(side))
    return found[:MOST_SHOWN]


def _answered(*sides: SuspicionSide) -> bool:
    return any(side.state != Answered.ASKED for side in sides)


def _counted_of(case_ids: Collection[int]) -> dict[int, SamePatient]:
    rows = SamePatient.objects.filter(case__in=case_ids).select_related("counted").defer("counted__description")
    return {one.case_id: one for one in rows}


def _seen_from(
    side: SuspicionSide, other: SuspicionSide, counted: Mapping[int, SamePatient], *, why: bool
) -> SeenSuspicion:
    confirmed = is_confirmed((side, other))
    return SeenSuspicion(
        id=side.suspicion_id,
        case=side.case,
        found_at=side.suspicion.found_at,
        reasons=_reasons(side.suspicion) if why else (),
        answered=Answered(side.state),
        theirs=Answered(other.state),
        confirmed=confirmed,
        institution=other.case.organisation.label() if confirmed else "",
        counted=_counts_at(side, other, counted) if confirmed else "",
        keep=side.keep,
        their_keep=other.keep,
        notes=tuple(Note(one.case_id == side.case_id, one.at, one.text) for one in side.suspicion.notes.all()),
    )


def _counts_at(side: SuspicionSide, other: SuspicionSide, counted: Mapping[int, SamePatient]) -> Counted:
    """Where the patient of a confirmed pair counts, without a word of a registration that this side may not know."""
    ours, theirs = counted.get(side.case_id), counted.get(other.case_id)
    if ours is None or theirs is None or ours.counted_id != theirs.counted_id:
        return ""
    if ours.counted_id in (side.case_id, other.case_id):
        return "ours" if ours.counted_id == side.case_id else "theirs"
    return "own" if ours.counted.organisation_id == side.organisation_id else ""


def _own_answer(side: SuspicionSide) -> SeenSuspicion:
    """What is left of a suspicion to a side that has answered and may know nothing of the other case any more."""
    return SeenSuspicion(
        id=side.suspicion_id,
        case=side.case,
        found_at=side.suspicion.found_at,
        reasons=(),
        answered=Answered(side.state),
        theirs=None,
        confirmed=False,
        institution="",
        counted="",
        keep="",
        their_keep="",
        notes=(),
    )


def _reasons(suspicion: Suspicion) -> tuple[str, ...]:
    return tuple(str(Reason(code).label) for code in suspicion.reasons if code in Reason.values)


def answers_waiting(person: Any) -> Iterator[Waiting]:
    """The suspicions that wait for an answer of someone's own side."""
    for one in _seen(_sides_of(person).filter(state=Answered.ASKED)):
        text = _now("%(id)s: the same patient as a case of another institution?") % {"id": one.case.public_id}
        yield Waiting(one.found_at, text, reverse("cases:same_patient", args=[one.case.public_id]), _now("Answer"))


def counts() -> dict[str, int]:
    """What the node's administrators learn of it all: numbers only."""
    identified = LinkageKey.objects.exclude(kind=VARIANT)
    variants = LinkageKey.objects.filter(kind=VARIANT)
    told = Suspicion.objects.filter(told_at__isnull=False)
    same = SuspicionSide.objects.filter(state=Answered.SAME, suspicion__in=told).values("suspicion")
    confirmed = same.annotate(number=Count("pk")).filter(number=2)
    both_stand = told.filter(first__state__in=FINDABLE, second__state__in=FINDABLE)
    apart = both_stand.filter(~of_one_patient("first", "second"), pk__in=confirmed.values("suspicion"))
    return {
        "with_keys": identified.values("case").distinct().count(),
        "outdated": identified_under_another_key(),
        "variants_outdated": variants.exclude(generation=current_generation()).values("case").distinct().count(),
        "waiting": Unlinked.objects.count(),
        "told": told.count(),
        "confirmed": confirmed.count(),
        "contradicted": apart.count(),
        "untold": untold_count(),
    }


def identified_under_another_key() -> int:
    """How many cases have keys of identifying items that were made under another linkage key than that in force."""
    identified = LinkageKey.objects.exclude(kind=VARIANT)
    return identified.exclude(generation=current_generation()).values("case").distinct().count()


def untold_count() -> int:
    """How many suspicions stand that no side may be told of: all that administrators learn of them."""
    return Suspicion.objects.filter(stands=True, told_at=None).count()

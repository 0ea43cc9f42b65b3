"""Looking for the same patient in two cases: a chore of the worker, so that nobody who typed a name sees what it meets.

A case waits here when its identity was given or it changed. What is found is told to both sides in the same moment,
and only if both cases say enough of their patient and each side may know of the other's case.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.engines.linkage.evidence import Piece, Record, is_suspected, weigh
from kakehashi.engines.linkage.keys import Kind
from kakehashi.kernel import audit
from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.kernel.notices import notify
from kakehashi.kernel.people.queries import people_holding
from kakehashi.systems.cases import rules as case_rules
from kakehashi.systems.cases.linkage import rules
from kakehashi.systems.cases.linkage.secret import VARIANT, current_generation, variant_keys
from kakehashi.systems.cases.models import Case, FamilyLink
from kakehashi.systems.cases.models.linkage import LinkageKey, Suspicion, SuspicionSide, Unlinked
from kakehashi.systems.cases.states import FINDABLE

KIND = "case.same_patient"
KEYED_UNDER = "cases.variants_keyed_under"  # in the node's cache: the linkage key that every case was last waited for
AT_ONCE = 200
MOST_MET = 50
"""A hash that more cases share (a variant common in the network) leads to no comparison."""


def wait_for(case_ids: Iterable[int]) -> None:
    """Have those of these cases compared by the next chore that have anything to be compared by."""
    ids = list(case_ids)
    for start in range(0, len(ids), 500):
        some = Case.objects.filter(pk__in=ids[start : start + 500])
        hashed = Exists(LinkageKey.objects.filter(case=OuterRef("pk")))
        comparable = some.filter(Q(description__has_key="variants") | hashed)
        waiting = [Unlinked(case_id=case_id) for case_id in comparable.values_list("pk", flat=True)]
        Unlinked.objects.bulk_create(waiting, ignore_conflicts=True)


@every_hour
def look_for_same_patients() -> int:
    """Compare the cases that wait, and tell those concerned; how many new suspicions were told."""
    told = 0
    _wait_where_variants_are_not_keyed()
    while ids := list(Unlinked.objects.order_by("since", "pk").values_list("case_id", flat=True)[:AT_ONCE]):
        sizes = {
            made_up: Case.objects.filter(state__in=FINDABLE, synthetic=made_up).count() for made_up in (False, True)
        }
        for case_id in ids:
            with transaction.atomic():
                case = Case.objects.select_for_update().get(pk=case_id)
                _look(case, sizes[case.synthetic])
                Unlinked.objects.filter(case=case_id).delete()
    for suspicion in Suspicion.objects.filter(stands=True, told_at=None).select_related(
        "first__organisation", "second__organisation"
    ):
        told += _tell(suspicion)
    return told


def _wait_where_variants_are_not_keyed() -> None:
    """Once for each linkage key: the cases whose variants have no hash under it (an older node's, another key's) wait.

    Not by looking for them each hour: a variant without place and expression never has one.
    """
    named = current_generation()
    if cache.get(KEYED_UNDER) == named:
        return
    keyed = LinkageKey.objects.filter(case=OuterRef("pk"), kind=VARIANT, generation=named)
    wait_for(Case.objects.filter(~Exists(keyed), state__in=FINDABLE).values_list("pk", flat=True))
    cache.set(KEYED_UNDER, named, timeout=None)


def _look(case: Case, size: int) -> None:
    """Bring the suspicions of one case up to date, in a network of so many cases."""
    LinkageKey.objects.filter(case=case, kind=VARIANT).delete()
    if case.state in FINDABLE:
        LinkageKey.objects.bulk_create(variant_keys(case, case.described))
    standing = set()
    if case.state in FINDABLE:
        ours = _record(case)
        holders = _holders(ours.variants)
        for other in _met(case):
            pieces = weigh(ours, _record(other), holders)
            if is_suspected(pieces, size):
                standing.add(_suspect(case, other, pieces))
    for place in ("first", "second"):
        Suspicion.objects.filter(**{place: case}, stands=True).exclude(pk__in=standing).update(stands=False)


def _met(case: Case) -> list[Case]:
    """The other cases that share one of this case's hashes."""
    digests = LinkageKey.objects.filter(case=case, generation=current_generation()).values_list("kind", "digest")
    ids: set[int] = set()
    for kind, digest in digests:
        met = LinkageKey.objects.filter(kind=kind, digest=digest).exclude(case=case)
        some = list(met.values_list("case_id", flat=True)[: MOST_MET + 1])
        if len(some) <= MOST_MET:
            ids.update(some)
    relatives = FamilyLink.objects.filter(family__links__case=case).values("case_id")  # told apart by their hospital
    standing = Case.objects.filter(pk__in=ids, state__in=FINDABLE, synthetic=case.synthetic)
    return list(standing.exclude(pk__in=relatives).order_by("pk"))


def _holders(variants: frozenset[str]) -> dict[str, int]:
    """How many cases hold each of these variants besides the two that are compared."""
    rows = LinkageKey.objects.filter(kind=VARIANT, digest__in=variants).values("digest").annotate(number=Count("pk"))
    return {row["digest"]: max(0, row["number"] - 2) for row in rows}


def _record(case: Case) -> Record:
    """What is compared of a case; keys made under another linkage key can neither agree nor disagree."""
    said = case.described
    keys: dict[Kind, str] = {}
    variants = set()
    made = LinkageKey.objects.filter(case=case, generation=current_generation())
    for kind, digest in made.values_list("kind", "digest"):
        if kind == VARIANT:
            variants.add(digest)
        else:
            keys[Kind(kind)] = digest
    return Record(keys, said.sex, said.birth, frozenset(one.term for one in said.present), frozenset(variants))


def _suspect(case: Case, other: Case, pieces: tuple[Piece, ...]) -> int:
    bits, reasons = sum(piece.bits for piece in pieces), [piece.reason for piece in pieces]
    first, second = sorted((case, other), key=lambda one: one.pk)
    kept, made = Suspicion.objects.update_or_create(  # no trail yet: a suspicion that may not be told is told to nobody
        first=first, second=second, defaults={"bits": round(bits, 1), "reasons": reasons, "stands": True}
    )
    if made:
        SuspicionSide.objects.bulk_create(SuspicionSide(suspicion=kept, case=one) for one in (first, second))
    return int(kept.pk)


def _tell(suspicion: Suspicion) -> bool:
    """Tell both sides at once, if both cases are complete and each may know of the other; else nobody."""
    pair = (suspicion.first, suspicion.second)
    if not all(map(rules.is_complete, pair)) or not rules.may_be_told(*pair):
        return False
    with transaction.atomic():
        if not Suspicion.objects.filter(pk=suspicion.pk, told_at=None).update(told_at=timezone.now()):
            return False
        for case in pair:
            said = _("Case {id} may be the same patient as a case of another institution.")
            text = format_lazy(said, id=case.public_id)
            for person in people_holding(case_rules.WRITERS, [case.organisation_id]):
                notify(person, KIND, text, reverse("cases:same_patient", args=[case.public_id]))
            audit.record("system", "case.suspicion_told", case, organisation=case.organisation)
    return True

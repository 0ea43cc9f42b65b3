"""Giving identifying items, hashed and forgotten at once; answering a suspicion; writing to the other side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from kakehashi.engines.linkage.keys import EARLIEST, Identity, Kind, UnusableIdentity, keys_of
from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases import rules as case_rules
from kakehashi.systems.cases.linkage import registrations, rules, workflow
from kakehashi.systems.cases.linkage.queries import is_confirmed, told_side
from kakehashi.systems.cases.linkage.secret import VARIANT, current_generation, secret
from kakehashi.systems.cases.linkage.states import Keep
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.models.linkage import IdentityEntry, LinkageKey, SuspicionNote, SuspicionSide, Unlinked

assert workflow.SIDE_FLOW  # the table stands wherever answers are given

MOST_A_CASE, CASE_DAYS = 3, 30
MOST_A_PERSON = 40  # a day: a day's registrations of one clerk; more come by file, from the node's operator
MOST_NOTES_AN_HOUR = 10
FAULTS = {
    "family": _("Give the family name in kana or Latin letters, not in kanji."),
    "given": _("Give the given name in kana or Latin letters, not in kanji."),
    "birth": _("Give the birth date as 2015-04-01."),
    "insurance": _("Give the insurance symbol and number, or leave it empty."),
}


class TooManyIdentities(Conflict):
    """Beyond a bound of how many identities may be given; ``bound`` names it."""

    code = "too_many_identities"

    def __init__(self, bound: str, text: str) -> None:
        self.bound = bound
        super().__init__(text)


@sensitive_variables("identity", "keys")
def give_identity(*, by: Any, case: Case, identity: Identity) -> None:
    """Keep keyed hashes of identifying items in place of earlier ones; the items are kept and logged nowhere.

    ``by=None``: the node's operator, from a file. Nothing is looked up here: the comparison is a job's, and what it
    finds is told to both sides alike. Raises NotAllowed, Conflict (too many in too short a time), Invalid (which
    item, not what).
    """
    if by is not None:
        audit.insist(case_rules.may_edit(by, case), by=by, action="case.identity", subject=case)
    if not EARLIEST <= identity.birth <= timezone.localdate():
        raise Invalid({"birth": [_("Nobody living was born on this day: it is before 1900 or yet to come.")]})
    try:
        keys = keys_of(identity, secret())
    except UnusableIdentity as error:
        raise Invalid({error.item: [FAULTS[error.item]]}) from None
    try:
        _keep(by, case, keys)
    except TooManyIdentities as error:  # after the rollback, so that the refusal stands in the trail
        audit.refused(by, "case.identity", case, detail={"reasons": [error.bound]})
        raise


@sensitive_variables("keys")
def _keep(by: Any, case: Case, keys: Mapping[Kind, str]) -> None:
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if by is not None:
            _within_bounds(by, locked)
        LinkageKey.objects.filter(case=locked).exclude(kind=VARIANT).delete()
        named = current_generation()
        LinkageKey.objects.bulk_create(
            LinkageKey(case=locked, kind=str(kind), digest=digest, generation=named) for kind, digest in keys.items()
        )
        IdentityEntry.objects.create(case=locked, by=by)
        Unlinked.objects.update_or_create(case=locked, defaults={"since": timezone.now()})
        audit.record(by, "case.identity", locked)


def forget_identity(*, by: Any, case: Case) -> None:
    """Delete the keyed hashes of a case's identifying items. Raises NotAllowed."""
    audit.insist(case_rules.may_edit(by, case), by=by, action="case.forget_identity", subject=case)
    with transaction.atomic():
        LinkageKey.objects.filter(case=case).exclude(kind=VARIANT).delete()
        Unlinked.objects.update_or_create(case=case, defaults={"since": timezone.now()})
        audit.record(by, "case.forget_identity", case)


def _within_bounds(by: Any, case: Case) -> None:
    """Who types identities to see whom they meet is stopped. Raises TooManyIdentities."""
    now = timezone.now()
    if IdentityEntry.objects.filter(case=case, at__gt=now - timedelta(days=CASE_DAYS)).count() >= MOST_A_CASE:
        said = _now("Identifying items of one case can be given %(most)d times in %(days)d days.")
        raise TooManyIdentities("identity_of_case", said % {"most": MOST_A_CASE, "days": CASE_DAYS})
    if IdentityEntry.objects.filter(by=by, at__gt=now - timedelta(days=1)).count() >= MOST_A_PERSON:
        said = _now("You have given identifying items of %(most)d cases today. Go on tomorrow.")
        raise TooManyIdentities("identity_of_person", said % {"most": MOST_A_PERSON})


def answer(*, by: Any, case: Case, suspicion_id: int, move: str) -> SuspicionSide:
    """Answer for one's own side. Raises NotFound (or not to be told), NotAllowed, Conflict, Invalid.

    Who has answered may take that back, whatever may be told of the other case today.
    """
    side = told_side(by, case, suspicion_id, to_take_back=move != "say_same")
    with transaction.atomic():
        registrations.alone()
        answered: SuspicionSide = advance(side, move, by=by)
    return answered


def say_keep(*, by: Any, case: Case, suspicion_id: int, keep: str) -> None:
    """Say which of two records of one patient is to be kept; nothing is withdrawn by it.

    Raises NotFound, NotAllowed, Conflict (it is not confirmed by both), Invalid.
    """
    if keep not in Keep.values:
        raise Invalid({"keep": [_("Choose which record is to be kept.")]})
    side = told_side(by, case, suspicion_id)
    audit.insist(rules.may_answer(by, case), by=by, action="case.keep", subject=case)
    with transaction.atomic():
        registrations.alone()
        sides = list(SuspicionSide.objects.select_for_update().filter(suspicion=side.suspicion_id))
        if not is_confirmed(sides):
            raise Conflict(_("Both sides must have answered that it is the same patient."))
        SuspicionSide.objects.filter(pk=side.pk).update(keep=keep)
        registrations.draw_registrations([one.case_id for one in sides])
        audit.record(by, "case.keep", case, detail={"keep": keep})


def write_note(*, by: Any, case: Case, suspicion_id: int, text: str) -> SuspicionNote:
    """Write to the other side. Raises NotFound, NotAllowed, Conflict (too many), Invalid."""
    side = told_side(by, case, suspicion_id)
    audit.insist(rules.may_answer(by, case), by=by, action="case.note", subject=case)
    if not 0 < len(text.strip()) <= 2000:
        raise Invalid({"text": [_("Write a message of at most 2,000 characters.")]})
    lately = timezone.now() - timedelta(hours=1)
    if SuspicionNote.objects.filter(by=by, at__gt=lately).count() >= MOST_NOTES_AN_HOUR:
        raise Conflict(_("That are many messages in one hour. Try again later."))
    with transaction.atomic():
        note = SuspicionNote.objects.create(suspicion=side.suspicion, case=case, by=by, text=text.strip())
        audit.record(by, "case.note", case)
    return note

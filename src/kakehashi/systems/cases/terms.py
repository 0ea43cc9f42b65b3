"""The registrant's terms for a case: how far it may be seen, how much of it, on what consent.

Terms are widened only as far as the consent goes and narrowed at any time; either binds the very next question. Every
change is a revision of its own, with what changed, by whom and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.people.rules import member_of_holder
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.sharing.actions import Consent, Terms, put_terms
from kakehashi.kernel.sharing.explanation import Standing, standings_by_grant, standings_for_care
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.actions import add_revision
from kakehashi.systems.cases.events import CaseChanged
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import FINDABLE, CaseState, RevisionKind


def set_terms(*, by: Any, case: Case, terms: Terms, consent: Consent, note: str = "") -> Case:
    """Put a case under these terms and this consent (``by=None``: the node's operator); nothing when nothing changes.

    Raises NotAllowed, Invalid where the terms go further than the consent.
    """
    if by is not None:
        audit.insist(rules.may_edit(by, case), by=by, action="case.terms", subject=case)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        before, consented = Terms.of(locked), Consent.of(locked)
        put_terms(locked, terms, consent)
        if Terms.of(locked) == before and Consent.of(locked) == consented:
            return locked
        locked.revision += 1
        locked.save()
        add_revision(locked, RevisionKind.TERMS, by=by, note=note)
        detail = {"reach": [int(before.reach), int(terms.reach)], "shown": [int(before.shown), int(terms.shown)]}
        audit.record(by, "case.terms", locked, detail=detail)
        if locked.state in FINDABLE:
            events.publish(CaseChanged(locked.pk, locked.revision))
    return locked


def set_reach(*, by: Any, case: Case, reach: Reach, note: str = "") -> Case:
    """Let a case be seen this far, all else as it is. Errors as ``set_terms``."""
    return set_terms(by=by, case=case, terms=replace(Terms.of(case), reach=reach), consent=Consent.of(case), note=note)


def attested(reach: Reach, version: str = "") -> Consent:
    """The consent that whoever hands cases in attests to with the reach they ask for; none within the institution."""
    if reach == Reach.INSTITUTION:
        return Consent()
    return Consent(version=version, since=timezone.localdate(), domestic=True, abroad=reach == Reach.ABROAD)


@dataclass(frozen=True)
class Access:
    """Who sees a case otherwise than by its reach: for the patient's care, and by a grant."""

    caring: tuple[Standing, ...]
    granted: tuple[Standing, ...]


def access_to(case: Case, *, told: Any) -> Access:
    """The same as ``told`` may read it: people and foreign nodes are named to the case's own hospital alone."""
    by_name = bool(member_of_holder(told, case))
    granted = standings_by_grant(case, case.organisation, case.award_id, by_name=by_name)
    return Access(tuple(standings_for_care(case)), tuple(granted))


def reach_sentence(case: Case, access: Access) -> str:
    """Who may learn of the case, who sees it for the patient's care, and whom a grant lets see it, in plain words."""
    if case.state == CaseState.WITHDRAWN:
        return _("This case is withdrawn: it is in no search, and nobody learns of it.")
    caring = _listed(one.name for one in access.caring if one.level > Level.NOTHING)
    granted = _listed(noted(one.name, one.purpose.label) for one in access.granted)
    only = _only(case.organisation.label(), caring, granted)
    if case.reach == Reach.INSTITUTION or case.state == CaseState.DRAFT:
        return only
    if not Consent.of(case).in_force(timezone.localdate()):
        return only + " " + _("Its terms would let others see it, but no consent is in force.")
    who = {
        Reach.NETWORK: _("institutions of our network"),
        Reach.DOMESTIC: _("institutions in our country"),
        Reach.ABROAD: _("institutions at home and abroad"),
    }[Reach(case.reach)]
    if case.shown == Level.NOTHING:
        return only
    sentence = {
        Level.EXISTS: _("%(who)s may learn that a similar case exists."),
        Level.MATCHING: _("%(who)s may learn that a similar case exists, and which findings and genes match."),
        Level.WHOLE: _("%(who)s may see this case."),
    }[Level(case.shown)]
    said = sentence % {"who": who}
    return said[:1].upper() + said[1:] + _beside(caring, granted)


def _listed(names: Iterable[str]) -> str:
    return ("、" if vocabulary.language() == "ja" else ", ").join(names)


def _beside(caring: str, granted: str) -> str:
    """Who sees it otherwise than by its reach, each in a sentence of its own."""
    said = [
        _("For the patient's care, %(caring)s may see it.") % {"caring": caring} if caring else "",
        _("Access has been granted to %(granted)s.") % {"granted": granted} if granted else "",
    ]
    return "".join(f" {one}" for one in said if one)


def _only(holder: str, caring: str, granted: str) -> str:
    if granted:
        named = _("Only %(organisation)s and those named here see this case.") % {"organisation": holder}
        return named + _beside(caring, granted)
    if not caring:
        return _("Only %(organisation)s sees this case.") % {"organisation": holder}
    both = _("Only %(organisation)s sees this case; and, for the patient's care, %(caring)s.")
    return both % {"organisation": holder, "caring": caring}

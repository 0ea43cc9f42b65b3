"""Consultations: a family comes; it leads to a case, to a referral, or is settled without a visit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.networks import refers
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.course.grants import end_access
from kakehashi.systems.cases.course.states import OPEN_REFERRALS, PhenotypeGroup, ReferralState, Route
from kakehashi.systems.cases.description import pseudonym_of
from kakehashi.systems.cases.events import ConsultationNoted
from kakehashi.systems.cases.linkage.registrations import alone, judge_anew, others_of
from kakehashi.systems.cases.models import Case, Consultation
from kakehashi.systems.cases.queries import visible_cases

LINKED = ("case", "route", "route_before", "synthetic", "synthetic_before", "again")
"""What a link to a case changes, and parting the two puts back."""


def routes_for(organisation: Organisation) -> list[Route]:
    """How a family may be noted to have come, the usual way first: only to a hospital that asks no hub straight."""
    first = Route.WAITING if refers(organisation.pk) else Route.DIRECT
    return [first, Route.SETTLED] if first == Route.WAITING else [first, Route.WAITING, Route.SETTLED]


def enter_consultation(
    *,
    by: Any,
    organisation: Organisation,
    local_id: str,
    consulted_on: date | None = None,
    route: Route | None = None,
    phenotype_group: PhenotypeGroup = PhenotypeGroup.OTHER,
    synthetic: bool = False,
) -> Consultation:
    """Note that a family consulted, under the hospital's own pseudonym. Raises NotAllowed, Invalid.

    ``route``: one of ``routes_for``; without it the usual one there. It becomes a referred one by being referred (see
    referrals.py).
    """
    audit.insist(rules.may_register(by, organisation), by=by, action="consultation.enter", organisation=organisation)
    pseudonym, day, routes = pseudonym_of(local_id), consulted_on or timezone.localdate(), routes_for(organisation)
    way = route or routes[0]
    problems: dict[str, list[Any]] = {}
    if pseudonym is None:
        problems["local_id"] = [_("Give the pseudonym your hospital uses: 1 to 120 printable characters.")]
    if day > timezone.localdate():
        problems["consulted_on"] = [_("This day is yet to come.")]
    if route == Route.REFERRED:
        problems["route"] = [_("Note the consultation first, then refer it to a hub.")]
    elif route is not None and route not in routes:
        problems["route"] = [_("Your hospital is no hub. Note that the family waits to be referred, or was settled.")]
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic():
            made = Consultation.objects.create(
                organisation=organisation,
                local_id=pseudonym or "",
                consulted_on=day,
                route=str(way),
                phenotype_group=str(phenotype_group),
                synthetic=synthetic,
                entered_by=by,
            )
            audit.record(by, "consultation.enter", made, detail={"route": str(way)})
            events.publish(ConsultationNoted(made.pk))
    except IntegrityError:
        raise Invalid({"local_id": [_("This family's consultation of that day is noted already.")]}) from None
    return made


def settle_consultation(*, by: Any, consultation: Consultation) -> Consultation:
    """It ended without a visit. Raises NotAllowed, Conflict (it led to a case, or a hub has still to answer)."""
    audit.insist(rules.may_register(by, consultation), by=by, action="consultation.settle", subject=consultation)
    with transaction.atomic():
        locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if locked.case_id is not None:
            raise Conflict(_("This consultation led to a case."))
        if locked.referrals.filter(state__in=OPEN_REFERRALS).exists():
            raise Conflict(_("A hub is asked about this family; take the referral back first, or wait for its answer."))
        locked.route = Route.SETTLED
        locked.save(update_fields=["route"])
        audit.record(by, "consultation.settle", locked)
    return locked


def lead_to_case(*, by: Any, consultation: Consultation, case: Case) -> Consultation:
    """The family's patient was registered: by the hospital consulted, or by the hub that accepted the referral.

    Raises NotAllowed, Conflict (it led to a case already), Invalid (another hospital's case).
    """
    audit.insist(rules.may_edit(by, case), by=by, action="consultation.lead_to_case", subject=case)
    with transaction.atomic():
        alone()
        locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if locked.case_id not in (None, case.pk):
            raise Conflict(_("This consultation led to another case."))
        accepted = locked.referrals.filter(state=ReferralState.ACCEPTED, hub_id=case.organisation_id)
        if case.organisation_id != locked.organisation_id and not accepted.exists():
            raise Invalid({"case": [_("The case belongs to a hospital that neither saw nor accepted this family.")]})
        if locked.case_id is None:
            locked.route_before, locked.synthetic_before = locked.route, locked.synthetic
        if locked.route == Route.SETTLED:
            locked.route = routes_for(locked.organisation)[0]
        locked.case = case
        if locked.synthetic != case.synthetic:
            locked.synthetic, locked.again = case.synthetic, None
        _save_link(locked, case)
        audit.record(by, "consultation.lead_to_case", locked, detail={"case": case.pk})
    return locked


def unlink_case(*, by: Any, consultation: Consultation) -> Consultation:
    """The family's patient is not this case: the case stays as it is, the hubs asked see it through this no longer.

    The consultation is counted again as it was before the two were linked; a referral since then stays.

    Raises NotAllowed, Conflict (it led to no case).
    """
    if consultation.case is None:
        raise Conflict(_("This consultation led to no case."))
    audit.insist(rules.may_edit(by, consultation.case), by=by, action="consultation.unlink", subject=consultation)
    with transaction.atomic():
        alone()
        locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if locked.case_id != consultation.case_id:
            raise Conflict(_("This consultation led to another case in between; look at it again."))
        for referral in locked.referrals.exclude(grant=None):
            end_access(referral, by=by)
            referral.save(update_fields=["grant"])
        locked.case = None
        if locked.route != Route.REFERRED and locked.route_before is not None:
            locked.route = locked.route_before
        if locked.synthetic_before not in (None, locked.synthetic):
            locked.synthetic, locked.again = locked.synthetic_before, None
        locked.route_before = locked.synthetic_before = None
        _save_link(locked, consultation.case)
        audit.record(by, "consultation.unlink", locked, detail={"case": consultation.case_id})
    return locked


def _save_link(consultation: Consultation, case: Case) -> None:
    """A consultation of a patient whom two hospitals registered came or went: which is the first is judged anew."""
    if others := list(others_of(case.pk).values_list("pk", flat=True)):
        consultation.again = None
    consultation.save(update_fields=LINKED)
    if others:
        judge_anew([case.pk, *others])
    if consultation.again is None:
        events.publish(ConsultationNoted(consultation.pk))


def consultations_of(person: Any) -> QuerySet[Consultation]:
    """The consultations someone may read: of the institutions whose cases they read.

    Each names its case (``case_shown``) only to those who may open that: it may be a hub's.
    """
    own = Q(organisation__in=rules.organisations_read_by(person))
    opened = visible_cases(person).filter(pk=OuterRef("case_id")).order_by()
    found = Consultation.objects.filter(own).select_related("organisation", "hub", "case")
    shown = {"case_shown": Subquery(opened.values("public_id"))}  # an attribute that the model declares
    return found.annotate(**shown)


def consultation_for(person: Any, pk: int) -> Consultation:
    """One of them; the reading is recorded. Raises NotFound."""
    found = consultations_of(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Consultation"))
    audit.read_of(person, "consultation", [found])
    return found

"""Referrals: a hospital asks a hub of its network to take a family on; the hub accepts, answers or declines.

What the hub sees of the case is ``kernel.sharing``'s to decide: the referral writes a grant, no more, and ends it.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.notices.actions import notify
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.kernel.sharing.networks import hubs_for
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.course.consultations import enter_consultation
from kakehashi.systems.cases.course.grants import end_access, give_access
from kakehashi.systems.cases.course.states import OPEN_REFERRALS, ReferralState, Route
from kakehashi.systems.cases.models import Case, Consultation, Referral


@rule("not_hub", _("The hub that was asked answers this."))
def of_the_hub(person: Any, referral: Any) -> bool:
    """The person works on cases at the hub that was asked."""
    return referral.hub_id in rules.organisations_written_by(person)


def _answer(referral: Referral, *, by: Any, note: str) -> None:
    """What the hub says is kept; when it does not take the family on, it sees the case no longer."""
    referral.answer, referral.answered_at, referral.answered_by = note.strip()[:2000], timezone.now(), by
    if referral.state not in OPEN_REFERRALS:
        end_access(referral, by=by)
    if referral.sent_by is not None:
        text = format_lazy(_("Referral {referral}: {state}."), referral=referral.public_id, state=_label(referral))
        notify(referral.sent_by, "referral", text, reverse("cases:referral", args=[referral.public_id]))


def _label(referral: Referral) -> Any:
    return ReferralState(referral.state).label


def _take_back(referral: Referral, *, by: Any, note: str) -> None:
    end_access(referral, by=by)


REFERRAL_FLOW = Workflow(
    Referral,
    states=ReferralState,
    moves=[
        Move(
            "accept",
            sources=[ReferralState.SENT],
            target=ReferralState.ACCEPTED,
            rule=logged_in & of_the_hub,
            label_staff=_("Accept"),
            label_applicant=_("Accept"),
            act=_answer,
        ),
        Move(
            "answer",
            sources=[ReferralState.SENT, ReferralState.ACCEPTED],
            target=ReferralState.ANSWERED,
            rule=logged_in & of_the_hub,
            label_staff=_("Answer"),
            label_applicant=_("Answer"),
            needs_note=True,
            act=_answer,
        ),
        Move(
            "decline",
            sources=[ReferralState.SENT],
            target=ReferralState.DECLINED,
            rule=logged_in & of_the_hub,
            label_staff=_("Decline the referral"),
            label_applicant=_("Decline the referral"),
            needs_note=True,
            act=_answer,
        ),
        Move(
            "take_back",
            sources=[ReferralState.SENT, ReferralState.ACCEPTED],
            target=ReferralState.WITHDRAWN,
            rule=rules.may_register,
            label_staff=_("Take the referral back"),
            label_applicant=_("Take the referral back"),
            act=_take_back,
        ),
    ],
)


def hubs_to_ask(of: Case | Consultation) -> list[Organisation]:
    """The hubs of its hospital's networks that are not asked about this family already."""
    about: dict[str, Any] = {"consultation__case": of} if isinstance(of, Case) else {"consultation": of}
    asked = Referral.objects.filter(**about, organisation=of.organisation_id, state__in=OPEN_REFERRALS)
    taken = set(asked.values_list("hub", flat=True))
    return [one for one in hubs_for(of.organisation_id) if one.pk not in taken]


def refer(*, by: Any, consultation: Consultation, hub: Organisation, note: str) -> Referral:
    """Ask a hub to take a family on. Raises NotAllowed, Invalid (no hub of ours, no note), Conflict (asked already)."""
    audit.insist(rules.may_register(by, consultation), by=by, action="referral.send", subject=consultation)
    problems: dict[str, list[Any]] = {}
    if hub.pk not in {one.pk for one in hubs_for(consultation.organisation_id)}:
        problems["hub"] = [_("This is no hub of your network. An administrator enters networks under “Networks”.")]
    if not note.strip():
        problems["note"] = [_("Say what you ask the hub for, without anything that names the family.")]
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic():
            locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
            locked.route, locked.hub = Route.REFERRED, hub
            locked.save(update_fields=["route", "hub"])
            made = Referral(
                consultation=locked, organisation_id=locked.organisation_id, hub=hub, note=note.strip(), sent_by=by
            )
            if locked.case is not None and locked.case.organisation_id == locked.organisation_id:
                _open_case(made, locked.case, by=by)  # a case that a hub registered is the hub's to open
            made.save()
            audit.record(by, "referral.send", made, detail={"hub": hub.pk})
    except IntegrityError:
        raise Conflict(_("This hub is asked about the family already."), field="hub") from None
    return made


def refer_case(*, by: Any, case: Case, hub: Organisation, note: str) -> Referral:
    """Refer a case: of the consultation it came from, or of one noted today. Errors as ``refer``."""
    audit.insist(rules.may_edit(by, case), by=by, action="referral.send", subject=case)
    with transaction.atomic():
        found = case.consultations.filter(organisation_id=case.organisation_id).first()
        if found is None:
            found = enter_consultation(by=by, organisation=case.organisation, local_id=case.local_id)
            found.case = case
            found.save(update_fields=["case"])
        return refer(by=by, consultation=found, hub=hub, note=note)


def open_to_hub(*, by: Any, case: Case) -> None:
    """A case was made of a consultation under referral: the hub is granted it too."""
    for referral in Referral.objects.filter(
        consultation__case=case, organisation_id=case.organisation_id, state__in=OPEN_REFERRALS, grant=None
    ):
        _open_case(referral, case, by=by)
        referral.save(update_fields=["grant"])


def _open_case(referral: Referral, case: Case, *, by: Any) -> None:
    give_access(referral, case, referral.hub, by=by, reason=f"referral {referral.public_id}")


def referrals_of(person: Any) -> QuerySet[Referral]:
    """The referrals someone may read: those their institutions sent or were sent."""
    reads = rules.organisations_read_by(person)
    either = Q(organisation__in=reads) | Q(hub__in=reads)
    return Referral.objects.filter(either).select_related(
        "organisation", "hub", "consultation__case", "sent_by", "answered_by"
    )


def referral_for(person: Any, public_id: str) -> Referral:
    """One of them; the reading is recorded. Raises NotFound."""
    found = referrals_of(person).filter(public_id=public_id.strip().upper()).first()
    if found is None:
        raise NotFound(_("Referral"))
    audit.read_of(person, "referral", [found])
    return found


def referrals_awaiting(person: Any) -> QuerySet[Referral]:
    """The referrals that a hub of this person's has still to answer, oldest first."""
    asked = referrals_of(person).filter(hub__in=rules.organisations_written_by(person))
    return asked.filter(state=ReferralState.SENT).order_by("sent_at")

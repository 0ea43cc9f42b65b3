"""Every write to an award's investigators: one is named, one replaced, one leaves. None is changed or deleted."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.investigators.queries import not_ended
from kakehashi.systems.portfolio.investigators.rules import may_name
from kakehashi.systems.portfolio.models import Award, Part, Participation


def name_investigator(
    *,
    by: Person | None,
    award: Award,
    part: str,
    organisation: Organisation,
    since: date,
    until: date | None = None,
    person: Person | None = None,
    name: str = "",
    name_en: str = "",
    source: str = "",
) -> Participation:
    """Say who carries an award out at which institution from a day on (``by=None``: the node's operator).

    A new principal investigator replaces the one in force, whose last day is the day before; the award's institution
    is then the new one's. ``until``: for somebody who has left again. Raises NotAllowed; Invalid naming each field at
    fault; Conflict where another one was principal investigator in these days, or they are named already.
    """
    if by is not None:
        audit.insist(may_name(by), by=by, action="investigator.name", subject=award)
    made = Participation(award=award, part=part, organisation=organisation, since=since, until=until, person=person)
    made.name, made.name_en, made.source = name.strip(), name_en.strip(), source.strip()
    faults = _faults(made)
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        locked = Award.objects.select_for_update().get(pk=award.pk)
        if part == Part.PRINCIPAL:
            _replace(made)
        if person is not None:
            _insist_once(made)
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        if part == Part.PRINCIPAL and until is None and locked.organisation_id != organisation.pk:
            locked.organisation = organisation
            locked.save(update_fields=["organisation"])
            index_awards(Award.objects.filter(pk=locked.pk).select_related("programme", "organisation"))
        award.organisation = locked.organisation
        detail = {"part": str(part), "institution": organisation.code, "since": since.isoformat()}
        audit.record(by, "investigator.name", award, organisation=locked.organisation, detail=detail)
    return made


def end_participation(participation: Participation, *, by: Person | None, on: date, reason: str) -> Participation:
    """Somebody leaves an award; ``on`` is their last day. Raises NotAllowed, Invalid, Conflict where they have left."""
    if by is not None:
        audit.insist(may_name(by), by=by, action="investigator.end", subject=participation.award)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why they leave the award.")]})
    with transaction.atomic():
        locked = Participation.objects.select_for_update().select_related("award").get(pk=participation.pk)
        if locked.until is not None:
            raise Conflict(_("They have left the award already."))
        if not locked.since <= on <= timezone.localdate():
            raise Invalid({"on": [_("The last day is today or earlier, and not before they began.")]})
        locked.until, locked.end_reason = on, reason.strip()[:300]
        locked.save(update_fields=["until", "end_reason"])
        detail = {"part": locked.part, "on": on.isoformat()}
        audit.record(by, "investigator.end", locked.award, organisation=locked.award.organisation, detail=detail)
    return locked


def _faults(made: Participation) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if made.part not in Part.values:
        faults["part"] = [_("Choose principal investigator or co-investigator.")]
    if made.person is None and not made.name and not made.name_en:
        faults["name"] = [_("Name them: an account of this node, or a name.")]
    if not made.award.begins <= made.since <= made.award.ends:
        faults["since"] = [_("The day lies within the award's days.")]
    elif made.since > max(timezone.localdate(), made.award.begins):
        faults["since"] = [_("Write it down on the day itself: it changes the award's institution at once.")]
    if made.until is not None and made.until < made.since:
        faults["until"] = [_("Nobody leaves before they begin.")]
    return faults


def _replace(made: Participation) -> None:
    """End what is open of the principal investigator in force, and of the new one in another part, the day before;
    refuse where another one was principal investigator in these days."""
    everybody = Participation.objects.select_for_update().filter(award=made.award)
    principal = Q(part=Part.PRINCIPAL)
    if made.until is None:
        ending = principal | Q(person=made.person) if made.person is not None else principal
        everybody.filter(ending, until=None, since__lt=made.since).update(until=made.since - timedelta(days=1))
    within = Q(since__lte=made.until) if made.until else Q()
    if everybody.filter(principal, within, not_ended(made.since)).exists():
        raise Conflict(_("Another principal investigator is named for these days."), field="since")


def _insist_once(made: Participation) -> None:
    within = Q(since__lte=made.until) if made.until else Q()
    same = Participation.objects.filter(within, not_ended(made.since), award=made.award, person=made.person)
    if same.exists():
        raise Conflict(_("They are named among this award's investigators in these days already."), field="person")

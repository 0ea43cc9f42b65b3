"""Every write to appointments: somebody takes an office, somebody leaves it. None is changed or deleted."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.locks import alone
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.models import Appointment, DiseaseArea, IntegratedProject, Programme
from kakehashi.systems.portfolio.offices.kinds import FIELDS, HELD_BY_ONE, OFFICES, Scope
from kakehashi.systems.portfolio.offices.rules import may_appoint

Subject = IntegratedProject | Programme | DiseaseArea
SUBJECTS: dict[str, type[Subject]] = {
    Scope.PROJECT: IntegratedProject,
    Scope.PROGRAMME: Programme,
    Scope.AREA: DiseaseArea,
}


def appoint(
    *,
    by: Person | None,
    person: Person,
    organisation: Organisation,
    office: str,
    since: date,
    subject: Subject | None = None,
    until: date | None = None,
    source: str = "",
) -> Appointment:
    """Give somebody an office of an agency from a day on, for a term of office (``by=None``: the node's operator).

    ``subject``: what the office is held for, None for the whole agency. Raises NotAllowed; Invalid naming each field at
    fault; Conflict where they hold it already in these days, or somebody else holds what one person alone can.
    """
    if by is not None:
        audit.insist(may_appoint(by, organisation), by=by, action="office.appoint", subject=organisation)
    faults = _faults(person, organisation, office, subject, since, until)
    if faults:
        raise Invalid(faults)
    made = Appointment(
        person=person, organisation=organisation, office=office, since=since, until=until, source=source.strip()
    )
    made.appointed_by = by
    if field := FIELDS.get(OFFICES[office]):
        setattr(made, field, subject)
    with transaction.atomic():
        alone("portfolio.offices")
        _insist_free(made)
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        detail = {"role": str(office), "subject": str(subject.pk) if subject else "", "since": since.isoformat()}
        audit.record(by, "office.appoint", ("person", person.pk), organisation=organisation, detail=detail)
    return made


def end_appointment(appointment: Appointment, *, by: Person | None, on: date, reason: str) -> Appointment:
    """Somebody leaves an office before their term is up; ``on`` is their last day in it.

    Raises NotAllowed, Invalid (no reason, a day outside the term), Conflict where it was ended before.
    """
    organisation = appointment.organisation
    if by is not None:
        audit.insist(may_appoint(by, organisation), by=by, action="office.end", subject=organisation)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why they leave the office before the term is up.")]})
    with transaction.atomic():
        locked = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if locked.ended_on is not None:
            raise Conflict(_("This appointment has been ended already."))
        if on < locked.since or (locked.until is not None and on > locked.until):
            raise Invalid({"on": [_("The last day in office lies within the term.")]})
        locked.ended_on, locked.end_reason = on, reason.strip()[:300]
        locked.save(update_fields=["ended_on", "end_reason"])
        detail = {"role": locked.office, "on": on.isoformat()}
        audit.record(by, "office.end", ("person", locked.person_id), organisation=organisation, detail=detail)
    return locked


def _faults(
    person: Person, organisation: Organisation, office: str, subject: Subject | None, since: date, until: date | None
) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if office not in OFFICES:
        return {"office": [_("There is no such office.")]}
    if organisation.kind != Kind.AGENCY:
        faults["organisation"] = [_("Offices are those of a funding agency.")]
    wanted = SUBJECTS.get(OFFICES[office])
    if (wanted is None) != (subject is None) or (wanted is not None and not isinstance(subject, wanted)):
        names = {"office": Role(office).label, "scope": Scope(OFFICES[office]).label}
        faults["subject"] = [_("%(office)s is an office for: %(scope)s.") % names]
    if until is not None and until < since:
        faults["until"] = [_("A term does not end before it begins.")]
    over = until is not None and until < timezone.localdate()
    if not over and office not in roles_of(person, organisation):
        text = _("This person does not have the role %(office)s at the agency: give them the role first.")
        faults["person"] = [text % {"office": Role(office).label}]
    return faults


def _insist_free(made: Appointment) -> None:
    """Nobody holds an office twice in the same days; some only one person holds at a time."""
    last = Q(since__lte=made.until) if made.until else Q()
    still = Q(ended_on__gte=made.since) | Q(ended_on=None) & (Q(until=None) | Q(until__gte=made.since))
    same = Appointment.objects.filter(
        last,
        still,
        organisation=made.organisation,
        office=made.office,
        project=made.project,
        programme=made.programme,
        area=made.area,
    )
    if made.office not in HELD_BY_ONE:
        same = same.filter(person=made.person)
    found = same.select_related("person").order_by("since").first()
    if found is not None:
        text = _("%(person)s holds this office from %(since)s: end that first, or choose other days.")
        raise Conflict(text % {"person": found.person, "since": found.since.isoformat()}, field="since")

"""For which of their organisations someone acts: chosen once a session, told to the audit trail."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.queries import memberships_today
from kakehashi.kernel.rules import denied

SESSION_KEY = "acting_organisation"


def organisations_to_act_for(person: Person) -> list[Organisation]:
    """The organisations someone belongs to today, the longest-standing first."""
    found = {one.organisation_id: one.organisation for one in memberships_today(person)}
    return list(found.values())


def acting_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation this request acts for: the one chosen, else the person's first; None for visitors.

    A choice that no longer holds (the membership ended) falls back in the same way.
    """
    person = request.user
    if not isinstance(person, Person):
        return None
    kept: Organisation | None = getattr(request, "_acting_organisation", None)
    if kept is not None:
        return kept
    possible = organisations_to_act_for(person)
    session = getattr(request, "session", None)
    chosen = session.get(SESSION_KEY) if session else None
    found = next((one for one in possible if one.pk == chosen), possible[0] if possible else None)
    person.acting_organisation_id = found.pk if found else None
    request._acting_organisation = found  # type: ignore[attr-defined]
    return found


def act_for(request: HttpRequest, code: str) -> Organisation:
    """Choose the organisation to act for from now on. Raises NotAllowed when the person does not belong to it."""
    person = request.user
    possible = organisations_to_act_for(person) if isinstance(person, Person) else []
    found = next((one for one in possible if one.code == code), None)
    if found is None:
        raise NotAllowed(denied("not_member", _("You do not belong to this organisation.")))
    request.session[SESSION_KEY] = found.pk
    request._acting_organisation = None  # type: ignore[attr-defined]
    return found

"""Who decides at stage gates. Default deny."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.models import Appointment, Award, Milestone
from kakehashi.systems.portfolio.offices.queries import (
    awards_under,
    ever_held_by,
    filled,
    held_by,
    in_office,
    offices_over,
)
from kakehashi.systems.portfolio.rules import holds

DECIDES = (Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule("not_supervisor_or_director", _("Programme supervisors and directors of the agency decide at stage gates."))
def decides_at_gates(person: Any) -> bool:
    """The person is a programme supervisor or director of a funding agency."""
    return holds(person, *DECIDES)


@rule(
    "not_appointed_for_it",
    _(
        "Those in office for this award decide at its gates: somebody else is, or you are appointed for other awards, "
        "or a term of office has ended and nobody has followed yet."
    ),
)
def appointed_for_it(person: Any, milestone: Any) -> bool:
    """Where supervisors of the award's programme or directors of its projects were ever appointed, those in office
    alone decide; where nobody was, those who were never appointed to such an office. Without a milestone: not known
    yet."""
    if milestone is None:
        return True
    today = timezone.localdate()
    over = offices_over(milestone.award, *DECIDES, on=today)
    if over.filter(filled(today)).exists():
        return over.filter(in_office(today), person_id=person.pk).exists()
    return not ever_held_by(person, *DECIDES).exists()


def why_not_here(award: Award, person: Any) -> str:
    """Why somebody who may not decide at this award's gates cannot, for all who see them; "" for who may.

    Says who does, or that nobody is appointed and where an administrator appoints somebody.
    """
    if holds(person, *DECIDES) and appointed_for_it(person, Milestone(award=award)):
        return ""
    today = timezone.localdate()
    over = offices_over(award, *DECIDES, on=today)
    if not over.filter(filled(today)).exists():
        return _now(
            "Nobody is appointed supervisor of this programme or director of its integrated project: until an "
            "administrator of the agency appoints somebody (Administration → Offices), only supervisors and directors "
            "who were never appointed elsewhere decide here."
        )
    names = ", ".join(dict.fromkeys(str(one.person) for one in over.filter(in_office(today)).select_related("person")))
    if names:
        return _now("Those in office for this award decide here: %(names)s.") % {"names": names}
    return _now(
        "The term of office of who decided here has ended and nobody has followed: an administrator of the agency "
        "appoints somebody (Administration → Offices)."
    )


may_decide = logged_in & decides_at_gates & appointed_for_it


def decided_by(person: Any) -> Q:
    """The awards at whose gates somebody decides, as a condition on awards: the rule of the moves, for many at once."""
    if not may_decide(person):
        return Q(pk__in=[])
    if ever_held_by(person, *DECIDES).exists():
        return awards_under(held_by(person, *DECIDES))
    others = Appointment.objects.filter(filled(timezone.localdate()), office__in=DECIDES)
    return ~awards_under(others.select_related("project__term"))

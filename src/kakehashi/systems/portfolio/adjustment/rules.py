"""Who asks for adjustment funds, who scores, decides and posts. Default deny; all at a funding agency."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.offices.queries import holds_office
from kakehashi.systems.portfolio.rules import holds, may_write_entries


@rule("not_programme_officer", _("Programme officers of the funding agency ask for adjustment funds."))
def officer(person: Any) -> bool:
    """The person is a programme officer of a funding agency."""
    return holds(person, Role.PROGRAMME_OFFICER)


@rule("not_supervisor_or_director", _("Programme supervisors and directors of the funding agency score requests."))
def supervisor_or_director(person: Any) -> bool:
    """The person is a programme supervisor (PS) or director (PD) of a funding agency."""
    return holds(person, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule("own_request", _("You asked for this money yourself: somebody else judges it."))
def not_the_one_who_asked(person: Any, request: Any) -> bool:
    """Nobody scores what they asked for, nor says what came of it. Without a request: not known yet."""
    return request is None or request.requested_by_id != person.pk


@rule("not_president", _("The funding agency's president decides on adjustment funds, while in office."))
def president(person: Any) -> bool:
    """The person is the president of a funding agency, in office where somebody was ever appointed to it."""
    return holds_office(person, Role.PRESIDENT)


may_request = logged_in & officer
may_review = logged_in & (officer | supervisor_or_director) & not_the_one_who_asked
may_score = logged_in & supervisor_or_director & not_the_one_who_asked
may_decide = logged_in & president
may_post = may_write_entries

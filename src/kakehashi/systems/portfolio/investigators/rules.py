"""Who names an award's investigators, and who follows an award as one of them. Default deny."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.investigators.queries import parts_of
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.rules import holds

NAMES = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)


@rule(
    "not_naming_investigators",
    _("Investigators are named by the funding agency's officers, supervisors, directors and administrators."),
)
def names_investigators(person: Any) -> bool:
    """The person runs programmes of a funding agency, or administers it."""
    return holds(person, *NAMES)


@rule("not_its_investigator", _("You are not among the investigators of this award today."))
def carries_it_out(person: Any, award: Any) -> bool:
    """The person is an investigator of this award today; without one named, of any award."""
    mine = parts_of(person)
    return (mine.filter(award_id=award.pk) if isinstance(award, Award) else mine).exists()


may_name = logged_in & names_investigators
may_follow = logged_in & carries_it_out


def used_by(person: Any) -> bool:
    """Whether an investigator's own page stands in this person's rail."""
    return bool(may_follow(person))

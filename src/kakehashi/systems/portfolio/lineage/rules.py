"""Who links awards, says what carries one on, and plans its milestones. Default deny."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.rules import holds

LINKS = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule("not_of_the_programmes", _("Programme officers, supervisors and directors of the agency link awards."))
def runs_programmes(person: Any) -> bool:
    """The person is a programme officer, supervisor or director of a funding agency."""
    return holds(person, *LINKS)


may_link = logged_in & runs_programmes

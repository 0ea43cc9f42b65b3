"""Who tells of patient and public involvement. Default deny."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule
from kakehashi.systems.portfolio.rules import holds

RECORDS = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR)


@rule(
    "not_recording_involvement",
    _("Programme officers, supervisors and directors of the agency record patient and public involvement."),
)
def records_involvement(person: Any) -> bool:
    """The person is a programme officer, supervisor or director of a funding agency."""
    return holds(person, *RECORDS)


may_record = logged_in & records_involvement

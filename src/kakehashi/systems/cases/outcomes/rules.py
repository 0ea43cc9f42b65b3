"""Who may see which figures of the outcomes, and who publishes them. Default deny.

The whole is for those who run the programme: officers, supervisors, directors and administrators of a funding agency or
a government. Whoever works on cases, or administers or audits, sees their own institutions' figures. Everybody else
sees what was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.queries import holds_at, memberships_today
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule

RUNS_PROGRAMMES = (Kind.AGENCY, Kind.GOVERNMENT)
SEES_ALL = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)
SEES_OWN = (Role.CLINICIAN, Role.DATA_MANAGER, Role.DIAGNOSIS_COMMITTEE, Role.ADMINISTRATOR, Role.AUDITOR)
PUBLISHES = (Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Scope:
    """Whose figures someone sees: everybody's, or these institutions'."""

    whole: bool = False
    organisations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.whole or bool(self.organisations)


def scope_of(person: Any) -> Scope:
    """Whose figures this person may see today."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return Scope()
    held = memberships_today(person)
    own = {one.organisation_id for one in held if one.organisation.kind not in RUNS_PROGRAMMES and one.role in SEES_OWN}
    return Scope(holds_at(person, SEES_ALL, RUNS_PROGRAMMES), frozenset(own))


@rule("no_outcomes", _("The outcomes are for those who run the programme, and for hospitals their own."))
def sees_outcomes(person: Any) -> bool:
    """The person sees some figures."""
    return bool(scope_of(person))


@rule("not_publishing", _("Figures are published by a programme director or administrator of the funding agency."))
def publishes(person: Any) -> bool:
    """The person decides what is published."""
    return holds_at(person, PUBLISHES, RUNS_PROGRAMMES)


may_see = logged_in & sees_outcomes
may_publish = logged_in & publishes


def used_by(person: Any) -> bool:
    """Whether the outcomes stand in this person's rail."""
    return bool(may_see(person))

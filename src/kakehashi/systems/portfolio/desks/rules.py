"""Whose desk is whose. Default deny: a desk is for those of an agency who hold its role."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import Rule, logged_in, rule
from kakehashi.systems.portfolio.adjustment.rules import president
from kakehashi.systems.portfolio.investigators.rules import may_follow
from kakehashi.systems.portfolio.rules import holds

OF_PROGRAMMES = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR)


def at_the_agency(*roles: Role) -> Rule:
    """The person holds one of these roles at a funding agency today."""

    @rule("not_this_office", _("This page is for those who hold another office of the funding agency."))
    def holds_it(person: Any) -> bool:
        return holds(person, *roles)

    holds_it.name = f"at_the_agency({', '.join(map(str, roles))})"
    return holds_it


may_use_officers = logged_in & at_the_agency(*OF_PROGRAMMES)
may_use_directors = logged_in & at_the_agency(Role.PROGRAMME_DIRECTOR)
may_use_coordinators = logged_in & at_the_agency(Role.DISEASE_COORDINATOR)
may_use_accountants = logged_in & at_the_agency(Role.ACCOUNTANT)
may_use_auditors = logged_in & at_the_agency(Role.AUDITOR)
is_president = logged_in & president

DESKS: tuple[tuple[Rule, str], ...] = (
    (is_president, "portfolio:agency"),
    (may_use_directors, "portfolio:my_project"),
    (may_use_coordinators, "portfolio:my_area"),
    (may_use_officers, "portfolio:my_awards"),
    (may_use_accountants, "portfolio:my_books"),
    (may_use_auditors, "portfolio:my_audit"),
    (may_follow, "portfolio:my_research"),
)
"""The page on which each role begins; who holds several roles begins on the first."""

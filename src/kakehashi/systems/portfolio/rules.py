"""Who sees the agency's portfolio and who writes to its ledger. Default deny."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.queries import holds_at, memberships_today
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import logged_in, rule

RUNS_AWARDS = (Kind.AGENCY, Kind.GOVERNMENT)
SEES = (
    Role.PROGRAMME_OFFICER,
    Role.PROGRAMME_SUPERVISOR,
    Role.PROGRAMME_DIRECTOR,
    Role.DISEASE_COORDINATOR,
    Role.PRESIDENT,
    Role.ACCOUNTANT,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)
PUBLISHES = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)
WRITES_ENTRIES = (Role.ACCOUNTANT,)
RECORDS_OUTPUTS = (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
IMPORTS = (Role.ADMINISTRATOR,)
REGISTERS = (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
KEEPS_STRUCTURE = (Role.ADMINISTRATOR,)
REPORTS_GOALS = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)
RECORDS_COOPERATION = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)


def held_at_agencies(person: Any, *roles: str, at: Sequence[str] = (Kind.AGENCY,)) -> list[Membership]:
    """The memberships by which somebody holds one of these roles today at a funding agency; ``at``: at which kinds of
    places instead."""
    return [one for one in memberships_today(person) if one.role in roles and one.organisation.kind in at]


def holds(person: Any, *roles: str, at: Sequence[str] = (Kind.AGENCY,)) -> bool:
    """Whether somebody holds one of these roles today at a funding agency; ``at`` as above."""
    return holds_at(person, roles, at)


@rule("not_of_the_agency", _("The portfolio is for those who work for the funding agency."))
def works_for_the_agency(person: Any) -> bool:
    """The person holds one of the roles at a funding agency or in the government."""
    return holds(person, *SEES, at=RUNS_AWARDS)


@rule("not_its_accountant", _("The ledger is written by the funding agency's accountants."))
def keeps_its_books(person: Any) -> bool:
    """The person is an accountant of a funding agency."""
    return holds(person, *WRITES_ENTRIES)


@rule("not_recording_outputs", _("Outputs are recorded by the funding agency's programme officers and administrators."))
def records_outputs(person: Any) -> bool:
    """The person is a programme officer or an administrator of a funding agency."""
    return holds(person, *RECORDS_OUTPUTS)


@rule(
    "not_publishing_awards", _("Awards are published by the funding agency's officers, directors and administrators.")
)
def publishes_awards(person: Any) -> bool:
    """The person decides at a funding agency what everybody may see of its awards."""
    return holds(person, *PUBLISHES)


@rule("not_its_administrator", _("Awards are imported by the funding agency's administrators."))
def administers_it(person: Any) -> bool:
    """The person is an administrator of a funding agency."""
    return holds(person, *IMPORTS)


@rule(
    "not_registering_awards",
    _("Awards, contracts and calls are registered by the funding agency's programme officers and administrators."),
)
def registers_awards(person: Any) -> bool:
    """The person is a programme officer or an administrator of a funding agency."""
    return holds(person, *REGISTERS)


@rule("not_keeping_structure", _("The agency's structure and goals are kept by its administrators."))
def keeps_structure(person: Any) -> bool:
    """The person is an administrator of a funding agency."""
    return holds(person, *KEEPS_STRUCTURE)


@rule(
    "not_reporting_goals",
    _("What was reached of goals is reported by the funding agency's officers, directors and administrators."),
)
def reports_goals(person: Any) -> bool:
    """The person is a programme officer, a programme director or an administrator of a funding agency."""
    return holds(person, *REPORTS_GOALS)


@rule(
    "not_keeping_logic_models",
    _("Logic models are kept by the funding agency's programme officers, directors and administrators."),
)
def keeps_logic_models(person: Any) -> bool:
    """The person is a programme officer, a programme director or an administrator of a funding agency."""
    return holds(person, *REPORTS_GOALS)


@rule(
    "not_recording_cooperation",
    _("Co-operation abroad is recorded by the funding agency's programme officers, directors and administrators."),
)
def records_cooperation(person: Any) -> bool:
    """The person records at a funding agency what is done together with partners abroad."""
    return holds(person, *RECORDS_COOPERATION)


may_see = logged_in & works_for_the_agency
may_write_entries = logged_in & keeps_its_books
may_record_outputs = logged_in & records_outputs
may_publish_awards = logged_in & publishes_awards
may_register_awards = logged_in & registers_awards
may_record_cooperation = logged_in & records_cooperation
may_import = logged_in & administers_it
may_keep_structure = logged_in & keeps_structure
may_report_goals = logged_in & reports_goals
may_keep_logic_models = logged_in & keeps_logic_models


def used_by(person: Any) -> bool:
    """Whether the portfolio stands in this person's rail."""
    return bool(may_see(person))

"""The offices of an agency, and what each is held for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.people.roles import Role


class Scope(models.TextChoices):
    """What an office is held for."""

    AGENCY = "agency", _("The whole agency")
    PROJECT = "project", _("Integrated project")
    PROGRAMME = "programme", _("Programme")
    AREA = "area", _("Disease area")


OFFICES: dict[str, str] = {
    Role.PRESIDENT: Scope.AGENCY,
    Role.PROGRAMME_DIRECTOR: Scope.PROJECT,
    Role.DISEASE_COORDINATOR: Scope.AREA,
    Role.PROGRAMME_SUPERVISOR: Scope.PROGRAMME,
    Role.PROGRAMME_OFFICER: Scope.PROGRAMME,
    Role.AUDITOR: Scope.AGENCY,
}
"""What each office is held for: the president and the auditors for the whole agency, a programme director (PD) for an
integrated project, supervisors (PS) and officers (PO) for a programme, a coordinator (DC) for a disease area."""
HELD_BY_ONE = (Role.PRESIDENT, Role.PROGRAMME_DIRECTOR, Role.DISEASE_COORDINATOR)
"""Offices that one person holds at a time for the same thing; the others may be held by several."""
FIELDS: dict[str, str] = {Scope.PROJECT: "project", Scope.PROGRAMME: "programme", Scope.AREA: "area"}
"""The field that names what an office of a scope is held for; the whole agency is named by none."""
OFFICE_CHOICES = [(str(role), Role(role).label) for role in OFFICES]

"""The words of stage gates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GateState(models.TextChoices):
    """What was decided at a milestone."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("On hold")
    GO = "go", _("Go")
    NO_GO = "no_go", _("No-go")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = (GateState.PLANNED, GateState.HELD)
"""The states in which a milestone is still to be decided, and may be overdue."""

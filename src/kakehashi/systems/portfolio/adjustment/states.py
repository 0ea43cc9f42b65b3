"""The words of adjustment funds: where rounds and requests stand, and what requests are scored by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    """Where a round of adjustment funds stands."""

    OPEN = "open", _("Open for requests")
    SCORING = "scoring", _("Being scored")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed, money committed")
    CANCELLED = "cancelled", _("Cancelled")


class RequestState(models.TextChoices):
    """Where a request for adjustment funds stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    SCORED = "scored", _("Scored")
    CHOSEN = "chosen", _("Chosen")
    NOT_CHOSEN = "not_chosen", _("Not chosen")
    FUNDED = "funded", _("Funded")


class Outcome(models.TextChoices):
    """What a review finds of what a request promised."""

    REACHED = "reached", _("What was promised is reached")
    PARTLY = "partly", _("Reached in part")
    NOT_REACHED = "not_reached", _("Not reached")
    TOO_EARLY = "too_early", _("Too early to tell")


class Criterion(models.TextChoices):
    """What a request is scored by, each from 0 to MOST_POINTS."""

    EFFECT = "effect", _("What the money would bring")
    PROMISE = "promise", _("How promising the award is")
    URGENCY = "urgency", _("Why this year and not the next")
    READINESS = "readiness", _("Whether it can be spent within the year")


MOST_POINTS = 10

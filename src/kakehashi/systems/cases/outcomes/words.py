"""The words of the outcomes: the steps of the funnel, what figures are told apart by, the lists of diseases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """The steps of the funnel, each with its own definition (see counting.py)."""

    CONSULTED = "consulted", _("Consulted")
    REGISTERED = "registered", _("Registered")
    ANALYSED = "analysed", _("Analysed")
    DIAGNOSED = "diagnosed", _("Diagnosed")


class By(models.TextChoices):
    """What figures are told apart by."""

    PERIOD = "period", _("Period")
    CENTRE = "centre", _("Centre")
    HUB = "hub", _("Hub with its hospitals")
    REGION = "region", _("Region")
    GROUP = "group", _("Kind of signs")
    AWARD = "award", _("Award")


class Unit(models.TextChoices):
    """How long a period is."""

    YEAR = "year", _("Fiscal year")
    HALF = "half", _("Half-year")
    MONTH = "month", _("Month")


class Lists(models.TextChoices):
    """Which of the two lists name a diagnosed disease: every diagnosed case is counted under exactly one."""

    DESIGNATED = "designated", _("Designated intractable diseases only")
    BOTH = "both", _("On both lists")
    ORPHANET = "orphanet", _("Orphanet only")
    NEITHER = "neither", _("On neither list")

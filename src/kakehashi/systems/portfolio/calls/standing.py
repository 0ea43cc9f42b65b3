"""Where a call stands on a day: still to open, open, closing soon, closed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SOON = timedelta(days=14)


class Standing(models.TextChoices):
    """Where a call stands."""

    TO_OPEN = "to_open", _("Opens later")
    OPEN = "open", _("Open for applications")
    CLOSING = "closing", _("Closing soon")
    CLOSED = "closed", _("Closed")


def standing_of(opens: date, closes: date, day: date) -> Standing:
    """Where a call with these days stands; both are days on which it is open."""
    if day < opens:
        return Standing.TO_OPEN
    if day > closes:
        return Standing.CLOSED
    return Standing.CLOSING if closes - day <= SOON else Standing.OPEN


def standing(where: str, day: date) -> Q:
    """The calls that stand so on a day."""
    begun = Q(opens__lte=day)
    return {
        Standing.TO_OPEN: ~begun,
        Standing.OPEN: begun & Q(closes__gt=day + SOON),
        Standing.CLOSING: begun & Q(closes__gte=day, closes__lte=day + SOON),
        Standing.CLOSED: begun & Q(closes__lt=day),
    }[Standing(where)]

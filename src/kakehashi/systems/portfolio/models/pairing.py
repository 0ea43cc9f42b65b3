"""What officers answered to what pairing found."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.award import Award


class Found(models.TextChoices):
    """What pairing may find for an award."""

    CALL = "call", _("Call")
    PROGRAMME = "programme", _("Programme")
    GIVER = "giver", _("Award whose output it needs")


class Answer(models.TextChoices):
    """What an officer says to it."""

    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class PairingAnswer(models.Model):
    """An officer's answer to one thing found for an award. ``key``: the number of the call or award, or the programme's
    code; ``place``: where it stood in the list, from 1."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="pairing_answers", verbose_name=_("award"))
    found = models.CharField(_("what was found"), max_length=12, choices=Found.choices)
    key = models.CharField(_("number or code"), max_length=40)
    place = models.PositiveSmallIntegerField(_("place in the list"))
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices)
    reason = models.TextField(_("reason"), max_length=2000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta:
        verbose_name = _("answer to a pairing")
        verbose_name_plural = _("answers to pairings")
        ordering: ClassVar[list[str]] = ["-answered_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["award", "found", "key"], name="pairing_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.found} {self.key}: {self.answer}"

"""What the two sides of a pair of cases write each other, and how far each has let the other know who they are."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.exchange.states import SideState

LONGEST_MESSAGE = 5000
"""Characters of one message."""


class Conversation(models.Model):
    """One conversation a pair of cases of two institutions, whichever of the pair's two matches it was begun from.

    ``first`` is the case with the smaller key. ``opened_at``: since when each side knows who the other is.
    """

    first = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    second = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    opened_at = models.DateTimeField(_("identities open since"), null=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="conversation_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="conversation_in_order"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Side(models.Model):
    """One of the two sides of a conversation: those who work on ``case``.

    ``heard``: the last message of the other side, by its key; above a person's ``LastRead`` it is unread by them.
    ``agreed_knowing``: the side agreed to be named while its institution might know of the other case; when it no
    longer may, the agreement lapses.
    """

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="sides")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", verbose_name=_("your case"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(_("identities"), max_length=8, choices=SideState.choices, default=SideState.UNNAMED)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(_("agreed"), null=True)
    agreed_knowing = models.BooleanField(default=False)
    heard = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(_("last message"), default=timezone.now)

    class Meta:
        verbose_name = _("side of a conversation")
        verbose_name_plural = _("sides of conversations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "case"], name="side_once"),
            models.CheckConstraint(condition=models.Q(state__in=SideState.values), name="side_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-last_at"], name="side_of_organisation"),
            models.Index(fields=["id"], name="side_agreed", condition=models.Q(state=SideState.AGREED)),
        ]

    def __str__(self) -> str:
        return f"side {self.pk}"

    @property
    def opened(self) -> bool:
        """Whether both sides know who the other is."""
        return self.state == SideState.NAMED


class SideMessage(models.Model):
    """What one person wrote for their side."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages")
    side = models.ForeignKey(Side, models.PROTECT, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("message"), max_length=LONGEST_MESSAGE)

    class Meta:
        verbose_name = _("message of a side")
        verbose_name_plural = _("messages of sides")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "id"], name="side_message_in_order"),
            models.Index(fields=["by", "at"], name="side_message_of_person"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class LastRead(models.Model):
    """Up to which message someone has read on a side: the greatest key they were shown."""

    side = models.ForeignKey(Side, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message_id = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("last message read")
        verbose_name_plural = _("last messages read")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["side", "person"], name="last_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.side_id}"

"""What handlers still have to do."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """How far a handler is with an event."""

    WAITING = "waiting", _("Waiting")
    FAILED = "failed", _("Failed, will be retried")
    GIVEN_UP = "given_up", _("Given up")


class HandlerRun(models.Model):
    """One handler's work on one event; the row goes when the work is done."""

    event = models.CharField(_("event"), max_length=200)
    payload = models.JSONField(_("content"))
    handler = models.CharField(_("handler"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("handler run")
        verbose_name_plural = _("handler runs")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "due_at"], name="handler_run_due")]

    def __str__(self) -> str:
        return f"{self.handler}: {self.get_state_display()}"


class FailedHandlers(models.Manager["FailedHandler"]):
    """The runs that failed at least once."""

    def get_queryset(self) -> models.QuerySet["FailedHandler"]:
        return super().get_queryset().exclude(state=RunState.WAITING)


class FailedHandler(HandlerRun):
    """A handler run that failed: what an administrator looks at."""

    objects: ClassVar[FailedHandlers] = FailedHandlers()

    class Meta:
        proxy = True
        verbose_name = _("failed handler")
        verbose_name_plural = _("failed handlers")

"""Awards that were taken from public view: when, by whom and why. Never changed; the database refuses to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.award import Award


class Withdrawal(models.Model):
    """A published award was taken from public view. ``withdrawn_by`` None: by the node's operator.

    Whether it is shown again says ``Award.published_on``.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="withdrawals", verbose_name=_("award"))
    published_on = models.DateField(_("published on"))
    reason = models.TextField(_("reason"), max_length=1000)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken from public view by"),
    )
    withdrawn_at = models.DateTimeField(_("taken from public view"), auto_now_add=True)

    class Meta:
        verbose_name = _("withdrawal from public view")
        verbose_name_plural = _("withdrawals from public view")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.award}: {self.reason}"

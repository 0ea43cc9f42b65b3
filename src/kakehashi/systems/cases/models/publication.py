"""What was published of the outcomes: one row a quarter, never changed afterwards."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """The outcomes as of the end of a quarter, as everybody may read them.

    ``shown`` is public. ``counted`` is not: the true counts beneath it, kept so that the next publication gives away
    none of the small differences between the two. ``synthetic``: of made-up patients, on a node that holds no others.
    """

    as_of = models.DateField(_("as of"))
    synthetic = models.BooleanField(_("synthetic"), default=False)
    smallest = models.PositiveSmallIntegerField(_("smallest count shown"))
    shown = models.JSONField()
    counted = models.JSONField()
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("published outcomes")
        verbose_name_plural = _("published outcomes")
        ordering: ClassVar[list[str]] = ["synthetic", "-as_of"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["as_of", "synthetic"], name="published_once_a_quarter")
        ]

    def __str__(self) -> str:
        return self.as_of.isoformat()

"""What rows said before they were changed: of what the agency keeps and words anew (goals, terms, logic models …)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """A change of a row: what its changed fields said before, when that ended, and who changed it (null: the node).

    ``kind`` and ``row``: the model's name and the primary key; ``reason``: why, where one is asked for.
    Never changed nor deleted.
    """

    kind = models.CharField(_("kind"), max_length=40)
    row = models.BigIntegerField()
    before = models.JSONField(_("before"))
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "row"], name="revision_of_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}: {', '.join(self.before)}"

"""What can be found. The full-text index itself is made by migration 0002, one way for each database."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """One findable thing: which, and the bigrams of its texts. ``version``: what the texts were made with, if said."""

    kind = models.CharField(_("kind"), max_length=40)
    object_id = models.CharField(_("id"), max_length=80)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    bigrams = models.TextField(_("bigrams"))
    version = models.CharField(_("version"), max_length=100, null=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_unique")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "version"], name="search_entry_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

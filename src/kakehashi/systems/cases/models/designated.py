"""The list of designated intractable diseases as it is installed on this node."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DesignatedList(models.Model):
    """The list in use: the file it came from, and when. There is one at most."""

    source = models.CharField(_("file"), max_length=200)
    installed_at = models.DateTimeField(_("installed"), auto_now_add=True)

    class Meta:
        verbose_name = _("list of designated diseases")
        verbose_name_plural = _("lists of designated diseases")

    def __str__(self) -> str:
        return self.source


class DesignatedDisease(models.Model):
    """A disease of the list. ``references``: its ids elsewhere, such as OMIM:154700."""

    edition = models.ForeignKey(DesignatedList, models.CASCADE, related_name="diseases")
    number = models.CharField(_("number"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=300, blank=True)
    references = models.JSONField(default=list)

    class Meta:
        verbose_name = _("designated disease")
        verbose_name_plural = _("designated diseases")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "number"], name="designated_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def label(self, language: str) -> str:
        """Its name; in Japanese where the list has no English one."""
        return self.name if language == "ja" else self.name_en or self.name

"""What was uploaded; the content lies in the node's home, named by its SHA-256."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One uploaded file. Equal contents are kept once, whoever uploaded them.

    ``name`` is what a person called it, perhaps after a patient: it is shown to people on the site and goes into no
    mail, log, audit entry or address. After ``kept_until`` the worker removes the file; None: until someone does.
    """

    sha256 = models.CharField(
        _("SHA-256"), max_length=64, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")]
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("media type"), max_length=100, default="application/octet-stream")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    kept_until = models.DateTimeField(_("kept until"), null=True, db_index=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"file {self.pk}"

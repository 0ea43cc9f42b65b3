"""The audit trail's rows. The database itself refuses to change or delete an entry (see triggers.py)."""

import json
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kakehashi.kernel.audit.naming import Said


ACTING = "acting"
"""Where an entry's detail names the organisation acted for, when another one holds what the entry is about."""


class Outcome(models.TextChoices):
    """How what was tried ended."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class AuditEntry(models.Model):
    """One thing someone did, read or was refused.

    Actors and subjects are plain ids, not foreign keys: an entry outlives what it names and holds no personal data.
    """

    sequence = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"))
    actor = models.CharField(_("actor"), max_length=80)  # "person:12", "system"
    organisation = models.CharField(_("organisation"), max_length=40, blank=True)  # id: the holder, else whom acted for
    action = models.CharField(_("action"), max_length=80)
    subject_type = models.CharField(_("subject"), max_length=80, blank=True)
    subject_id = models.CharField(_("subject id"), max_length=80, blank=True)
    subject_ids = models.TextField(_("subject ids"), blank=True)  # JSON list, when one entry names several
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    detail = models.TextField(_("detail"), blank=True)  # canonical JSON
    previous_hash = models.CharField(_("previous seal"), max_length=64)
    hash = models.CharField(_("seal"), max_length=64)

    said: "Said | None" = None  # in the words of one reader, set by naming.py, never stored

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar[list[str]] = ["sequence"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor", "sequence"], name="audit_actor"),
            models.Index(fields=["action", "sequence"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.outcome}"

    @property
    def subjects(self) -> list[str]:
        """The ids of all that the entry names."""
        several: list[str] = json.loads(self.subject_ids) if self.subject_ids else []
        return several or ([self.subject_id] if self.subject_id else [])


class NamedAmong(models.Model):
    """One of the several things that one entry names: by these rows the entry is found by index (see lookup.py)."""

    pk = models.CompositePrimaryKey("subject_type", "subject_id", "sequence")
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    sequence = models.BigIntegerField()

    class Meta:
        verbose_name = _("thing named among others")
        verbose_name_plural = _("things named among others")

    def __str__(self) -> str:
        return f"{self.sequence} {self.subject_type}:{self.subject_id}"


class Unlisted(models.Model):
    """A stretch of the trail, after ``reached`` up to ``until``, whose things have no rows in ``NamedAmong`` yet.

    One for what was written before there was a look-up, one for every entry too long to be listed by its writer.
    ``to_the_head``: when it is listed, what was written since is looked through too, once: a process of the version
    before may have gone on writing.
    """

    id = models.BigAutoField(primary_key=True)
    reached = models.BigIntegerField()
    until = models.BigIntegerField()
    to_the_head = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("part of the audit trail without look-up")
        verbose_name_plural = _("parts of the audit trail without look-up")

    def __str__(self) -> str:
        return f"{self.reached}–{self.until}"


class AuditHead(models.Model):
    """The last entry's number and hash, sealed: one row, locked by every writer, so that a cut-off tail shows."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("head of the audit trail")
        verbose_name_plural = _("heads of the audit trail")

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"

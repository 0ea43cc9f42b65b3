"""Families, their revisions, and which member is which case."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.families.members import Members, read_members
from kakehashi.systems.cases.models.case import ALPHABET, Case
from kakehashi.systems.cases.states import FamilyRevisionKind


def new_family_id() -> str:
    """A fresh opaque id (58 random bits), never given twice."""
    return "F-" + "".join(secrets.choice(ALPHABET) for _ in range(12))


class Family(models.Model):
    """The family of a case, under its hospital's own pseudonym; never a name.

    ``members`` is what is said now (families/members.py); ``revision`` guards against two people overwriting each
    other. A family is seen through the case of its proband and has no sharing terms of its own.
    """

    public_id = models.CharField(_("family id"), max_length=20, unique=True, default=new_family_id, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="families", verbose_name=_("organisation")
    )
    local_id = models.CharField(_("local pseudonym"), max_length=60)
    members = models.JSONField(_("members"), default=list)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "local_id"], name="family_local_id_unique")
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def relatives(self) -> Members:
        """The members as values."""
        return read_members(self.members)


class FamilyLink(models.Model):
    """A member who is a case of the same institution; a case is of one family. ``proband``: as the member says."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="links")
    member = models.CharField(_("pseudonym in the family"), max_length=60)
    case = models.OneToOneField(Case, models.PROTECT, related_name="family_link")
    proband = models.BooleanField(_("proband"), default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["family", "member"], name="family_member_is_one_case")
        ]

    def __str__(self) -> str:
        return f"{self.family_id}: {self.member}"


class FamilyRevision(models.Model):
    """A family as it stood after one change: who, when, what kind, why, all members and their cases."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    kind = models.CharField(_("kind"), max_length=12, choices=FamilyRevisionKind.choices)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    note = models.CharField(_("reason"), max_length=500, blank=True)
    members = models.JSONField(_("members"))
    cases = models.JSONField(_("cases"), default=dict)

    class Meta:
        verbose_name = _("revision of a family")
        verbose_name_plural = _("revisions of families")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["family", "number"], name="family_revision_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.family_id}/{self.number}"

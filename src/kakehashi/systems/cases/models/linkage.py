"""Rows by which the same patient of two hospitals is suspected; no name, birth date or number stands in any of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.linkage.states import Answered, Keep
from kakehashi.systems.cases.models.case import Case


class LinkageKey(models.Model):
    """A keyed hash of a case: of identifying items (engines.linkage.keys) or of a variant. Equal hashes may be one
    patient.

    ``generation`` names the linkage key it was made under; under another one it meets nothing.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="linkage_keys")
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=32)
    generation = models.CharField(max_length=8)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "kind", "digest"], name="linkage_key_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["digest", "kind"], name="linkage_key_met")]

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"


class IdentityEntry(models.Model):
    """That identifying items were given for a case: by whom and when, never which. For bounds and for the case's
    page.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="identity_entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["by", "at"], name="identity_entry_of"),
            models.Index(fields=["case", "at"], name="identity_entry_for"),
        ]

    def __str__(self) -> str:
        return f"identity of case {self.case_id}"


class Unlinked(models.Model):
    """A case that waits to be compared with the others."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"case {self.case_id}"


class Suspicion(models.Model):
    """Two cases that may be of one patient: how strong the evidence is and of what kind, as it was when last looked at.

    ``first`` is the case with the smaller key. ``told``: when both sides were told, which sharing must allow.
    """

    first = models.ForeignKey(Case, models.PROTECT, related_name="+")
    second = models.ForeignKey(Case, models.PROTECT, related_name="+")
    bits = models.FloatField(_("evidence"))
    reasons = models.JSONField(_("reasons"), default=list)
    stands = models.BooleanField(default=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    told_at = models.DateTimeField(_("told"), null=True)

    class Meta:
        verbose_name = _("suspicion of one patient")
        verbose_name_plural = _("suspicions of one patient")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="suspicion_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="suspicion_in_order"),
        ]

    def __str__(self) -> str:
        return f"suspicion {self.pk}"


class SuspicionSide(models.Model):
    """What those who work on one of the two cases answer. Both the same "same": a confirmed double registration."""

    suspicion = models.ForeignKey(Suspicion, models.PROTECT, related_name="sides")
    case = models.ForeignKey(Case, models.PROTECT, related_name="suspicion_sides", verbose_name=_("your case"))
    state = models.CharField(_("answer"), max_length=10, choices=Answered.choices, default=Answered.ASKED)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    keep = models.CharField(_("record to be kept"), max_length=6, choices=Keep.choices, blank=True)

    class Meta:
        verbose_name = _("side of a suspicion")
        verbose_name_plural = _("sides of suspicions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["suspicion", "case"], name="suspicion_side_once"),
            models.CheckConstraint(condition=models.Q(state__in=Answered.values), name="suspicion_side_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "state"], name="suspicion_side_of")]

    def __str__(self) -> str:
        return f"side {self.pk} of {self.suspicion_id}"

    @property
    def organisation_id(self) -> int:
        """The institution that holds this side's case: whose people answer."""
        return self.case.organisation_id


class SamePatient(models.Model):
    """A case that both sides confirmed to be of one patient with others. ``counted``: the registration that counts for
    all of them in the outcomes, this one or another (linkage/registrations.py draws it).
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="same_patient")
    counted = models.ForeignKey(Case, models.CASCADE, related_name="registrations")

    def __str__(self) -> str:
        return f"case {self.case_id} counts as {self.counted_id}"


class SuspicionNote(models.Model):
    """What one side writes to the other about a suspicion."""

    suspicion = models.ForeignKey(Suspicion, models.PROTECT, related_name="notes")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("message"), max_length=2000)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"

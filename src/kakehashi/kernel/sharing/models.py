"""What sharing stands on: the fields of a shared record, and the rows that widen or close it for some.

Stewardship writes grants, opt-outs and exceptions into these rows; they bind the very next query.
"""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Reach


class SharedRecord(models.Model):
    """The main model of every data system: who holds it, how far it may be seen, on what consent.

    A concrete model says besides: ``organisation`` (the institution that holds it), ``award`` (the award that paid for
    it; may be null), ``state``, and in which states it is shared at all (``offered_states``; none, unless it says so).
    """

    offered_states: ClassVar[frozenset[str]] = frozenset()

    sharing_class = models.CharField(_("class"), max_length=12, choices=DataClass.choices, default=DataClass.RESTRICTED)
    reach = models.PositiveSmallIntegerField(_("reach"), choices=Reach.choices, default=Reach.INSTITUTION)
    shown = models.PositiveSmallIntegerField(_("what others are shown"), choices=Level.choices, default=Level.MATCHING)
    private_sector = models.BooleanField(_("private sector too"), default=False)
    embargo_until = models.DateField(_("embargo ends"), null=True, blank=True)  # the first day it may be seen

    consent_version = models.CharField(_("consent form"), max_length=60, blank=True)
    consent_from = models.DateField(_("consented on"), null=True, blank=True)
    consent_until = models.DateField(_("consent ends"), null=True, blank=True)  # the last day it stands
    consent_domestic = models.BooleanField(_("sharing in the country"), default=False)
    consent_abroad = models.BooleanField(_("sharing abroad"), default=False)
    consent_private = models.BooleanField(_("private sector"), default=False)
    consent_recontact = models.BooleanField(_("may be contacted again"), default=False)

    class Meta:
        abstract = True

    @property
    def sharing_kind(self) -> str:
        """The name under which grants and opt-outs know records of this model."""
        return self._meta.label_lower

    _opted_out: bool | None = None  # as ``read_opt_outs`` found it

    @property
    def opted_out(self) -> bool:
        """Whether an opt-out of secondary use is in force today."""
        if self._opted_out is not None:
            return self._opted_out
        return OptOut.in_force(timezone.localdate()).filter(kind=self.sharing_kind, record_id=self.pk).exists()


class Network(models.Model):
    """Institutions that work together, such as the hospitals of IRUD."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.code

    def label(self) -> str:
        """The name in the language in force."""
        return told(self.name, self.name_en)


class NetworkRole(models.TextChoices):
    """What an institution is in a network."""

    HUB = "hub", _("Hub hospital")
    ADVANCED = "advanced", _("Advanced hospital")
    COOPERATING = "cooperating", _("Co-operating hospital")
    ANALYSIS = "analysis", _("Analysis centre")
    MEMBER = "member", _("Member")


class NetworkMember(models.Model):
    """An institution's place in a network; ``hub`` is the hub hospital it works with."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="members", verbose_name=_("network"))
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="networks", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=NetworkRole.choices, default=NetworkRole.MEMBER)
    hub = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hub")
    )

    class Meta:
        verbose_name = _("member of a network")
        verbose_name_plural = _("members of networks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["network", "organisation"], name="network_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.network_id}"


class _InForce(models.Model):
    """A row that counts from a day on and perhaps until a day, both included; ended, never deleted."""

    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        abstract = True

    @classmethod
    def in_force(cls, day: date) -> "models.QuerySet[Self]":
        """The rows that count on a day."""
        ends = models.Q(until=None) | models.Q(until__gte=day)
        return cls._default_manager.filter(ends, since__lte=day)


class Grant(_InForce):
    """Access beyond reach, to a person, an institution or a foreign node, for one record, award or institution."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="grants")
    grantee = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="grants_received"
    )
    node = models.CharField(_("foreign node"), max_length=100, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    record_id = models.PositiveBigIntegerField(null=True, blank=True)
    award_id = models.PositiveBigIntegerField(null=True, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="grants_given"
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.WHOLE)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices, default=Purpose.RESEARCH)
    joined = models.BooleanField(_("the patient joined this study"), default=False)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, grantee=None, node="")
                | models.Q(person=None, grantee__isnull=False, node="")
                | (models.Q(person=None, grantee=None) & ~models.Q(node="")),
                name="grant_to_one",
            ),
            models.CheckConstraint(
                condition=(models.Q(record_id__isnull=False, award_id=None, organisation=None) & ~models.Q(kind=""))
                | models.Q(record_id=None, award_id__isnull=False, organisation=None, kind="")
                | models.Q(record_id=None, award_id=None, organisation__isnull=False, kind=""),
                name="grant_of_one",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["grantee", "since"], name="grant_to_organisation"),
            models.Index(fields=["kind", "record_id"], name="grant_of_record"),
            models.Index(fields=["award_id"], condition=models.Q(award_id__isnull=False), name="grant_of_award"),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class OptOut(_InForce):
    """The patient of a record opted out of secondary use; care is untouched."""

    kind = models.CharField(max_length=60)
    record_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "record_id", "since", "until"], name="optout_of_record")
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"


def read_opt_outs(records: Sequence[SharedRecord]) -> None:
    """Look up for many records of one model at once whether their patients opted out, before they are judged."""
    if records:
        kind, ids = records[0].sharing_kind, [record.pk for record in records]
        rows = OptOut.in_force(timezone.localdate()).filter(kind=kind, record_id__in=ids)
        out = set(rows.values_list("record_id", flat=True))
        for record in records:
            record._opted_out = record.pk in out


class Asked(models.Model):
    """A description of a patient that someone asked others' records by, once however often: see ``asking``.

    ``asker``: "person:7", "organisation:3" or "node:NAME"; ``about`` tells the asker's patients apart; ``profile`` is a
    keyed hash of the description. Kept for a day.
    """

    asker = models.CharField(max_length=80)
    about = models.CharField(max_length=64)
    profile = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("description asked by")
        verbose_name_plural = _("descriptions asked by")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["asker", "about", "profile"], name="asked_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asker", "at"], name="asked_by"),
            models.Index(fields=["at"], name="asked_at"),
        ]

    def __str__(self) -> str:
        return f"{self.asker} {self.at:%Y-%m-%d %H:%M}"


class Heard(models.Model):
    """A description that a record, shown by its existence alone, answered or came near to answering. Kept a month."""

    asker = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    record_id = models.PositiveBigIntegerField()
    profile = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("description heard")
        verbose_name_plural = _("descriptions heard")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["asker", "kind", "record_id", "profile"], name="heard_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="heard_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class OutbreakException(_InForce):
    """A country declared an outbreak: public health may look past embargoes and opt-outs of its institutions."""

    country = models.CharField(_("country"), max_length=2, db_index=True)

    class Meta:
        verbose_name = _("outbreak exception")
        verbose_name_plural = _("outbreak exceptions")

    def __str__(self) -> str:
        return f"{self.country} {self.since}"

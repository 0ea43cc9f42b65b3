"""What the agency does together with partners abroad: joint research, memoranda, joint calls, workshops and more."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.lineage import Precision
from kakehashi.systems.portfolio.models.structure import CODE, Named, Programme, no_page


class CooperationKind(models.TextChoices):
    """What is done together."""

    JOINT_RESEARCH = "joint_research", _("Joint research")
    MEMORANDUM = "memorandum", _("Memorandum of co-operation")
    JOINT_CALL = "joint_call", _("Joint call")
    JOINT_AWARD = "joint_award", _("Award with partners abroad")
    WORKSHOP = "workshop", _("Workshop")
    SYMPOSIUM = "symposium", _("Symposium")
    SURVEY = "survey", _("Survey")
    EXCHANGE = "exchange", _("Exchange of researchers")
    STATEMENT = "statement", _("Statement")
    PARTNERSHIP = "partnership", _("Partnership")
    OFFICE = "office", _("Office abroad")


class CooperationStanding(models.TextChoices):
    """How far it is."""

    HELD = "held", _("Held or in force")
    PLANNED = "planned", _("Planned")
    UNDER_DISCUSSION = "under_discussion", _("Under discussion")


class CooperationChange(models.TextChoices):
    """What was done with a row."""

    INSTALLED = "installed", _("As it stood before")
    RECORDED = "recorded", _("Newly recorded")
    CORRECTED = "corrected", _("Corrected")
    ENDED = "ended", _("Ended")


class Cooperation(Named):
    """One thing done together, in no, one or several countries. ``name``: what it is about.

    ``on``: the first day of what ``precision`` says (None: not told); ``fiscal_year``: to which it belongs;
    ``ended_on``: its last day. What it said before a change stands in its revisions.
    """

    code = models.CharField(
        _("code"), max_length=80, unique=True, validators=[CODE, no_page("new", "rows", "import", "awards")]
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CooperationKind.choices)
    partner = models.CharField(_("partner"), max_length=300, blank=True)
    partner_en = models.CharField(_("partner in English"), max_length=300, blank=True)
    field = models.CharField(_("field"), max_length=200, blank=True)
    field_en = models.CharField(_("field in English"), max_length=200, blank=True)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="cooperations", verbose_name=_("programme")
    )
    on = models.DateField(_("day"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=12, choices=Precision.choices, default=Precision.DAY)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"), null=True, blank=True)
    standing = models.CharField(
        _("standing"), max_length=20, choices=CooperationStanding.choices, default=CooperationStanding.HELD
    )
    awards = models.PositiveSmallIntegerField(_("awards"), null=True, blank=True)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("co-operation abroad")
        verbose_name_plural = _("co-operation abroad")
        ordering: ClassVar[list[str]] = ["kind", "code"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "fiscal_year"], name="cooperation_kind")]


class CooperationCountry(models.Model):
    """A country that takes part (ISO 3166-1 alpha-2; EU for the European Union)."""

    cooperation = models.ForeignKey(Cooperation, models.CASCADE, related_name="countries")
    country = models.CharField(_("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}\Z")])

    class Meta:
        verbose_name = _("country of a co-operation")
        verbose_name_plural = _("countries of co-operations")
        ordering: ClassVar[list[str]] = ["country"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cooperation", "country"], name="cooperation_country_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["country"], name="cooperation_of_country")]

    def __str__(self) -> str:
        return f"{self.cooperation}: {self.country}"


class CooperationRevision(models.Model):
    """A row as it stood after one change: who, when, what was done, why, and all that it said then. Append-only."""

    cooperation = models.ForeignKey(Cooperation, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    change = models.CharField(_("change"), max_length=12, choices=CooperationChange.choices)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    said = models.JSONField(_("what it said"))

    class Meta:
        verbose_name = _("revision of a co-operation")
        verbose_name_plural = _("revisions of co-operations")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cooperation", "number"], name="cooperation_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.cooperation}: {self.number}"

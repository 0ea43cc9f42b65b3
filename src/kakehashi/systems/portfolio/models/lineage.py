"""Lineage: which award led to which, across programmes, and what happened to their products on the way."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.award import Award


class LinkKind(models.TextChoices):
    """How one award led to another."""

    SUCCESSOR = "successor", _("Carried on by")
    SPIN_OFF = "spin_off", _("Spin-off")


class AwardLink(models.Model):
    """One award led to another. ``noted_by`` None: by the node's operator, as ``source`` tells."""

    before = models.ForeignKey(Award, models.PROTECT, related_name="links_onward", verbose_name=_("from award"))
    after = models.ForeignKey(Award, models.PROTECT, related_name="links_back", verbose_name=_("to award"))
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices, default=LinkKind.SUCCESSOR)
    noted_on = models.DateField(_("noted on"))
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("link between awards")
        verbose_name_plural = _("links between awards")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["before", "after"], name="award_link_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="award_link_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def gap_days(self) -> int:
        """Days between the end of the one and the beginning of the other; below 0: so many days they overlap."""
        return (self.after.begins - self.before.ends).days - 1


class EventKind(models.TextChoices):
    """What may happen to an award's product on its way to patients, and to the award."""

    ADJUSTMENT = "adjustment", _("Adjustment funds")
    LICENSED = "licensed", _("Licensed to a company")
    FILED = "filed", _("Filed for approval")
    APPROVED = "approved", _("Approved")
    REIMBURSED = "reimbursed", _("Covered by health insurance")


class Precision(models.TextChoices):
    """How exactly a day is known."""

    FISCAL_YEAR = "fiscal_year", _("Fiscal year")
    YEAR = "year", _("Year")
    MONTH = "month", _("Month")
    DAY = "day", _("Day")


class AwardEvent(models.Model):
    """Something that happened on the way. ``on``: the first day of what ``precision`` says; None: not told."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="events", verbose_name=_("award"))
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind.choices)
    on = models.DateField(_("day"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=12, choices=Precision.choices, default=Precision.DAY)
    name = models.CharField(_("name"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of an award")
        verbose_name_plural = _("events of awards")
        ordering: ClassVar[list[str]] = ["on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["award", "kind", "name"], name="award_event_once")
        ]

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """The name in the language in force; the other where one is missing."""
        return told(self.name, self.name_en)

"""Contracts of awards and their amendments: what was agreed with which institution, and every change of it.

Neither is ever changed or deleted; the database refuses to. What is in force is the contract with its amendments laid
over it in their order. What was recorded wrongly is taken back with a reason, and recorded anew.
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.award import Award

ACTOR = settings.AUTH_USER_MODEL


class ContractKind(models.TextChoices):
    """By what right the money is given: work done for the agency, or a grant to somebody's own work."""

    COMMISSION = "commission", _("Commissioned research")
    SUBSIDY = "subsidy", _("Subsidy")


class Contract(models.Model):
    """A contract of an award with an institution as it was signed: for which days, about how many yen.

    ``edition`` counts how often a number was recorded: again only once the one before is taken back. ``followed``: what
    the award said before it followed this, and what since: {"ends": ["2021-03-31", "2022-03-31"]}; so for amendments.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="contracts", verbose_name=_("award"))
    number = models.CharField(_("contract number"), max_length=60)
    edition = models.PositiveSmallIntegerField(default=1, editable=False)
    kind = models.CharField(_("kind of contract"), max_length=12, choices=ContractKind.choices)
    signed_on = models.DateField(_("signed on"))
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    begins = models.DateField(_("begins"))
    ends = models.DateField(_("ends"))
    amount_yen = models.BigIntegerField(_("amount (yen)"), validators=[MinValueValidator(0)])
    source = models.CharField(_("source"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        ACTOR, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    followed = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering: ClassVar[list[str]] = ["signed_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number", "edition"], name="contract_edition_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("begins")), name="contract_ends_after_begin"),
            models.CheckConstraint(condition=models.Q(amount_yen__gte=0), name="contract_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number


class Amendment(models.Model):
    """A change of a contract, signed on a day, with its reason. What is empty stays as it was before."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments", verbose_name=_("contract"))
    number = models.PositiveSmallIntegerField(_("number"))
    signed_on = models.DateField(_("signed on"))
    reason = models.CharField(_("reason"), max_length=500)
    begins = models.DateField(_("begins"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    amount_yen = models.BigIntegerField(_("amount (yen)"), null=True, blank=True, validators=[MinValueValidator(0)])
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    title = models.CharField(_("title"), max_length=500, blank=True)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        ACTOR, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    followed = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("amendment of a contract")
        verbose_name_plural = _("amendments of contracts")
        ordering: ClassVar[list[str]] = ["contract", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["contract", "number"], name="amendment_once"),
            models.CheckConstraint(
                condition=models.Q(amount_yen=None) | models.Q(amount_yen__gte=0), name="amendment_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} ({self.number})"


class TakenBack(models.Model):
    """A contract with all its amendments, or one amendment, was recorded wrongly and counts no more: by whom, and why.

    Never changed or deleted either. ``followed``: what contracts that stand moved of what the award then said again.
    """

    contract = models.OneToOneField(
        Contract, models.PROTECT, null=True, blank=True, related_name="taken_back", verbose_name=_("contract")
    )
    amendment = models.OneToOneField(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back",
        verbose_name=_("amendment of a contract"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    taken_back_by = models.ForeignKey(
        ACTOR, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )
    taken_back_at = models.DateTimeField(_("taken back on"), auto_now_add=True)
    followed = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("contract taken back")
        verbose_name_plural = _("contracts taken back")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(contract=None, amendment__isnull=False)
                | models.Q(contract__isnull=False, amendment=None),
                name="taken_back_one_of_both",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract or self.amendment}: {self.reason}"

"""The budget ledger's rows: whence money comes, the places it may lie in, and its movements between them.

Double entry by construction: a movement takes an amount from one account and gives the same to another. The database
refuses to change or delete entries and movements; what was wrong is corrected by another entry.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.ledger.entries import MEMO, REFERENCE
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind
from kakehashi.systems.portfolio.models.structure import CODE, Ministry, Named


class Appropriation(Named):
    """A sum that a ministry's budget gives the agency: the origin that every yen keeps."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    ministry = models.CharField(_("ministry"), max_length=10, choices=Ministry.choices)
    kind = models.CharField(_("kind of budget"), max_length=20, choices=BudgetKind.choices)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    last_fiscal_year = models.PositiveSmallIntegerField(_("last fiscal year"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("appropriation")
        verbose_name_plural = _("appropriations")
        ordering: ClassVar[list[str]] = ["fiscal_year", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(last_fiscal_year__gte=models.F("fiscal_year")), name="appropriation_years_in_order"
            ),
        ]


class Account(models.Model):
    """A place where money of one appropriation lies in one fiscal year, with what lies there now.

    ``key`` tells places apart. The balance is the sum of the account's movements, kept with them in one transaction;
    ``reconcile`` shows that it is.
    """

    key = models.CharField(max_length=80, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind.choices)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, related_name="accounts", verbose_name=_("appropriation")
    )
    programme = models.ForeignKey(
        "portfolio.Programme", models.PROTECT, null=True, related_name="accounts", verbose_name=_("programme")
    )
    award = models.ForeignKey(
        "portfolio.Award", models.PROTECT, null=True, related_name="accounts", verbose_name=_("award")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("institution")
    )
    balance_yen = models.BigIntegerField(_("balance (yen)"), default=0)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.origins(), balance_yen__lte=0)
                | (~models.Q(kind__in=AccountKind.origins()) & models.Q(balance_yen__gte=0)),
                name="account_not_overdrawn",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["fiscal_year", "programme", "kind", "appropriation", "balance_yen"], name="account_of_year"
            ),
            models.Index(fields=["kind", "balance_yen", "fiscal_year"], name="account_holding"),
        ]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One business transaction in the ledger: an allotment, a contract, a payment, a return …, with its movements."""

    number = models.PositiveBigIntegerField(_("number"), unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    on = models.DateField(_("day"))
    memo = models.CharField(_("memo"), max_length=MEMO, blank=True)
    reference = models.CharField(_("document"), max_length=REFERENCE, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("entries of the ledger")
        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reference"], condition=~models.Q(reference=""), name="entry_of_document"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Movement(models.Model):
    """So many yen from one account to another."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="movements", verbose_name=_("entry"))
    source = models.ForeignKey(Account, models.PROTECT, related_name="given", verbose_name=_("from"))
    target = models.ForeignKey(Account, models.PROTECT, related_name="received", verbose_name=_("to"))
    amount_yen = models.BigIntegerField(_("amount (yen)"))

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(amount_yen__gt=0), name="movement_positive"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="movement_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}: {self.amount_yen}"

"""Organisations: hospitals, universities, companies, agencies, each with its codes in the wider world."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.kernel.organisations.regions import PREFECTURES


class Kind(models.TextChoices):
    """What an organisation is."""

    HOSPITAL = "hospital", _("Hospital")
    UNIVERSITY = "university", _("University")
    INSTITUTE = "institute", _("Research institute")
    COMPANY = "company", _("Company")
    AGENCY = "agency", _("Funding agency")
    GOVERNMENT = "government", _("Government")
    LABORATORY = "laboratory", _("Laboratory")
    PATIENT_GROUP = "patient_group", _("Patient group")
    OTHER = "other", _("Other")


class Organisation(models.Model):
    """Someone that people belong to and that holds records."""

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", _("Use letters, digits, - and _."))],
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.HOSPITAL)
    country = models.CharField(
        _("country"),
        max_length=2,
        default="JP",
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Use the two-letter ISO 3166 code, such as JP."))],
    )
    prefecture = models.CharField(
        _("prefecture"),
        max_length=2,
        blank=True,
        choices=[(one.code, f"{one.ja} {one.en}") for one in PREFECTURES.values()],
    )  # JIS X 0401; empty: abroad, or not stated
    ror = models.CharField(
        _("ROR id"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}\Z", _("A ROR id looks like 057zh3y96."))],
    )
    erad_code = models.CharField(
        _("e-Rad code"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{10}\Z", _("An e-Rad institution code has ten digits."))],
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ror"], condition=~models.Q(ror=""), name="organisation_ror_unique"),
            models.UniqueConstraint(
                fields=["erad_code"], condition=~models.Q(erad_code=""), name="organisation_erad_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str | None = None) -> str:
        """The name in the given language, else in the one in force; the other where one is missing."""
        return told(self.name, self.name_en, language)

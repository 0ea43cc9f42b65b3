"""Awards: what a programme supports, where and until when; what paid for a case, a variant set or a genome."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.structure import Call, DiseaseArea, Modality, Phase, Programme, no_page


class Award(models.Model):
    """A project that a programme supports (課題), by its award number (課題管理番号).

    ``synthetic``: made for a demonstration, no award of anybody's. ``source``: the document that tells of it.
    """

    number = models.CharField(
        _("award number"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", _("Use letters, digits, - and _.")),
            no_page("new", "calls"),
        ],
    )
    title = models.CharField(_("title"), max_length=500)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("programme")
    )
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("call"))
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="awards", verbose_name=_("institution")
    )
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices, blank=True)
    modality = models.CharField(_("modality"), max_length=20, choices=Modality.choices, blank=True)
    area = models.ForeignKey(
        DiseaseArea, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("disease area")
    )
    begins = models.DateField(_("begins"))
    ends = models.DateField(_("ends"))
    published_on = models.DateField(_("published on"), null=True, blank=True)  # null: shown to the agency alone
    doi = models.CharField(_("DOI"), max_length=200, blank=True)  # once it is registered
    synthetic = models.BooleanField(_("synthetic"), default=False)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["doi"], condition=~models.Q(doi=""), name="award_doi_unique"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("begins")), name="award_ends_after_begin"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends", "begins", "programme"], name="award_running"),
            models.Index(fields=["programme", "begins"], name="award_of_programme"),
            models.Index(fields=["programme", "ends"], name="award_ending"),
            models.Index(fields=["area", "ends"], name="award_of_area_ending"),
            models.Index(fields=["published_on", "number"], name="award_published"),
        ]

    def __str__(self) -> str:
        return self.number

    def label(self, language: str | None = None) -> str:
        """The title in the given language, else in the one in force; the other where one is missing."""
        return told(self.title, self.title_en, language)

    @property
    def doi_url(self) -> str:
        """Where its DOI leads."""
        return f"https://doi.org/{self.doi}"

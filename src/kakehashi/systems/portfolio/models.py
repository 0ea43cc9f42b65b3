"""Awards: what paid for a case, a variant set or a genome."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Award(models.Model):
    """A project that a programme supports (課題), by its award number (課題管理番号)."""

    number = models.CharField(
        _("award number"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", _("Use letters, digits, - and _."))],
    )
    title = models.CharField(_("title"), max_length=500)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    programme = models.CharField(_("programme"), max_length=300, blank=True)
    programme_en = models.CharField(_("programme in English"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="awards", verbose_name=_("institution")
    )
    begins = models.DateField(_("begins"))
    ends = models.DateField(_("ends"))

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("begins")), name="award_ends_after_begin"),
        ]

    def __str__(self) -> str:
        return self.number

    def label(self, language: str | None = None) -> str:
        """The title in the given language, else in the one in force; the other where one is missing."""
        english = (language or get_language() or "ja").startswith("en")
        return (self.title_en or self.title) if english else (self.title or self.title_en)


class ResultKind(models.TextChoices):
    """What an award may count as its result."""

    DIAGNOSIS = "diagnosis", _("Diagnosis of a case")


class AwardResult(models.Model):
    """One result of an award: what kind, which one (``reference``, the number its own system gives it), since when.

    Taken back it stays, with the day: an award's figures of an earlier day can be told again. ``revision`` of what it
    comes from is the one as of which this award paid: what was told of an earlier one and comes later changes nothing.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="results", verbose_name=_("award"))
    kind = models.CharField(_("kind"), max_length=16, choices=ResultKind.choices)
    reference = models.CharField(_("reference"), max_length=60)
    on = models.DateField(_("day"))
    taken_back_on = models.DateField(_("taken back on"), null=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("result of an award")
        verbose_name_plural = _("results of awards")
        ordering: ClassVar[list[str]] = ["on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "reference"], name="award_result_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["award", "kind", "on"], name="result_of_award")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

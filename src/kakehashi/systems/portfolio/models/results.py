"""What awards count as their results."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.award import Award


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

"""How patients and the public take part in awards (PPI, 患者・市民参画)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.models.award import Award


class InvolvementKind(models.TextChoices):
    """In what they take part."""

    PRIORITIES = "priorities", _("Choosing the question")
    DESIGN = "design", _("Planning the study")
    MATERIALS = "materials", _("Explanations and consent forms")
    CONDUCT = "conduct", _("Carrying it out, as co-researchers")
    ANALYSIS = "analysis", _("Reading the results")
    DISSEMINATION = "dissemination", _("Making the results known")
    EVALUATION = "evaluation", _("Review and evaluation")


class Involvement(models.Model):
    """One time patients or members of the public took part in an award: in what, when, and which document tells it.

    Who they were is not kept. Taken back it stays, with the day.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="involvements", verbose_name=_("award"))
    kind = models.CharField(_("kind"), max_length=20, choices=InvolvementKind.choices)
    on = models.DateField(_("day"))
    what = models.TextField(_("what was done"), max_length=1000)
    document_url = models.URLField(_("address of the document"), max_length=500, blank=True)
    taken_back_on = models.DateField(_("taken back on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )
    synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        verbose_name = _("patient and public involvement")
        verbose_name_plural = _("patient and public involvement")
        ordering: ClassVar[list[str]] = ["on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["award", "kind", "on"],
                condition=models.Q(taken_back_on=None),
                name="involvement_once",
                violation_error_message=_("This stands already: of the same kind, on the same day."),
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["on", "award"], name="involvement_day")]

    def __str__(self) -> str:
        return f"{self.award}: {self.kind} ({self.on})"

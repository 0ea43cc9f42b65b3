"""What the agency promised: goals with a target, and what was reached as of a day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.structure import CODE, IntegratedProject, Named, PlanTerm


class Goal(Named):
    """A goal (KPI, 達成目標) of a plan term or of one of its integrated projects.

    ``results`` names the kind of results that its actual can be counted from; empty: reported, not counted.
    """

    term = models.ForeignKey(PlanTerm, models.PROTECT, related_name="goals", verbose_name=_("plan term"))
    project = models.ForeignKey(
        IntegratedProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="goals",
        verbose_name=_("integrated project"),
    )
    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    definition = models.TextField(_("definition"), blank=True)
    definition_en = models.TextField(_("definition in English"), blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=40, blank=True)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=2, null=True, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    yearly = models.BooleanField(_("each year anew"), default=False)
    results = models.CharField(_("counted from outputs"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering: ClassVar[list[str]] = ["term", "project", "code"]

    def unit_label(self) -> str:
        """The unit in the language in force."""
        return told(self.unit, self.unit_en)

    def definition_label(self) -> str:
        """The definition in the language in force."""
        return told(self.definition, self.definition_en)


class Standing(models.TextChoices):
    """How sure an actual is."""

    EXPECTED = "expected", _("Expected")
    PROVISIONAL = "provisional", _("Provisional")
    FINAL = "final", _("Final")
    UNSAID = "unsaid", _("Certainty not stated")


class GoalActual(models.Model):
    """What was reached of a goal by a day, as somebody reported it: since the beginning, or within a year alone.

    Never changed nor deleted: a wrong one is superseded by another that says which one it ``replaces``. Those that the
    documents tell were reported by nobody here.
    """

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="actuals", verbose_name=_("goal"))
    as_of = models.DateField(_("as of"))
    value = models.DecimalField(_("reached"), max_digits=20, decimal_places=2)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing.choices)
    cumulative = models.BooleanField(_("since the beginning"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("instead of")
    )
    reported_at = models.DateTimeField(_("reported"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )

    class Meta:
        verbose_name = _("reached of a goal")
        verbose_name_plural = _("reached of goals")
        ordering: ClassVar[list[str]] = ["as_of", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["goal", "as_of", "standing", "cumulative"],
                condition=models.Q(reported_at=None),
                name="goal_actual_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.goal}: {self.value} ({self.as_of})"

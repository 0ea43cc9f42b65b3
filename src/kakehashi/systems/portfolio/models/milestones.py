"""Milestones of awards, and every decision at their stage gates."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.milestones.states import GateState
from kakehashi.systems.portfolio.models.award import Award


class Milestone(models.Model):
    """What an award is to reach by a day, by which criteria it is judged, and what shows that it is reached."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="milestones", verbose_name=_("award"))
    name = models.CharField(_("name"), max_length=300)
    criteria = models.TextField(_("criteria"), max_length=2000)
    due = models.DateField(_("due day"))
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=GateState.choices, default=GateState.PLANNED)
    shown = models.GeneratedField(
        expression=models.ExpressionWrapper(~models.Q(evidence=""), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )  # whether anything shows that it is reached: so that an index tells, and the texts are not read to count

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar[list[str]] = ["due", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["award", "name"], condition=~models.Q(state=GateState.WITHDRAWN), name="milestone_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due", "shown", "award"], name="milestone_needing")
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.name}"


class GateDecision(models.Model):
    """One decision at a milestone, by whom and why. None is ever changed."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="decisions", verbose_name=_("milestone"))
    decision = models.CharField(_("decision"), max_length=12, choices=GateState.choices)
    reason = models.TextField(_("reason"), max_length=2000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided on"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision at a stage gate")
        verbose_name_plural = _("decisions at stage gates")
        ordering: ClassVar[list[str]] = ["decided_at", "pk"]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.decision}"

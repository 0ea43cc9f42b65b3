"""Diagnoses that one side of a confirmed match proposes to the other."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.exchange.models.conversations import Side
from kakehashi.systems.exchange.models.matches import Match
from kakehashi.systems.exchange.states import ProposalState


class Proposal(models.Model):
    """A diagnosis that one side proposes for the other's case; that case's own people record it or decline.

    ``match`` is the proposer's, ``to`` the side that decides. ``diagnosis``: a NewDiagnosis of cases as JSON.
    """

    match = models.ForeignKey(Match, models.PROTECT, related_name="proposals")
    to = models.ForeignKey(Side, models.PROTECT, related_name="proposals")
    diagnosis = models.JSONField(_("diagnosis"))
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("proposed diagnosis")
        verbose_name_plural = _("proposed diagnoses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["to"], condition=models.Q(state=ProposalState.PROPOSED), name="proposal_open_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

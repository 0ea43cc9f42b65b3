"""Adjustment funds (調整費): rounds that give out the reserve of a year, what was asked for, how it was scored."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.adjustment.states import MOST_POINTS, Criterion, Outcome, RequestState, RoundState
from kakehashi.systems.portfolio.models.award import Award
from kakehashi.systems.portfolio.models.ledger import Entry

ACTOR = settings.AUTH_USER_MODEL
MOST_YEN = 10**15


class AdjustmentRound(models.Model):
    """One release of adjustment funds within a fiscal year: so much money, and the side conditions it is given under.

    ``best_points`` and ``decided_points`` are the sums of points of the exact best choice and of what was decided.
    """

    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    budget_yen = models.BigIntegerField(
        _("budget (yen)"), validators=[MinValueValidator(1), MaxValueValidator(MOST_YEN)]
    )
    conditions = models.JSONField(_("side conditions"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=RoundState.choices, default=RoundState.OPEN)
    opened_by = models.ForeignKey(ACTOR, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    decided_by = models.ForeignKey(
        ACTOR, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decision_note = models.TextField(_("reason of the decision"), blank=True)
    best_points = models.DecimalField(
        _("points of the best choice"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    decided_points = models.DecimalField(
        _("points of the decision"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("round of adjustment funds")
        verbose_name_plural = _("rounds of adjustment funds")
        ordering: ClassVar[list[str]] = ["-fiscal_year", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fiscal_year", "number"], name="adjustment_round_once"),
            models.CheckConstraint(condition=models.Q(budget_yen__gt=0), name="adjustment_budget_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Year and number, as people say and address it: 2026-1."""
        return f"{self.fiscal_year}-{self.number}"


class AdjustmentRequest(models.Model):
    """What an award asks of a round, why, and what it would bring.

    ``points``: the sum over the criteria of the mean of all scorers, to a hundredth. ``in_best``: whether the exact
    best choice had it when the round was decided. ``entry``: the commitment in the ledger.
    """

    round = models.ForeignKey(AdjustmentRound, models.PROTECT, related_name="requests", verbose_name=_("round"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="adjustment_requests", verbose_name=_("award"))
    amount_yen = models.BigIntegerField(
        _("amount (yen)"), validators=[MinValueValidator(1), MaxValueValidator(MOST_YEN)]
    )
    reasons = models.TextField(_("reasons"), max_length=4000)
    effects = models.TextField(_("expected effects"), max_length=4000)
    state = models.CharField(_("state"), max_length=12, choices=RequestState.choices, default=RequestState.DRAFT)
    requested_by = models.ForeignKey(ACTOR, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=2, null=True, blank=True)
    in_best = models.BooleanField(_("in the best choice"), null=True, blank=True)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entry of the ledger")
    )

    class Meta:
        verbose_name = _("request for adjustment funds")
        verbose_name_plural = _("requests for adjustment funds")
        ordering: ClassVar[list[str]] = ["round", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "number"], name="adjustment_request_once"),
            models.UniqueConstraint(fields=["round", "award"], name="adjustment_request_of_award"),
            models.CheckConstraint(condition=models.Q(amount_yen__gt=0), name="adjustment_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Year, round and number: 2026-1-003."""
        return f"{self.round.code}-{self.number:03d}"


class AdjustmentScore(models.Model):
    """The points that one scorer gives a request by one criterion."""

    request = models.ForeignKey(AdjustmentRequest, models.CASCADE, related_name="scores", verbose_name=_("request"))
    scorer = models.ForeignKey(ACTOR, models.PROTECT, related_name="+", verbose_name=_("scored by"))
    criterion = models.CharField(_("criterion"), max_length=12, choices=Criterion.choices)
    points = models.PositiveSmallIntegerField(_("points"), validators=[MaxValueValidator(MOST_POINTS)])
    scored_at = models.DateTimeField(_("scored"), auto_now=True)

    class Meta:
        verbose_name = _("score of a request")
        verbose_name_plural = _("scores of requests")
        ordering: ClassVar[list[str]] = ["request", "scorer", "criterion"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "scorer", "criterion"], name="adjustment_score_once"),
            models.CheckConstraint(condition=models.Q(points__lte=MOST_POINTS), name="adjustment_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.criterion}: {self.points}"


class OutcomeReview(models.Model):
    """What somebody found on a day of what came of a funded request, beside what it promised. Append-only."""

    request = models.ForeignKey(AdjustmentRequest, models.PROTECT, related_name="reviews", verbose_name=_("request"))
    on = models.DateField(_("as of"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    findings = models.TextField(_("findings"), max_length=4000)
    reviewed_by = models.ForeignKey(ACTOR, models.PROTECT, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed"), auto_now_add=True)

    class Meta:
        verbose_name = _("review of what came of a request")
        verbose_name_plural = _("reviews of what came of requests")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.on}: {self.outcome}"

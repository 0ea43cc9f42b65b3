"""Logic models: how a project's money is meant to lead to its effect, stage by stage, with indicators by year."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.structure import CODE, IntegratedProject, Named, Programme


class LogicStage(models.TextChoices):
    """The stages of a logic model (ロジックモデル), in the order of cause and effect; then what stands beside them."""

    INPUT = "input", _("Input")
    ACTIVITY = "activity", _("Activity")
    OUTPUT = "output", _("Output")
    INITIAL_OUTCOME = "initial_outcome", _("Initial outcome")
    MID_TERM_OUTCOME = "mid_term_outcome", _("Mid-term outcome")
    LONG_TERM_OUTCOME = "long_term_outcome", _("Long-term outcome")
    IMPACT = "impact", _("Impact")
    BACKGROUND = "background", _("Background")
    IMPROVEMENT = "management_improvement", _("Improvements made")
    COOPERATION = "cooperation", _("Cooperation")


CHAIN = (
    LogicStage.INPUT,
    LogicStage.ACTIVITY,
    LogicStage.OUTPUT,
    LogicStage.INITIAL_OUTCOME,
    LogicStage.MID_TERM_OUTCOME,
    LogicStage.LONG_TERM_OUTCOME,
    LogicStage.IMPACT,
)
"""What leads to what."""


class LogicModel(models.Model):
    """The logic model of a project, or of one of its programmes."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    project = models.ForeignKey(
        IntegratedProject, models.PROTECT, related_name="logic_models", verbose_name=_("integrated project")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="logic_models", verbose_name=_("programme")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("logic model")
        verbose_name_plural = _("logic models")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.code


class LogicStatement(models.Model):
    """A sentence of a stage, in both languages."""

    logic_model = models.ForeignKey(LogicModel, models.CASCADE, related_name="statements")
    stage = models.CharField(_("stage"), max_length=30, choices=LogicStage.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.TextField(_("text"))
    text_en = models.TextField(_("text in English"), blank=True)

    class Meta:
        verbose_name = _("statement of a logic model")
        verbose_name_plural = _("statements of logic models")
        ordering: ClassVar[list[str]] = ["order", "pk"]

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """The sentence in the language in force."""
        return told(self.text, self.text_en)


class LogicLink(models.Model):
    """A statement of one stage leads to one of a later stage."""

    before = models.ForeignKey(
        LogicStatement, models.CASCADE, related_name="leads_to", verbose_name=_("statement of a logic model")
    )
    after = models.ForeignKey(LogicStatement, models.CASCADE, related_name="comes_from", verbose_name=_("leads to"))

    class Meta:
        verbose_name = _("link of a logic model")
        verbose_name_plural = _("links of logic models")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["before", "after"], name="logic_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class LogicIndicator(Named):
    """What a stage is measured by; ``cumulative``: each number is since the beginning."""

    logic_model = models.ForeignKey(LogicModel, models.CASCADE, related_name="indicators")
    stage = models.CharField(_("stage"), max_length=30, choices=LogicStage.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=40, blank=True)
    cumulative = models.BooleanField(_("since the beginning"), default=False)

    class Meta:
        verbose_name = _("indicator of a logic model")
        verbose_name_plural = _("indicators of logic models")
        ordering: ClassVar[list[str]] = ["order", "pk"]


class IndicatorValue(models.Model):
    """An indicator's number in a fiscal year, or as of a year and month (``at``), or of a day that nobody told."""

    indicator = models.ForeignKey(LogicIndicator, models.CASCADE, related_name="values")
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"), null=True, blank=True)
    at = models.CharField(_("as of"), max_length=7, blank=True)
    value = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("number of an indicator")
        verbose_name_plural = _("numbers of indicators")
        ordering: ClassVar[list[str]] = ["fiscal_year", "at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["indicator", "fiscal_year"], name="indicator_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.fiscal_year or self.at}: {self.value}"

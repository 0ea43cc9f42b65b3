"""What came of awards: each output once, credited to every award it came from."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.award import Award


class OutputKind(models.TextChoices):
    """What may come of awards."""

    PAPER = "paper", _("Paper")
    PATENT = "patent", _("Patent")
    LICENCE = "licence", _("Licence to a company")
    TRIAL = "trial", _("Clinical trial")
    NON_CLINICAL_POC = "non_clinical_poc", _("Non-clinical proof of concept")
    APPROVAL = "approval", _("Regulatory approval")
    REIMBURSEMENT = "reimbursement", _("Health insurance coverage")
    DATASET = "dataset", _("Dataset")
    DIAGNOSIS = "diagnosis", _("Diagnosis of a case")
    SUPPORT = "support", _("Supported case")


class OutputState(models.TextChoices):
    """Whether it is there, or expected on the day, and whether that stands."""

    EXPECTED = "expected", _("Expected")
    FINAL = "final", _("Final")
    TAKEN_BACK = "taken_back", _("No longer counted")
    GIVEN_UP = "given_up", _("No longer expected")


class Output(models.Model):
    """One output: of which kind, which one (``reference``, normalised by ``outputs.references``), since which day.

    It stands once whatever the number of awards that it is credited to. Taken back it stays, with the day: figures
    of an earlier day can be told again. Expected ones, and those no longer expected, are in no count. ``revision``:
    of what another system told; what was told of an earlier one and comes later changes nothing.
    ``company_public``: of a licence, whether everybody may read with which company. ``diagnosed_revision``: the one
    that told of ``on``, none while only a reopening was heard of. ``synthetic``: made for a demonstration.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=OutputKind.choices)
    reference = models.CharField(_("identifier"), max_length=200)
    title = models.CharField(_("title"), max_length=1000, blank=True)
    title_en = models.CharField(_("title in English"), max_length=1000, blank=True)
    where = models.CharField(_("journal, register or company"), max_length=300, blank=True)
    company_public = models.BooleanField(_("the company may be named in public"), default=False)
    top_journal = models.BooleanField(_("in a top journal"), default=False)
    on = models.DateField(_("day"))
    taken_back_on = models.DateField(_("taken back on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OutputState, default=OutputState.FINAL)
    evidence_url = models.URLField(_("address of the evidence"), max_length=500, blank=True)
    evidence = models.TextField(_("what shows it"), blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    diagnosed_revision = models.PositiveIntegerField(null=True, editable=False)
    synthetic = models.BooleanField(_("synthetic"), default=False)
    awards = models.ManyToManyField(Award, through="Credit", related_name="outputs", verbose_name=_("awards"))

    class Meta:
        verbose_name = _("output")
        verbose_name_plural = _("outputs")
        ordering: ClassVar[list[str]] = ["on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "reference"], name="output_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["on", "kind"], name="output_of_day"),
            models.Index(fields=["state", "on"], name="output_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    def label(self, language: str | None = None) -> str:
        """The title in the given language, else in the one in force; the identifier where there is none."""
        return told(self.title, self.title_en, language) or self.reference


class Credit(models.Model):
    """An output counts for an award, from a day until the day from which it does no more."""

    output = models.ForeignKey(Output, models.PROTECT, related_name="credits", verbose_name=_("output"))
    award = models.ForeignKey(Award, models.PROTECT, related_name="credits", verbose_name=_("award"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["output", "award"], condition=models.Q(until=None), name="credit_once"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="credit_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.output} → {self.award}"

"""What happens to a registered case: analyses, the diagnosis committee, diagnoses. Nothing here is ever deleted."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.course.states import REVIEW_ENDS, AcmgClass, AnalysisKind, Basis, Catalogue
from kakehashi.systems.cases.description import Variant
from kakehashi.systems.cases.models.case import Case


class Analysis(models.Model):
    """A case sent to an analysis centre. ``grant`` is what lets the centre see it, as ``kernel.sharing`` decides.

    ``review``: the committee's, that asked for it; it is yet to be sent until someone has sent it (``sent_by``).
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="analyses")
    centre = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("analysis centre")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=AnalysisKind.choices, default=AnalysisKind.EXOME)
    sent_on = models.DateField(_("sent on"), default=timezone.localdate)
    received_on = models.DateField(_("received on"), null=True)
    done_on = models.DateField(_("done on"), null=True)
    called_back_on = models.DateField(_("called back on"), null=True)
    result = models.CharField(_("result in short"), max_length=500, blank=True)
    no_result_because = models.CharField(_("no result, because"), max_length=500, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note to the centre"), max_length=500, blank=True)
    review = models.ForeignKey("cases.Review", models.PROTECT, null=True, related_name="+", editable=False)
    grant = models.ForeignKey("sharing.Grant", models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering: ClassVar[list[str]] = ["sent_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(done_on=None) | models.Q(done_on__gte=models.F("sent_on")),
                name="analysis_done_after_sent",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(done_on=None, called_back_on=None), name="analysis_open_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["done_on"], name="analysis_by_day"),
            models.Index(fields=["case", "done_on"], name="analysis_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.pk}"

    @property
    def yet_to_be_sent(self) -> bool:
        """Whether a committee asked for it and nobody has sent it."""
        return self.review_id is not None and self.sent_by_id is None


class Review(models.Model):
    """A case before the diagnosis committee of an institution; open until the committee decides or the case goes on."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("committee of")
    )
    opened_at = models.DateTimeField(_("handed in"), auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("decision"), max_length=14, choices=REVIEW_ENDS, blank=True)
    note = models.CharField(_("grounds"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey("sharing.Grant", models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("committee review")
        verbose_name_plural = _("committee reviews")
        ordering: ClassVar[list[str]] = ["opened_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(decision=""), name="review_open_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "decision"], name="review_open")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.pk}"


class Opinion(models.Model):
    """What one member of the committee says of a case."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="opinions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    text = models.TextField(_("opinion"), max_length=2000)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.review_id}/{self.pk}"


class CaseDiagnosis(models.Model):
    """A disease that a case was diagnosed with: where it is listed, gene, variant, evidence, when, by whom.

    It stands until it is reopened; both stay. While it stands, the case's description names its disease.
    ``disease``: an id of OMIM, Orphanet, …; ``NANBYO:`` or ``NEW:`` where none of them names it yet.
    ``match_number``: of the confirmed match it was agreed on in, as the case's own people know it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="diagnosis_rows")
    disease = models.CharField(_("disease"), max_length=60)
    label = models.CharField(_("name"), max_length=500, blank=True)
    orphanet = models.CharField(_("Orphanet"), max_length=60, blank=True)
    designated = models.CharField(_("number on the designated list"), max_length=20, blank=True)
    catalogue = models.CharField(_("listed in"), max_length=10, choices=Catalogue.choices)
    gene = models.CharField(_("gene"), max_length=40, blank=True)
    variant = models.JSONField(_("variant"), null=True)
    acmg = models.CharField(_("ACMG class"), max_length=17, choices=AcmgClass.choices, blank=True)
    basis = models.CharField(_("stands on"), max_length=12, choices=Basis.choices, default=Basis.GENETIC)
    evidence = models.TextField(_("evidence"), max_length=5000, blank=True)
    match_number = models.BigIntegerField(_("match"), null=True, editable=False)
    new_disease = models.BooleanField(_("new disease"), default=False)
    new_link = models.BooleanField(_("new link of gene and disease"), default=False)
    diagnosed_on = models.DateField(_("diagnosed on"), default=timezone.localdate)
    review = models.ForeignKey(Review, models.PROTECT, null=True, related_name="diagnoses")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    reopened_at = models.DateTimeField(_("reopened"), null=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopened_because = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        ordering: ClassVar[list[str]] = ["diagnosed_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "disease"], condition=models.Q(reopened_at=None), name="diagnosis_stands_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["diagnosed_on", "catalogue"], name="diagnosis_by_day"),
            models.Index(fields=["case", "reopened_at", "diagnosed_on"], name="diagnosis_of_case"),
            models.Index(fields=["diagnosed_on"], condition=models.Q(new_disease=True), name="diagnosis_new"),
            models.Index(fields=["disease"], name="diagnosis_of_disease"),
            models.Index(fields=["orphanet"], name="diagnosis_of_orphanet"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.disease}"

    @property
    def stands(self) -> bool:
        """Whether it has not been reopened."""
        return self.reopened_at is None

    @property
    def described_variant(self) -> Variant | None:
        """The variant as a value."""
        return None if self.variant is None else Variant.model_validate(self.variant)

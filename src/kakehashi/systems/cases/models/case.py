"""Cases and their revisions; the rows by which cases are found; the phenopackets they came in."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.sharing.models import SharedRecord
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.outcomes.groups import groups_of
from kakehashi.systems.cases.states import FINDABLE, CaseState, Eligibility, RevisionKind, Sex

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read as something else


def new_public_id() -> str:
    """A fresh opaque id (58 random bits): says nothing of hospital, patient or time, and is never given twice."""
    return "K-" + "".join(secrets.choice(ALPHABET) for _ in range(12))


NOT_INDEXED = models.F("revision") - models.F("indexed_revision")
"""By how many revisions the case index is behind a case: above 0, the case waits to be put there."""
NOT_COUNTED = models.F("revision") - models.F("counted_revision")
"""By how many revisions the columns drawn for counting are behind a case."""


class CaseManager(models.Manager["Case"]):
    """The cases, and those of them that wait to be read again, in an order that the index has them in."""

    def not_indexed(self) -> "models.QuerySet[Case]":
        """Those that the case index does not hold as they are now."""
        return self.alias(behind=NOT_INDEXED).filter(behind__gt=0).order_by("behind", "pk")

    def not_counted(self) -> "models.QuerySet[Case]":
        """Those whose columns for counting are not drawn from what is so now."""
        return self.alias(behind=NOT_COUNTED).filter(behind__gt=0).order_by("behind", "pk")


class Case(SharedRecord):
    """One patient of one hospital, under the hospital's own pseudonym; never a name.

    ``description`` is what is said now (see description.py); ``revision`` counts its versions and guards against two
    people overwriting each other. ``indexed_revision`` is the revision that the case index holds (0: not in it).
    Columns after ``description`` are drawn from it, for lists and filters. Cases are withdrawn, never deleted.
    """

    offered_states = FINDABLE

    public_id = models.CharField(_("case id"), max_length=20, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="cases", verbose_name=_("organisation")
    )
    award = models.ForeignKey(
        "portfolio.Award", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("award")
    )
    local_id = models.CharField(_("local pseudonym"), max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)
    synthetic = models.BooleanField(_("synthetic"), default=False)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("registered by")
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    registered_on = models.DateField(_("first registered on"), null=True, editable=False)  # the first time; null: never
    eligibility = models.CharField(  # as it was judged when the case was registered
        _("eligibility"), max_length=12, choices=Eligibility.choices, blank=True, editable=False
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    indexed_revision = models.PositiveIntegerField(default=0, editable=False)
    packet_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    description = models.JSONField(_("description"), default=dict)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    age_days = models.PositiveIntegerField(_("age in days"), null=True)
    present_count = models.PositiveIntegerField(_("findings present"), default=0)
    absent_count = models.PositiveIntegerField(_("findings absent"), default=0)
    diagnosis = models.CharField(_("diagnosis"), max_length=60, blank=True)
    phenotype_groups = models.IntegerField(default=0, editable=False)  # bits, see outcomes/groups.py
    # Drawn from the rows of its course, for counting (outcomes/recounting.py): as of this revision, 0 for never.
    counted_revision = models.PositiveIntegerField(default=0, editable=False)
    analysed_on = models.DateField(null=True, editable=False)
    diagnosed_on = models.DateField(null=True, editable=False)
    diagnosis_cell = models.PositiveSmallIntegerField(null=True, editable=False)

    objects: ClassVar[CaseManager] = CaseManager()

    pseudonym: str = ""
    """As a reader may know it; the reads of queries.py say it."""

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "local_id"], name="case_local_id_unique"),
            models.CheckConstraint(condition=models.Q(state__in=CaseState.values), name="case_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "state", "-changed_at"], name="case_of_organisation"),
            models.Index(fields=["organisation", "-changed_at"], name="case_newest"),
            models.Index(fields=["organisation", "diagnosis"], name="case_solved"),
            models.Index(fields=["state", "reach", "organisation"], name="case_within_reach"),
            models.Index(fields=["sharing_class", "state", "reach", "organisation"], name="case_of_class"),
            models.Index(fields=["state", "indexed_revision"], name="case_in_index"),
            models.Index(fields=["local_id"], name="case_by_local_id"),
            models.Index(
                fields=[
                    "synthetic",
                    "registered_on",
                    "analysed_on",
                    "diagnosed_on",
                    "diagnosis_cell",
                    "state",
                    "organisation",
                    "award",
                    "phenotype_groups",
                ],
                name="case_outcome",
            ),
            # Of the differences PostgreSQL keeps statistics, as it does not of "the one column is not the other": it
            # took every case for one that waits, and read the table through to find the first.
            models.Index(NOT_COUNTED, "id", name="case_behind_counts"),
            models.Index(NOT_INDEXED, "id", name="case_behind_index"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def described(self) -> Description:
        """The description as a value."""
        return Description.model_validate(self.description)

    @property
    def diagnosis_kept(self) -> str:
        """The name that the first diagnosis came with; "" where it came with none."""
        first = next(iter(self.description.get("diagnoses", ())), None)
        return str(first.get("label", "")) if first else ""

    def describe(self, description: Description) -> None:
        """Take over a description and the columns drawn from it; saves nothing."""
        self.description = description.stored()
        self.sex, age_days = description.sex, description.age_days
        self.age_days = None if age_days is None else round(age_days)
        self.present_count, self.absent_count = len(description.present), len(description.absent)
        self.diagnosis = description.diagnoses[0].disease if description.diagnoses else ""
        self.phenotype_groups = groups_of(description)


class Revision(models.Model):
    """A case as it stood after one change: who, when, what kind, why, and all that was said then."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    kind = models.CharField(_("kind"), max_length=12, choices=RevisionKind.choices)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    note = models.CharField(_("reason"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices)
    description = models.JSONField(_("description"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "number"], name="revision_number_unique")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="revision_newest")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"

    @property
    def described(self) -> Description:
        """The description as a value."""
        return Description.model_validate(self.description)


class CaseFinding(models.Model):
    """A finding of a case as it stands, to find cases by; ``number`` is 1250 for HP:0001250."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="finding_rows")
    number = models.PositiveIntegerField()
    excluded = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["number", "excluded", "case"], name="case_by_finding")
        ]

    def __str__(self) -> str:
        return f"HP:{self.number:07d}"


class CaseGene(models.Model):
    """A candidate gene of a case as it stands, to find cases by."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="gene_rows")
    symbol = models.CharField(max_length=40)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["symbol", "case"], name="case_by_gene")]

    def __str__(self) -> str:
        return self.symbol


class Packet(models.Model):
    """A phenopacket as it was handed in, word for word by meaning (canonical JSON), beside the case made of it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="packets")
    packet_id = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "sha256"], name="packet_once_a_case")
        ]

    def __str__(self) -> str:
        return self.packet_id

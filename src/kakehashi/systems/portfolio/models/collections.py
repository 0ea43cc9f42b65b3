"""Awards of other funders, kept apart for comparison, and what each import of awards found wrong with its files.

Nothing here counts in the agency's figures.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Collection(models.Model):
    """Awards that another funder published: whose, in which currency, from where, under which licence."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    funder = models.CharField(_("funder"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    source = models.CharField(_("source"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)
    imported_at = models.DateTimeField(_("imported"))

    class Meta:
        verbose_name = _("collection of awards")
        verbose_name_plural = _("collections of awards")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class CollectedAward(models.Model):
    """An award as its funder published it. ``claims``: how many patents, trials … its own row says it has."""

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="awards", db_index=False, verbose_name=_("collection of awards")
    )
    number = models.CharField(_("award number"), max_length=100)
    title = models.CharField(_("title"), max_length=500, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    programme = models.CharField(_("programme"), max_length=300, blank=True)
    institution = models.CharField(_("institution"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    funder = models.CharField(_("funder"), max_length=200, blank=True)
    begins = models.DateField(_("begins"), null=True)
    ends = models.DateField(_("ends"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, null=True)
    claims = models.JSONField(_("claims"), default=dict)

    class Meta:
        verbose_name = _("collected award")
        verbose_name_plural = _("collected awards")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["collection", "number"], name="collected_award_once")
        ]

    def __str__(self) -> str:
        return self.number


class CollectedLink(models.Model):
    """A row that ties something (``kind``: patents, trials …) to an award's number.

    ``award`` is empty where the collection has no award of that number. ``reference``: what it is known by; of people a
    salted digest whose salt is thrown away, so that they can be counted and never named.
    """

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="links", db_index=False)
    award = models.ForeignKey(CollectedAward, models.CASCADE, null=True, related_name="links")
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("award number"), max_length=100)
    reference = models.CharField(_("reference"), max_length=200)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("collected link")
        verbose_name_plural = _("collected links")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["collection", "kind", "number", "reference"], name="collected_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.reference}"


class ImportTarget(models.TextChoices):
    """Where an import writes to."""

    AWARDS = "awards", _("The agency's own awards")
    COLLECTION = "collection", _("Awards of another funder")


class ImportRun(models.Model):
    """One import of awards: from which file, by which map, and its report (``importing.report.Report``)."""

    target = models.CharField(_("into"), max_length=12, choices=ImportTarget.choices)
    collection = models.ForeignKey(
        Collection, models.CASCADE, null=True, related_name="runs", verbose_name=_("collection of awards")
    )
    file = models.CharField(_("file"), max_length=300)
    map = models.CharField(_("map"), max_length=200)
    report = models.JSONField(_("report"), default=dict)
    imported_at = models.DateTimeField(_("imported"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("imported by")
    )

    class Meta:
        verbose_name = _("import of awards")
        verbose_name_plural = _("imports of awards")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.file} → {self.collection or self.target}"


class FaultKind(models.TextChoices):
    """What an import finds wrong with a row. Rows of the first nine kinds are not written."""

    UNREADABLE = "unreadable", _("A value cannot be read")
    MISSING = "missing", _("A value is missing")
    UNKNOWN = "unknown", _("It names something that is not here")
    CURRENCY = "currency", _("It is in another currency")
    TWICE = "twice", _("It stands there twice")
    NO_REFERENCE = "no_reference", _("The row names nothing")
    MISSHAPEN = "misshapen", _("It has more or fewer cells than the first line")
    ORDER = "order", _("It ends before it begins")
    HELD = "held", _("The award's money, contract or investigators hold it: change it there")
    ORPHAN = "orphan", _("The award it names is not in the file")
    CLAIMS_MORE = "claims_more", _("The award claims more than there are rows")
    CLAIMS_LESS = "claims_less", _("The award claims less than there are rows")
    LEDGER = "ledger", _("The amount is not what the ledger has")


class ImportFault(models.Model):
    """A row at fault. ``about`` names the column, the kind of link or the claim; ``said`` what the row says there,
    ``found`` what was counted instead. ``line``: of the file; of a 360Giving package the grant's place in it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="faults", db_index=False)
    kind = models.CharField(_("what is wrong"), max_length=14, choices=FaultKind.choices)
    file = models.CharField(_("file"), max_length=300)
    line = models.PositiveIntegerField(_("line"), null=True)
    number = models.CharField(_("award number"), max_length=100, blank=True)
    about = models.CharField(_("about"), max_length=100, blank=True)
    said = models.CharField(_("says"), max_length=200, blank=True)
    found = models.CharField(_("found"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("row at fault")
        verbose_name_plural = _("rows at fault")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "kind", "about"], name="fault_of_run")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line or ''} {self.kind}"

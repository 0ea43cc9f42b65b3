"""The states of a case and the words its description is written in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """Where a case stands on its way from registration to a diagnosis."""

    DRAFT = "draft", _("Draft")
    REGISTERED = "registered", _("Registered")
    IN_ANALYSIS = "in_analysis", _("In analysis")
    ANALYSED = "analysed", _("Analysed")
    DIAGNOSED = "diagnosed", _("Diagnosed")
    CLOSED = "closed", _("Closed without a diagnosis")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNSOLVED = (CaseState.REGISTERED, CaseState.IN_ANALYSIS, CaseState.ANALYSED)
"""A diagnosis is still looked for."""
FINDABLE = frozenset(map(str, (*UNSOLVED, CaseState.DIAGNOSED, CaseState.CLOSED)))
"""The case is in the index: found, ranked against others, matched, and shared as far as its terms go."""


class Eligibility(models.TextChoices):
    """Whether a case fitted the criteria of the Exchange when it was registered."""

    MET = "met", _("Criteria met")
    NOT_ALL_SAID = "not_all_said", _("Not all criteria can be judged")
    NOT_MET = "not_met", _("Criteria not met")
    OVERRIDDEN = "overridden", _("Criteria not met, registered with a reason")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not said")


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not said")


class Zygosity(models.TextChoices):
    HETEROZYGOUS = "heterozygous", _("Heterozygous")
    HOMOZYGOUS = "homozygous", _("Homozygous")
    HEMIZYGOUS = "hemizygous", _("Hemizygous")
    COMPOUND_HETEROZYGOUS = "compound_heterozygous", _("Compound heterozygous")
    MOSAIC = "mosaic", _("Mosaic")
    UNKNOWN = "unknown", _("Not said")


class VariantInheritance(models.TextChoices):
    """From whom the patient has a variant."""

    UNKNOWN = "unknown", _("Not said")
    DE_NOVO = "de_novo", _("De novo")
    MATERNAL = "maternal", _("Maternal")
    PATERNAL = "paternal", _("Paternal")
    BIPARENTAL = "biparental", _("Biparental")


class VariantOrigin(models.TextChoices):
    """In which cells a variant arose."""

    UNKNOWN = "unknown", _("Not said")
    GERMLINE = "germline", _("Germline")
    SOMATIC = "somatic", _("Somatic")
    MOSAIC = "mosaic", _("Mosaic")


class RevisionKind(models.TextChoices):
    """What a revision came from."""

    ENTERED = "entered", _("Entered")
    IMPORTED = "imported", _("Imported")
    EDITED = "edited", _("Edited")
    UPDATED = "updated", _("Updated by import")
    REVERTED = "reverted", _("Taken back")
    MOVED = "moved", _("State changed")
    TERMS = "terms", _("Sharing changed")
    DIAGNOSED = "diagnosed", _("Diagnosis recorded")
    REOPENED = "reopened", _("Diagnosis reopened")
    AWARD = "award", _("Award named")


BESIDE = (RevisionKind.MOVED, RevisionKind.TERMS, RevisionKind.AWARD)
"""Kinds of revisions that leave the description as it was."""


class FamilyRevisionKind(models.TextChoices):
    """What a revision of a family came from."""

    ENTERED = "entered", _("Entered")
    IMPORTED = "imported", _("Imported")
    EDITED = "edited", _("Edited")

"""The states of a case and every move between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """Where a case stands. Only registered cases are ranked against others, found and shared."""

    DRAFT = "draft", _("Draft")
    REGISTERED = "registered", _("Registered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


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


class RevisionKind(models.TextChoices):
    """What a revision came from."""

    ENTERED = "entered", _("Entered")
    IMPORTED = "imported", _("Imported")
    EDITED = "edited", _("Edited")
    UPDATED = "updated", _("Updated by import")
    REVERTED = "reverted", _("Taken back")
    MOVED = "moved", _("State changed")
    TERMS = "terms", _("Sharing changed")


class FamilyRevisionKind(models.TextChoices):
    """What a revision of a family came from."""

    ENTERED = "entered", _("Entered")
    IMPORTED = "imported", _("Imported")
    EDITED = "edited", _("Edited")

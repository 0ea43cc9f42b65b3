"""The words of the sharing table: levels of seeing, reach, classes of data, purposes, sectors."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """How much of a record someone sees; each level includes the ones before."""

    NOTHING = 0, _("Nothing")
    EXISTS = 1, _("That a similar record exists; its registrant is not named")
    MATCHING = 2, _("What matches: the findings and genes in common")
    WHOLE = 3, _("The whole record")


class Reach(models.IntegerChoices):
    """How far the registrant lets a record be seen; each reach includes the ones before."""

    INSTITUTION = 0, _("This institution only")
    NETWORK = 1, _("The institutions of our network")
    DOMESTIC = 2, _("Institutions in our country")
    ABROAD = 3, _("Institutions at home and abroad")

    @classmethod
    def named(cls, name: str) -> "Reach":
        """The reach of a name such as ``domestic``. Raises KeyError."""
        return cls[name.strip().upper()]


class DataClass(models.TextChoices):
    """The three classes of the genomic-medicine data sharing policy (制限共有・制限公開・非制限公開)."""

    RESTRICTED = "restricted", _("Restricted sharing: among those within reach only")
    CONTROLLED = "controlled", _("Controlled access: more on application")
    OPEN = "open", _("Open")


class Purpose(models.TextChoices):
    """What someone asks for."""

    CARE = "care", _("Care of one's own patient")
    MATCHING = "matching", _("Finding similar cases")
    RESEARCH = "research", _("Research")
    PUBLIC_HEALTH = "public_health", _("Public health in an outbreak")
    OVERSIGHT = "oversight", _("Oversight of one's own institution")


class Sector(models.TextChoices):
    PUBLIC = "public", _("Hospitals, universities and public bodies")
    PRIVATE = "private", _("Private sector")

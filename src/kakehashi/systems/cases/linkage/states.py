"""What a side answers to the question whether two cases are of one patient, and which record it would keep."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answered(models.TextChoices):
    """Where one side stands."""

    ASKED = "asked", _("Not answered yet")
    SAME = "same", _("The same patient")
    DIFFERENT = "different", _("Not the same patient")
    UNSURE = "unsure", _("Cannot say")


class Keep(models.TextChoices):
    """Which of two records of one patient a side would keep."""

    OURS = "ours", _("Ours")
    THEIRS = "theirs", _("The other institution's")
    BOTH = "both", _("Both")


class Reason(models.TextChoices):
    """A piece of evidence in words, as much as both sides may know of it: the kind, never the content."""

    EXACT = "exact", _("Family name, given name, birth date and sex agree.")
    NAMES = "names", _("Family and given name and birth date agree, spelled alike.")
    INSURANCE = "insurance", _("Insurance number and birth date agree.")
    DIGITS = "digits", _("The names agree; the birth date has the same digits in another order.")
    MONTH = "month", _("The names and the month of birth agree; the day does not.")
    GIVEN = "given", _("Given name, birth date and sex agree; the family name does not.")
    FAMILY = "family", _("Family name, birth date and sex agree; the given name does not: a slip, or a twin.")
    OTHER_IDENTITY = "other_identity", _("The identifying items disagree.")
    SEX = "sex", _("The sex agrees.")
    OTHER_SEX = "other_sex", _("The sex disagrees.")
    BIRTH_MONTH = "birth_month", _("The month of birth agrees.")
    BIRTH_YEAR = "birth_year", _("The year of birth agrees.")
    OTHER_BIRTH = "other_birth", _("The birth said in the case disagrees.")
    VARIANT = "variant", _("An identical variant that hardly another case has.")
    FINDINGS = "findings", _("Most findings agree.")
    OTHER_FINDINGS = "other_findings", _("The findings hardly agree.")

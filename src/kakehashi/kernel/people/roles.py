"""The roles that people hold in organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What someone does for an organisation; one person may hold several."""

    CLINICIAN = "clinician", _("Clinician")
    DATA_MANAGER = "data_manager", _("Data manager")
    RESEARCHER = "researcher", _("Researcher")
    DIAGNOSIS_COMMITTEE = "diagnosis_committee", _("Member of the diagnosis committee")
    REVIEWER = "reviewer", _("Reviewer")
    PROGRAMME_OFFICER = "programme_officer", _("Programme officer")
    PROGRAMME_SUPERVISOR = "programme_supervisor", _("Programme supervisor")
    PROGRAMME_DIRECTOR = "programme_director", _("Programme director")
    DISEASE_COORDINATOR = "disease_coordinator", _("Disease area coordinator")
    PRESIDENT = "president", _("President")
    ACCOUNTANT = "accountant", _("Accountant")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")

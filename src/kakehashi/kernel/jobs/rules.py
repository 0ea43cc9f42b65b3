"""Who may see and steer a job: its owner."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.rules import rule


@rule("not_owner", _("This job was started by someone else."))
def owner_of_job(person: Any, job: Any) -> bool:
    """The person started the job."""
    return job.owner_id is not None and job.owner_id == person.pk


def visible_to(person: Any) -> QuerySet[Job]:
    """The jobs this person may see."""
    return Job.objects.filter(owner_id=person.pk) if person.pk else Job.objects.none()

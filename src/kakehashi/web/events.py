"""What the shell does after the event: the owner of a long job is told that it is over."""

from datetime import timedelta

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.events import handles
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.running import JobEnded
from kakehashi.kernel.notices import notify

SEEN_BY_ITSELF = timedelta(seconds=20)  # who started it is still looking at it
WORTH_A_MAIL = timedelta(minutes=10)


@handles(JobEnded)
def tell_owner(event: JobEnded) -> None:
    """A notice for what failed or took long; a mail as well when it took very long."""
    job = Job.objects.select_related("owner").filter(pk=event.job_id).first()
    if job is None or job.owner is None or job.finished_at is None or job.state == JobState.CANCELLED:
        return
    took = job.finished_at - (job.started_at or job.created_at)
    if job.state == JobState.DONE and took < SEEN_BY_ITSELF:
        return
    text = _("Job {number} has finished.") if job.state == JobState.DONE else _("Job {number} has failed.")
    link = reverse("web:job", args=[job.pk])
    notify(job.owner, f"job.{job.state}", format_lazy(text, number=job.pk), link, mail=took >= WORTH_A_MAIL)

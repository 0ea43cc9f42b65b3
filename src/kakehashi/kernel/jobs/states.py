"""What people may do to a job; the worker's own steps (running, finished, failed) are no moves of theirs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.queue import enqueue
from kakehashi.kernel.jobs.rules import owner_of_job
from kakehashi.kernel.jobs.running import JobEnded
from kakehashi.kernel.workflow import Move, Workflow


def _again(job: Job, *, by: Any, note: str) -> None:
    job.error, job.message, job.finished_at, job.attempts = "", "", None, 0
    enqueue(job)


def _over(job: Job, *, by: Any, note: str) -> None:
    job.finished_at = timezone.now()


def _ended(job: Job, by: Any, note: str) -> JobEnded:
    return JobEnded(job.pk)


JOB_FLOW = Workflow(
    "jobs.Job",
    states=JobState,
    moves=[
        Move(
            "cancel",
            [JobState.WAITING],
            JobState.CANCELLED,
            owner_of_job,
            _("Cancel"),
            _("Cancel"),
            act=_over,
            event=_ended,
        ),
        Move("stop", [JobState.RUNNING], JobState.CANCELLING, owner_of_job, _("Stop"), _("Stop")),
        Move(
            "retry",
            [JobState.FAILED, JobState.CANCELLED],
            JobState.WAITING,
            owner_of_job,
            _("Try again"),
            _("Try again"),
            act=_again,
        ),
    ],
)

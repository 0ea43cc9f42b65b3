"""Putting a job into django-tasks' queue."""

from functools import partial

from django.db import transaction
from django_tasks import task

from kakehashi.kernel.jobs.models import Job


@task()
def run_job(job_id: int) -> None:
    """The one task there is: run this job, in the worker that claimed it."""
    from kakehashi.kernel.jobs.running import current_worker, execute

    execute(job_id, worker=current_worker())


def enqueue(job: Job) -> None:
    """Queue the job once the current transaction commits (at once when there is none)."""
    transaction.on_commit(partial(_put, job.pk))


def _put(job_id: int) -> None:
    run_job.enqueue(job_id)

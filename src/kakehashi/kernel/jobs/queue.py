"""Putting a job into django-tasks' queue."""

from django_tasks import task

from kakehashi.kernel.jobs.models import Job


@task()
def run_job(job_id: int) -> None:
    """The one task there is: run this job, in the worker that claimed it."""
    from kakehashi.kernel.jobs.running import current_worker, execute

    execute(job_id, worker=current_worker())


def enqueue(job: Job) -> None:
    """Queue the job, in the current transaction: it is queued exactly when it is there."""
    run_job.enqueue(job.pk)

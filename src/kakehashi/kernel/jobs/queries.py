"""Reads about jobs."""

from kakehashi.kernel.jobs.models import Job, JobState


def waiting_count() -> int:
    """Jobs that wait for a worker."""
    return Job.objects.filter(state=JobState.WAITING).count()


def failed_count() -> int:
    """Jobs that failed and were not retried."""
    return Job.objects.filter(state=JobState.FAILED).count()

"""Reads about jobs."""

from django.db.models import QuerySet
from django.utils import timezone

from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState


def waiting_count() -> int:
    """Jobs that wait for a worker."""
    return Job.objects.filter(state=JobState.WAITING).count()


def failed_count() -> int:
    """Jobs that failed and were not retried."""
    return Job.objects.filter(state=JobState.FAILED).count()


def abandoned() -> QuerySet[Job]:
    """Jobs whose lease ran out: their worker is gone."""
    return Job.objects.filter(state__in=ACTIVE, lease_until__lt=timezone.now())

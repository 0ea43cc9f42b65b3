"""Reads about jobs."""

from django.core.cache import cache
from django.utils import timezone

from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState
from kakehashi.kernel.jobs.running import LEASE, WORKER_SEEN, is_abandoned


def waiting_count() -> int:
    """Jobs that wait for a worker."""
    return Job.objects.filter(state=JobState.WAITING).count()


def failed_count() -> int:
    """Jobs that failed and were not retried."""
    return Job.objects.filter(state=JobState.FAILED).count()


def worker_is_alive() -> bool:
    """Whether a worker of this node looked for jobs lately, or is at one now."""
    seen = cache.get(WORKER_SEEN)
    if seen is not None and timezone.now() - seen < LEASE:
        return True
    return any(not is_abandoned(job) for job in Job.objects.filter(state__in=ACTIVE))

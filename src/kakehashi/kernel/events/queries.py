"""Reads about handlers that failed."""

from kakehashi.kernel.events.models import FailedHandler, RunState


def failing_count() -> int:
    """Handler runs that failed and will be retried."""
    return FailedHandler.objects.filter(state=RunState.FAILED).count()


def given_up_count() -> int:
    """Handler runs that failed too often: someone has to look."""
    return FailedHandler.objects.filter(state=RunState.GIVEN_UP).count()

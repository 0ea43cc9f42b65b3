"""Starting, cancelling and retrying jobs."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from kakehashi.kernel import audit, workflow
from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState
from kakehashi.kernel.jobs.queue import enqueue


def start(kind: str, function: Callable[..., Any], *, owner: Any, here: bool = False, **arguments: Any) -> Job:
    """Make a job of ``function(job, **arguments)`` and queue it, in the transaction of the caller.

    ``function`` is a module-level function; ``arguments`` are ids and plain JSON values. ``owner`` None: the node
    itself. ``here=True``: not queued; the caller goes on with ``run_here``, and a worker takes over only if it dies.
    """
    if "<" in function.__qualname__ or "." in function.__qualname__:
        raise ValueError(f"{function.__qualname__} must be a function at the top of its module")
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            owner=owner,
            organisation_id=getattr(owner, "acting_organisation_id", None),
            function=f"{function.__module__}.{function.__name__}",
            arguments=arguments,
        )
        if not here:
            enqueue(job)
        audit.record(owner, "job.start", job, detail={"kind": kind})
    return job


def start_unless_waiting(kind: str, function: Callable[..., Any]) -> None:
    """The node's own job of this kind, unless one waits or is at it: for work that goes on where it stopped."""
    with transaction.atomic():
        same = Job.objects.select_for_update().filter(kind=kind, state__in=(JobState.WAITING, *ACTIVE))
        if not same.exists():
            start(kind, function, owner=None)


def cancel(job: Job, *, by: Any) -> Job:
    """Cancel a waiting job, or ask a running one to stop at its next step. Raises Conflict when it is over."""
    job.refresh_from_db()
    move = "stop" if job.state == JobState.RUNNING else "cancel"
    return workflow.advance(job, move, by=by)


def retry(job: Job, *, by: Any) -> Job:
    """Run a failed or cancelled job again. Raises Conflict from any other state."""
    return workflow.advance(job, "retry", by=by)

"""The worker: takes jobs from the queue, takes over those of dead workers, delivers events that are due."""

import logging
import threading
import time
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError, close_old_connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kakehashi.kernel import audit
from kakehashi.kernel.events.delivery import deliver_due
from kakehashi.kernel.files.actions import sweep
from kakehashi.kernel.jobs import running
from kakehashi.kernel.jobs.hourly import do_chores
from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState
from kakehashi.kernel.jobs.queue import enqueue
from kakehashi.kernel.jobs.running import (
    HEARTBEAT_SECONDS,
    MOST_ATTEMPTS,
    WORKER_SEEN,
    execute,
    is_abandoned,
    is_dead,
    tell_end,
    worker_name,
)

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
TIDY_SECONDS = 3600.0
KEPT = timedelta(days=30)
"""How long finished rows of the queue are kept; jobs themselves stay."""


def run(*, stop_event: threading.Event, once: bool = False) -> None:
    """Work until told to stop; with ``once`` until nothing waits. A job under way stops at its next step."""
    name = worker_name()
    queue = Worker(
        queue_names=["*"],
        interval=IDLE_SECONDS,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=name,
        excluded_queue_names=[],
    )
    tokens = running.worker.set(name), running.stop_event.set(stop_event)
    try:
        tidied_at = seen_at = float("-inf")
        while not stop_event.is_set():
            if time.monotonic() - seen_at > HEARTBEAT_SECONDS:
                seen_at = time.monotonic()
                cache.set(WORKER_SEEN, timezone.now(), timeout=None)
            if time.monotonic() - tidied_at > TIDY_SECONDS:
                tidied_at = time.monotonic()
                tidy()
            worked = _round(queue)
            if once and not worked:
                return
            if not worked:
                stop_event.wait(IDLE_SECONDS)
    finally:
        running.worker.reset(tokens[0])
        running.stop_event.reset(tokens[1])


def _round(queue: Worker) -> bool:
    """One round: dead workers' jobs, due events, one task. True when anything was done."""
    close_old_connections()
    try:
        revived = take_over_abandoned()
        delivered = deliver_due()
        before = queue._run_tasks
        queue.max_tasks = before + 1
        queue.run()
    except OperationalError:  # database away or locked for long: wait and go on
        logger.exception("the worker could not reach the database and tries again")
        return False
    return bool(revived or delivered or queue._run_tasks > before)


def take_over_abandoned() -> int:
    """Queue the jobs of workers that are gone again; returns how many."""
    taken = 0
    for job in Job.objects.filter(state__in=ACTIVE):
        if is_abandoned(job):
            taken += _revive(job.pk)
    lost = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    for result in lost:  # claimed from the queue by a worker that died before its job began
        if result.worker_ids and is_dead(result.worker_ids[-1]):
            taken += DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY
            )
    return taken


def _revive(job_id: int) -> int:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state__in=ACTIVE).first()
        if job is None or not is_abandoned(job):
            return 0
        job.lease_until = None
        if job.state == JobState.CANCELLING:
            job.state, job.finished_at = JobState.CANCELLED, timezone.now()
        elif job.attempts >= MOST_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, timezone.now()
            job.error = _("The job was given up: its worker ended %(count)d times while it ran.") % {
                "count": job.attempts
            }
        else:
            job.state, job.worker = JobState.WAITING, ""
            enqueue(job)
        job.save()
        if job.is_finished:
            tell_end(job)
        audit.record("system", "job.taken_over", job, detail={"kind": job.kind, "to": str(job.state)})
    return 1


def run_here(job: Job) -> Job:
    """Run a job in this process, for the command line; returns it as it ended."""
    return execute(job.pk, worker=worker_name()) or Job.objects.get(pk=job.pk)


def run_waiting() -> int:
    """Run every waiting job in this thread and return how many there were: for tests and small scripts."""
    count = 0
    for pk in list(Job.objects.filter(state=JobState.WAITING).order_by("pk").values_list("pk", flat=True)):
        count += execute(pk, worker=worker_name()) is not None
    return count


def tidy() -> None:
    """Drop old finished rows of the queue, ended sessions and files that nothing names; then the systems' chores."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT).delete()
    sweep()
    do_chores()

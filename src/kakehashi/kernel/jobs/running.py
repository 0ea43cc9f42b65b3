"""Running one job: lease, heartbeat, progress, and how it ends."""

import logging
import os
import socket
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import KakehashiError
from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState
from kakehashi.kernel.jobs.queue import enqueue

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
WORKER_SEEN = "jobs.worker_seen"  # in the node's cache: when a worker last looked for jobs
MOST_ATTEMPTS = 20  # a job that takes its worker down this often is failed

stop_event: ContextVar[threading.Event | None] = ContextVar("job_stop_event", default=None)
"""Set when this worker was asked to end: the running job gives up its lease at its next step."""


@dataclass(frozen=True)
class JobEnded(events.Event):
    """A job is over: done, failed or cancelled."""

    job_id: int


class Cancelled(Exception):
    """The owner asked the job to stop. Raised by ``progress``; let it pass."""


class Interrupted(Exception):
    """The worker ends, or lost its lease, or others come first: the job goes on later. Let it pass."""


def _process_start(pid: int) -> str:
    """A process's start time as the system counts it, so that a re-used process id is not taken for the old one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def worker_name() -> str:
    """This process's name as a worker: host, process id, start."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{_process_start(os.getpid())}"


worker: ContextVar[str] = ContextVar("job_worker", default="")
"""The name under which this thread claims tasks; empty outside a worker."""


def current_worker() -> str:
    return worker.get() or worker_name()


def is_dead(worker: str) -> bool:
    """True when the worker ran on this machine and its process is gone; False when alive or unknown."""
    host, pid, start = worker.rsplit(":", 2) if worker.count(":") >= 2 else ("", "", "")
    if host != socket.gethostname()[:30] or not pid.isdigit() or not start:
        return False
    return _process_start(int(pid)) != start


def is_abandoned(job: Job) -> bool:
    """True for a running job whose worker is gone: its process is dead, or its lease ran out."""
    return is_dead(job.worker) or (job.lease_until is not None and job.lease_until < timezone.now())


class Running:
    """A job being run, as its function sees it."""

    def __init__(self, job: Job, worker: str) -> None:
        self.id, self.owner_id, self.attempt = job.pk, job.owner_id, job.attempts
        self.organisation_id, self._worker = job.organisation_id, worker
        self.total_before = job.total or 0  # what an earlier turn of it said there is in all
        self.kept = job.result  # what an earlier turn of it had come to before its worker ended
        self.owner = job.owner
        if self.owner is not None:
            self.owner.acting_organisation_id = job.organisation_id

    def progress(self, done: int, total: int | None = None, message: str | Promise = "") -> None:
        """Say how far the job is. Raises Cancelled or Interrupted when it must stop here: outside a transaction."""
        fields: dict[str, Any] = {"done": done, "lease_until": timezone.now() + LEASE}
        if total is not None:
            fields["total"] = total
        if message:
            fields["message"] = str(message)[:500]
        mine = Job.objects.filter(pk=self.id, worker=self._worker, attempts=self.attempt)
        if not mine.filter(state__in=ACTIVE).update(**fields):
            raise Interrupted
        if mine.filter(state=JobState.CANCELLING).exists():
            raise Cancelled
        stop = stop_event.get()
        if stop is not None and stop.is_set():
            raise Interrupted

    def keep(self, result: Any) -> None:
        """Keep what the job comes to, as JSON, in the transaction of its writes: a worker that ends after its commit
        leaves ``kept`` to the next, which then writes nothing anew. Raises Interrupted where another has the job."""
        mine = Job.objects.filter(pk=self.id, worker=self._worker, attempts=self.attempt, state__in=ACTIVE)
        if not mine.update(result=result):
            raise Interrupted

    def make_way(self) -> NoReturn:
        """Go to the end of the queue, so that what waits for the worker comes first; the function is then called anew.

        For long work that goes on where it stopped. Outside a transaction; raises Interrupted, always.
        """
        raise Interrupted


def execute(job_id: int, *, worker: str) -> Job | None:
    """Run a job to its end in this thread. None when another worker has it or it is over."""
    job = _claimed(job_id, worker)
    if job is None:
        return None
    running = Running(job, worker)
    language = job.owner.language if job.owner is not None else None
    try:
        with _heartbeat(job, worker), translation.override(language or translation.get_language()):
            result = import_string(job.function)(running, **job.arguments)
        _end(job, JobState.DONE, result=result)
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except Interrupted:
        _hand_back(job)
    except KakehashiError as error:
        with translation.override(language or translation.get_language()):
            _end(job, JobState.FAILED, error=error.detail)
    except Exception:
        logger.exception("job %d (%s) failed", job.pk, job.kind)
        with translation.override(language or translation.get_language()):
            text = _(
                "The job stopped on an unexpected error. Try again; if it stays, tell the administrator job %(id)d."
            )
            _end(job, JobState.FAILED, error=text % {"id": job.pk})
    finally:
        audit.settle()
    job.refresh_from_db()
    return job


def _claimed(job_id: int, worker: str) -> Job | None:
    """Take the job: from waiting, or from a worker that is gone."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None:
            return None
        if job.state in ACTIVE and not is_abandoned(job):
            return None
        if job.state == JobState.CANCELLING:
            job.state = JobState.CANCELLED if job.result is None else JobState.DONE  # done before it was asked to stop
            job.finished_at, job.lease_until = timezone.now(), None
            job.save()
            tell_end(job)
            return None
        if job.state not in (JobState.WAITING, JobState.RUNNING):
            return None
        job.state, job.worker, job.attempts = JobState.RUNNING, worker, job.attempts + 1
        job.started_at = job.started_at or timezone.now()
        job.lease_until, job.error = timezone.now() + LEASE, ""
        job.save()
    return job


def _end(job: Job, state: JobState, *, result: Any = None, error: str = "") -> None:
    """Close the job if it is still this worker's."""
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, worker=job.worker, attempts=job.attempts, state__in=ACTIVE)
        closed = mine.update(state=state, result=result, error=error, finished_at=timezone.now(), lease_until=None)
        if closed:
            job.state = state
            tell_end(job)


def tell_end(job: Job) -> None:
    """A job is over, however it came to that: its event and its entry in the trail, in the transaction that ends it."""
    events.publish(JobEnded(job.pk))
    audit.record("system", f"job.{job.state}", job, detail={"kind": job.kind, "attempts": job.attempts})


def _hand_back(job: Job) -> None:
    """Queue the job again: this worker ends before it, or others come first."""
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, worker=job.worker, attempts=job.attempts, state__in=ACTIVE)
        over = {"state": JobState.CANCELLED, "finished_at": timezone.now(), "lease_until": None}
        if mine.filter(state=JobState.CANCELLING).update(**over):
            job.state = JobState.CANCELLED
            tell_end(job)
            return
        if mine.update(state=JobState.WAITING, lease_until=None, worker="", attempts=job.attempts - 1):
            enqueue(job)


@contextmanager
def _heartbeat(job: Job, worker: str) -> Any:
    """Renew the lease from a thread of its own while the block runs."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(HEARTBEAT_SECONDS):
                try:
                    mine = Job.objects.filter(pk=job.pk, worker=worker, state__in=ACTIVE)
                    mine.update(lease_until=timezone.now() + LEASE)
                except DatabaseError:  # busy: the next beat comes well before the lease ends
                    logger.warning("heartbeat of job %d was late", job.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)

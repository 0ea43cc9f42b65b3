"""API routes about one's jobs."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.jobs import actions
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.rules import visible_to

router = Router(tags=["jobs"])


class JobOut(Schema):
    """A job: ``done`` of ``total``, in a state."""

    id: int
    kind: str
    state: JobState
    done: int
    total: int | None
    message: str
    error: str
    result: Any = None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def job_of(request: HttpRequest, job_id: int) -> Job:
    """The caller's job. Raises NotFound."""
    job = visible_to(caller(request)).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("The job"))
    return job


@router.get("/", response=list[JobOut], summary="My jobs")
def list_jobs(request: HttpRequest, state: JobState | None = None) -> QuerySet[Job]:
    """The caller's last 100 jobs, newest first."""
    found = visible_to(caller(request))
    return (found.filter(state=state) if state else found)[:100]


@router.get("/{int:job_id}", response=JobOut, summary="One job")
def read_job(request: HttpRequest, job_id: int) -> Job:
    """How far it is."""
    return job_of(request, job_id)


@router.post("/{int:job_id}/cancel", response=JobOut, summary="Cancel a job")
def cancel_job(request: HttpRequest, job_id: int) -> Job:
    """A waiting job ends at once, a running one at its next step."""
    return actions.cancel(job_of(request, job_id), by=caller(request))


@router.post("/{int:job_id}/retry", response=JobOut, summary="Run a job again")
def retry_job(request: HttpRequest, job_id: int) -> Job:
    """For a job that failed or was cancelled; it goes on where it stopped."""
    return actions.retry(job_of(request, job_id), by=caller(request))

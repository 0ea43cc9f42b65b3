"""Long-running work as its owner sees it: a list, one job with its progress, and its buttons."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.rules import visible_to
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.workflow import advance, moves_available


def _in_state(jobs: QuerySet[Job], state: str) -> QuerySet[Job]:
    return jobs.filter(state=state)


JOBS = Listing(
    name="jobs",
    columns=[
        Column("number", _("Number"), lambda job: job.pk, sort="pk"),
        Column("kind", _("Kind"), lambda job: job.kind_label, sort="kind"),
        Column("state", _("State"), lambda job: job.state_label, sort="state"),
        Column("came_to", _("What came of it"), lambda job: job.came_to),
        Column("done", _("Dealt with so far"), lambda job: job.done, number=True),
        Column("total", _("In all"), lambda job: job.total, number=True),
        Column("created", _("Started"), lambda job: job.created_at, sort="created_at"),
        Column("finished", _("Ended"), lambda job: job.finished_at, sort="finished_at"),
    ],
    filters=[Filter("state", _("State"), JobState.choices, _in_state)],
    order="-created_at",
    row_link=lambda job: reverse("web:job", args=[job.pk]),
)


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, newest first."""
    rows = visible_to(request.user)
    if request.GET.get("format") == "csv":
        return JOBS.csv(request, rows)
    return render(request, "web/jobs.html", {"table": JOBS.show(request, rows)})


@login_required
def job(request: HttpRequest, number: int) -> HttpResponse:
    """One job; a POST makes one of its moves (stop, cancel, try again)."""
    found = _job(request, number)
    if request.method == "POST":
        advance(found, request.POST.get("move", ""), by=request.user)
        return redirect("web:job", number)
    return render(request, "web/job.html", {"job": found, "moves": moves_available(found, request.user)})


@login_required
@require_GET
def job_progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress as a fragment; when the job is over the browser is told to fetch its page anew."""
    found = _job(request, number)
    context = {"job": found, "moves": moves_available(found, request.user)}
    response = render(request, "web/components/progress.html", context)
    if found.is_finished:
        response["HX-Refresh"] = "true"
    return response


def _job(request: HttpRequest, number: int) -> Job:
    found = visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise NotFound(_("This job"))
    return found

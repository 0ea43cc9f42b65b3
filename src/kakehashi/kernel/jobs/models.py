"""Jobs as people see them; the queue itself is django-tasks' table."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.jobs.kinds import Outcome, kind_label, outcome_of


class JobState(models.TextChoices):
    """How far a job is."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    CANCELLING = "cancelling", _("Stopping")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")
    DONE = "done", _("Finished")


ACTIVE = (JobState.RUNNING, JobState.CANCELLING)


class Job(models.Model):
    """One piece of long work. ``function`` (dotted path) is called with ``arguments`` (ids and plain values)."""

    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=12, choices=JobState.choices, default=JobState.WAITING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs", verbose_name=_("owner")
    )
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    function = models.CharField(_("function"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict)
    done = models.PositiveIntegerField(_("done so far"), default=0)
    total = models.PositiveIntegerField(_("in all"), null=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    result = models.JSONField(_("result"), null=True)
    error = models.TextField(_("error"), blank=True)  # text for the owner, never a traceback
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "lease_until"], name="job_state_lease"),
            models.Index(fields=["owner", "-created_at"], name="job_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.get_state_display()}"

    @property
    def kind_label(self) -> str:
        """What this kind of work is called."""
        return kind_label(self.kind)

    @property
    def outcome(self) -> Outcome | None:
        """What it came to, where it is finished and its system says so."""
        return outcome_of(self.kind, self.result) if self.state == JobState.DONE else None

    @property
    def state_label(self) -> str:
        """Its state in a word: a finished job that did nothing of what it was asked to was refused."""
        return _now("Refused") if self.outcome is not None and self.outcome.refused else str(JobState(self.state).label)

    @property
    def came_to(self) -> str:
        """What it came to, in words: its error, or what its system says of its result; "" where nothing is said."""
        return self.error or (self.outcome.text if self.outcome is not None else "")

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None while the total is unknown."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

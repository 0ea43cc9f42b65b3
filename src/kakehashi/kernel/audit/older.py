"""The job that makes entries of the audit trail findable by all that they list, beside a node at work: older ones, and
those that list very much."""

import time
from typing import Any

from django.db import transaction

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.audit import lookup
from kakehashi.kernel.audit.models import Unlisted
from kakehashi.kernel.jobs.hourly import every_hour

KIND = "audit.list_older"
SECONDS_AT_A_TIME = 20.0
"""After so long what else waits for the worker has its turn."""


@every_hour
def start_listing() -> bool:
    """Have the worker begin, or go on, where entries wait; whether any do."""
    waiting = Unlisted.objects.exists()
    if waiting:
        jobs.start_unless_waiting(KIND, list_older)
    return waiting


def list_anew(*, by: Any) -> None:
    """Have the worker make the look-up's missing rows anew, from the entries; all are found by text until it has."""
    with transaction.atomic():
        lookup.list_anew()
        start_listing()
        audit.record(by, "audit.relist")


def list_older(job: jobs.Running) -> None:
    """The job: one part of the trail after the other, each in a transaction of its own. Killed, it goes on there."""
    began = time.monotonic()
    while unlisted := lookup.list_older():
        job.progress(unlisted.reached, unlisted.until)
        if time.monotonic() - began >= SECONDS_AT_A_TIME:
            job.make_way()

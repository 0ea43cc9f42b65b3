"""Running handlers: right after the commit, and again by the worker when they failed or their process died."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.events.models import HandlerRun, RunState
from kakehashi.kernel.events.registry import adapter, handler_named
from kakehashi.kernel.logs import kind_and_place

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
ATTEMPTS = 20  # the pauses add up to about three days


def deliver(run_id: int) -> bool:
    """Run one handler; True when it is done. A failure's kind and place are kept, and when it is tried again."""
    try:
        with transaction.atomic():
            run = HandlerRun.objects.select_for_update(skip_locked=True).filter(pk=run_id).first()
            if run is None:  # done, or in other hands
                return True
            known = handler_named(run.event, run.handler)
            if known is None:
                raise LookupError(f"no handler {run.handler} for {run.event}")
            event_type, handler = known
            handler(adapter(event_type).validate_python(run.payload))
            run.delete()
    except Exception as error:  # whatever a handler raises is kept and retried
        logger.exception("handler run %d failed", run_id)
        _keep_failure(run_id, error)
        return False
    finally:
        audit.settle()
    return True


def pause_after(attempts: int) -> timedelta:
    """The wait before the next attempt: doubled each time, up to six hours."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def _keep_failure(run_id: int, error: Exception) -> None:
    with transaction.atomic():
        run = HandlerRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None:
            return
        run.attempts += 1
        run.state = RunState.GIVEN_UP if run.attempts >= ATTEMPTS else RunState.FAILED
        run.due_at = timezone.now() + pause_after(run.attempts)
        run.error = kind_and_place(error)[:500]
        run.save()


def deliver_due(limit: int = 100) -> int:
    """Run what is due: failed runs whose pause is over, and runs whose process died. Returns how many were done."""
    due = HandlerRun.objects.exclude(state=RunState.GIVEN_UP).filter(due_at__lte=timezone.now())
    return sum(deliver(pk) for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:limit]))

"""Events reach their handlers after the commit; a failure is kept and retried, also when the process died."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from kakehashi.kernel.events import Event, handles, publish, queries
from kakehashi.kernel.events.delivery import ATTEMPTS, deliver_due, pause_after
from kakehashi.kernel.events.models import FailedHandler, HandlerRun, RunState


@dataclass(frozen=True)
class Diagnosed(Event):
    case_id: int
    on: date


received = []
broken = False


@handles(Diagnosed)
def note_diagnosis(event: Diagnosed) -> None:
    if broken:
        raise RuntimeError("the index is away for hanako@example.org")
    received.append(event)


@pytest.fixture(autouse=True)
def _fresh():
    global broken
    received.clear()
    broken = False


@pytest.mark.django_db(transaction=True)
def test_handler_runs_after_the_commit_and_not_before():
    with transaction.atomic():
        publish(Diagnosed(7, date(2026, 4, 1)))
        assert received == []
    assert received == [Diagnosed(7, date(2026, 4, 1))]
    assert HandlerRun.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_happens_when_the_transaction_rolls_back():
    with suppress(ValueError), transaction.atomic():
        publish(Diagnosed(7, date(2026, 4, 1)))
        raise ValueError("no")
    assert received == []
    assert HandlerRun.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_failing_handler_is_kept_and_retried():
    global broken
    broken = True
    publish(Diagnosed(7, date(2026, 4, 1)))
    failed = FailedHandler.objects.get()
    assert failed.state == RunState.FAILED
    assert failed.error.startswith("RuntimeError at ")
    assert "hanako@example.org" not in failed.error, "an error's text may quote a person's data"
    assert deliver_due() == 0, "not before its pause is over"
    HandlerRun.objects.update(due_at=timezone.now())
    broken = False
    assert deliver_due() == 1
    assert received == [Diagnosed(7, date(2026, 4, 1))]
    assert not FailedHandler.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_event_of_a_killed_process_is_taken_up():
    publish(Diagnosed(1, date(2026, 4, 1)))
    received.clear()
    HandlerRun.objects.create(
        event=f"{__name__}.Diagnosed",
        payload={"case_id": 2, "on": "2026-04-02"},
        handler=f"{__name__}.note_diagnosis",
    )
    assert deliver_due() == 1
    assert received == [Diagnosed(2, date(2026, 4, 2))]


@pytest.mark.django_db(transaction=True)
def test_handler_is_given_up_after_its_attempts_but_never_dropped():
    global broken
    broken = True
    publish(Diagnosed(7, date(2026, 4, 1)))
    HandlerRun.objects.update(attempts=ATTEMPTS - 1, due_at=timezone.now())
    deliver_due()
    assert HandlerRun.objects.get().state == RunState.GIVEN_UP
    assert (queries.failing_count(), queries.given_up_count()) == (0, 1)
    assert deliver_due() == 0


def test_pauses_grow_up_to_six_hours():
    pauses = [pause_after(attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert pauses[-1] == timedelta(hours=6)

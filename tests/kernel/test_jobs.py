"""Jobs: progress, cancel, retry, and that a killed worker's job goes on elsewhere, once."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.events.models import HandlerRun
from kakehashi.kernel.jobs import running, worker
from kakehashi.kernel.jobs.models import Job, JobState
from tests.kernel import long_work

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def person(hospital, make_person):
    return make_person(hospital, "clinician")


def test_job_runs_with_progress_and_result(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=3, folder=str(tmp_path))
    assert job.state == JobState.WAITING
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.share) == (JobState.DONE, 3, 3, 1.0)
    assert job.result == {"files": 3}
    assert job.message == "3 files"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["job.start", "job.done"]


def test_failure_is_told_without_internals(person):
    refused = jobs.start("refuse", long_work.refuse, owner=person)
    broken = jobs.start("break", long_work.break_down, owner=person)
    jobs.run_waiting()
    refused.refresh_from_db()
    broken.refresh_from_db()
    assert (refused.state, refused.error) == (JobState.FAILED, "line 3：There is no such term.")
    assert broken.state == JobState.FAILED
    assert "secret" not in broken.error
    assert str(broken.pk) in broken.error


def test_cancel_and_retry(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=3, folder=str(tmp_path))
    jobs.cancel(job, by=person)
    assert jobs.run_waiting() == 0
    with pytest.raises(Conflict):
        jobs.cancel(job, by=person)
    jobs.retry(job, by=person)
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_running_job_stops_at_its_next_step(person, tmp_path, monkeypatch):
    job = jobs.start("count", long_work.count, owner=person, to=3, folder=str(tmp_path))
    original = running.Running.progress

    def cancelled_after_two(self, done, *rest):
        if done == 2:
            jobs.cancel(Job.objects.get(pk=job.pk), by=person)
        original(self, done, *rest)

    monkeypatch.setattr(running.Running, "progress", cancelled_after_two)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 2)


def test_only_the_owner_steers(person, hospital, make_person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    with pytest.raises(NotAllowed):
        jobs.cancel(job, by=make_person(hospital, "administrator"))


def test_lambda_is_no_job():
    with pytest.raises(ValueError, match="top of its module"):
        jobs.start("x", lambda job: None, owner=None)


def test_worker_that_lost_its_lease_stops(person, tmp_path, monkeypatch):
    job = jobs.start("count", long_work.count, owner=person, to=3, folder=str(tmp_path))
    original = running.Running.progress

    def overtaken(self, done, *rest):
        if done == 2:
            Job.objects.filter(pk=job.pk).update(worker="another:1:1", attempts=2)
        original(self, done, *rest)

    monkeypatch.setattr(running.Running, "progress", overtaken)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.worker, job.done) == (JobState.RUNNING, "another:1:1", 1)


def test_expired_lease_is_taken_over_and_a_worker_killer_given_up(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.update(state=JobState.RUNNING, worker="elsewhere:1:1", lease_until=past)
    assert worker.take_over_abandoned() == 1
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    Job.objects.update(state=JobState.RUNNING, lease_until=past, attempts=running.MOST_ATTEMPTS)
    worker.take_over_abandoned()
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def ends_of(job):
    """How often a job's end was told: as an event to the shell's handler, and in the trail."""
    handed = HandlerRun.objects.filter(event__endswith="JobEnded", payload={"job_id": job.pk})
    told = handed.filter(handler__endswith="tell_owner").count()
    return told, AuditEntry.objects.filter(action=f"job.{job.state}", subject_id=str(job.pk)).count()


@pytest.mark.parametrize("way", ["taken over", "claimed", "handed back", "given up"])
def test_every_end_is_told_once_and_stands_in_the_trail(person, tmp_path, way):
    job = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    past = timezone.now() - timedelta(seconds=1)
    state = JobState.RUNNING if way == "given up" else JobState.CANCELLING
    attempts = running.MOST_ATTEMPTS if way == "given up" else 1
    Job.objects.update(state=state, worker="elsewhere:1:1", lease_until=past, attempts=attempts)
    job.refresh_from_db()
    if way == "claimed":
        assert running.execute(job.pk, worker="here:1:1") is None
    elif way == "handed back":
        running._hand_back(job)
    else:
        assert worker.take_over_abandoned() == 1
    job.refresh_from_db()
    assert job.is_finished
    assert job.finished_at is not None
    assert ends_of(job) == (1, 1)


def test_job_cancelled_while_it_waits_is_over(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    jobs.cancel(job, by=person)
    job.refresh_from_db()
    assert (job.state, job.finished_at is not None) == (JobState.CANCELLED, True)
    assert ends_of(job)[0] == 1


def test_live_worker_keeps_its_job(person, tmp_path):
    jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    later = timezone.now() + timedelta(seconds=30)
    Job.objects.update(state=JobState.RUNNING, worker=running.worker_name(), lease_until=later)
    assert worker.take_over_abandoned() == 0
    assert running.is_dead(running.worker_name()) is False
    assert running.is_dead("elsewhere:1:1") is False
    host = running.worker_name().split(":")[0]
    assert running.is_dead(f"{host}:{os.getpid()}:1") is True


@pytest.mark.django_db(transaction=True)
def test_worker_loop_takes_queued_jobs_and_stops_when_told(person, tmp_path):
    with transaction.atomic():
        job = jobs.start("count", long_work.count, owner=person, to=2, folder=str(tmp_path))
    worker.run(stop_event=threading.Event(), once=True)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    told = threading.Event()
    told.set()
    worker.run(stop_event=told)


def worker_process():
    """A worker in a process of its own, on the test's database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(os.environ["KAKEHASHI_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = os.environ | {"KAKEHASHI_DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen([sys.executable, "-m", "kakehashi", "worker"], env=environment, cwd=ROOT)


def wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_worker_loses_and_doubles_nothing(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=30, folder=str(tmp_path), seconds=0.05)
    for files in (5, 12):
        process = worker_process()
        wait_for(lambda enough=files: len(list(tmp_path.iterdir())) >= enough)
        process.kill()
        process.wait()
    process = worker_process()
    wait_for(lambda: Job.objects.get(pk=job.pk).state == JobState.DONE)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.done, job.attempts, job.result) == (30, 3, {"files": 30})
    assert len({path.read_text() for path in tmp_path.iterdir()}) == 3
    assert AuditEntry.objects.filter(action="job.taken_over").count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_terminated_worker_hands_its_job_back(person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=200, folder=str(tmp_path), seconds=0.05)
    process = worker_process()
    wait_for(lambda: len(list(tmp_path.iterdir())) >= 3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.state, job.worker, job.lease_until) == (JobState.WAITING, "", None)

"""An import as a job: killed at any moment it ends done, under its owner's right; what was uploaded does not stay."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.events.delivery import deliver_due
from kakehashi.kernel.events.models import HandlerRun
from kakehashi.kernel.files.actions import sweep
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs import running, worker
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.actions import lock_person
from kakehashi.kernel.people.models import Membership
from kakehashi.systems.cases import tasks
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.packets import importing

NAME = "山田花子.jsonl"


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def packet(number):
    return {"id": f"P{number}", "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}]}


def started(clinician, hospital, numbers=range(6), name=NAME):
    lines = "\n".join(json.dumps(packet(number)) for number in numbers)
    return tasks.start_import(by=clinician, organisation=hospital, upload=SimpleUploadedFile(name, lines.encode()))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("module", "step", "calls"),
    [
        (tasks, "open_file", 1),
        (importing, "_write_batch", 1),
        (importing, "_write_batch", 3),
        (tasks, "result_of", 1),
        (running, "_end", 1),
        (running, "tell_end", 1),
        (tasks, "expire_file", 1),
        (tasks, "notify", 1),
    ],
)
def test_import_killed_anywhere_ends_done_once(clinician, hospital, monkeypatch, module, step, calls):
    monkeypatch.setattr(importing, "BATCH", 2)
    job = started(clinician, hospital)
    original, count = getattr(module, step), 0

    def killing(*args, **kwargs):
        nonlocal count
        count += 1
        if count == calls:
            raise Killed
        return original(*args, **kwargs)

    monkeypatch.setattr(module, step, killing)
    with pytest.raises(Killed):
        jobs.run_here(job)
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1), worker="gone")
    HandlerRun.objects.update(due_at=timezone.now())
    worker.take_over_abandoned()
    jobs.run_waiting()
    while HandlerRun.objects.filter(due_at__lte=timezone.now()).exists():
        deliver_due()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    assert (Case.objects.count(), Revision.objects.count()) == (6, 6)
    assert not StoredFile.objects.exists()
    told = Notice.objects.get(kind="case.import_done")
    assert told.text_en.startswith("Import: ")
    assert told.text_ja.startswith("取り込み：新規")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_upload_of_an_import_that_ended_otherwise_waits_for_a_retry_and_then_goes(
    clinician, hospital, monkeypatch, how
):
    job = started(clinician, hospital)
    if how == "cancelled":
        jobs.cancel(job, by=clinician)
    else:
        with monkeypatch.context() as patched:
            patched.setattr(tasks, "import_packets", lambda *args, **kwargs: 1 / 0)
            jobs.run_here(job)
    job.refresh_from_db()
    assert job.state == how
    left = StoredFile.objects.get().kept_until - timezone.now()
    assert timedelta(0) < left <= tasks.KEPT_TO_RETRY
    sweep()
    assert StoredFile.objects.exists(), "the owner may still try again"
    StoredFile.objects.update(kept_until=timezone.now())
    sweep()
    assert not StoredFile.objects.exists()
    jobs.retry(job, by=clinician)
    jobs.run_waiting()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "アップロード" in job.error or "Upload it again" in job.error


@pytest.mark.django_db(transaction=True)
def test_failed_import_is_tried_again_and_done(clinician, hospital, monkeypatch):
    job = started(clinician, hospital)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "import_packets", lambda *args, **kwargs: 1 / 0)
        jobs.run_here(job)
    jobs.retry(job, by=clinician)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, Case.objects.count(), StoredFile.objects.count()) == (JobState.DONE, 6, 0)


@pytest.mark.parametrize("change", ["no owner", "no role", "locked"])
def test_import_runs_under_the_right_its_owner_has_then(clinician, hospital, change):
    job = started(clinician, hospital)
    if change == "no owner":
        Job.objects.update(owner=None)
    elif change == "no role":
        Membership.objects.update(until=timezone.localdate() - timedelta(days=1), since="2020-01-01")
    else:
        clinician.is_active = False
        clinician.save()
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, Case.objects.count()) == (JobState.FAILED, 0)
    assert AuditEntry.objects.filter(action="case.import", outcome="refused").exists()


@pytest.mark.parametrize("change", ["no role", "locked"])
def test_right_that_ends_during_an_import_stops_it_and_what_stands_stays(clinician, hospital, monkeypatch, change):
    monkeypatch.setattr(importing, "BATCH", 2)
    write = importing._write_batch

    def written_and_then_ended(*args, **kwargs):
        write(*args, **kwargs)
        if change == "no role":
            Membership.objects.update(until=timezone.localdate() - timedelta(days=1), since="2020-01-01")
        else:
            lock_person(clinician, by=None)

    monkeypatch.setattr(importing, "_write_batch", written_and_then_ended)
    job = started(clinician, hospital)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, Case.objects.count()) == (JobState.FAILED, 2)
    assert AuditEntry.objects.get(action="case.import", outcome="refused").organisation == str(hospital.pk)


@pytest.mark.django_db(transaction=True)
def test_name_of_the_file_is_shown_to_who_uploaded_it_and_nowhere_else(client, clinician, hospital, make_person):
    job = started(clinician, hospital, name=NAME)
    page = reverse("cases:import_progress", args=[job.pk])
    client.force_login(clinician)
    assert NAME in client.get(page).text
    client.force_login(make_person(hospital, "clinician"))
    assert client.get(page).status_code == 404
    jobs.run_waiting()
    job.refresh_from_db()
    kept = [job.message, json.dumps(job.result, ensure_ascii=False), json.dumps(job.arguments, ensure_ascii=False)]
    kept += [f"{notice.text_ja}{notice.text_en}{notice.link}" for notice in Notice.objects.all()]
    kept += [f"{message.subject}{message.body}" for message in mail.outbox]
    kept += list(AuditEntry.objects.values_list("detail", flat=True))
    assert mail.outbox
    assert not [text for text in kept if "山田" in text]


def test_an_event_of_another_jobs_end_changes_nothing(clinician, hospital):
    job = started(clinician, hospital)
    until = StoredFile.objects.get().kept_until
    Job.objects.update(kind="other")
    tasks.close_import(job.pk)
    tasks.close_import(0)
    assert StoredFile.objects.get().kept_until == until

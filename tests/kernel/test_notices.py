"""Notices reach a person on the site and by mail, in their language, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import jobs
from kakehashi.kernel.events.delivery import deliver_due
from kakehashi.kernel.events.models import HandlerRun
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.notices import mark_read, notify, unread, unread_count
from tests.kernel import long_work


@pytest.fixture
def person(hospital, make_person):
    return make_person(hospital, "clinician")


def test_notice_is_kept_in_both_languages(person):
    notice = notify(person, "job.failed", _("Failed"), "/jobs/1", mail=False)
    with translation.override("ja"):
        assert str(notice) == "失敗"
    with translation.override("en"):
        assert str(notice) == "Failed"


def test_mail_goes_out_after_the_commit_in_the_persons_language(person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notify(person, "job.failed", _("Failed"), "/jobs/1")
        assert mail.outbox == []
    message = mail.outbox[0]
    assert (message.to, message.subject) == ([person.email], "[Kakehashi] 失敗")
    assert "http://127.0.0.1:8000/jobs/1" in message.body
    assert unread(person).get().mailed_at is not None


def test_mail_that_fails_is_tried_again(person, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    with django_capture_on_commit_callbacks(execute=True):
        notify(person, "job.failed", _("Failed"))
    assert HandlerRun.objects.get().attempts == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    HandlerRun.objects.update(due_at="2020-01-01T00:00:00Z")
    assert deliver_due() == 1
    assert len(mail.outbox) == 1


def test_reading_touches_only_ones_own(person, hospital, make_person, client):
    other = make_person(hospital)
    theirs = notify(other, "x", "a", mail=False)
    mine = [notify(person, "x", "b", mail=False) for _n in range(3)]
    assert mark_read(person, [mine[0].pk, theirs.pk]) == 1
    assert (unread_count(person), unread_count(other)) == (2, 1)
    client.force_login(person)
    assert len(client.get("/api/notices/?unread=true").json()) == 2
    assert client.post("/api/notices/read", {"ids": None}, content_type="application/json").json() == {"marked": 2}
    assert unread_count(person) == 0


def test_owner_is_told_of_long_and_failed_jobs(person, django_capture_on_commit_callbacks, tmp_path):
    quick = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    slow = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    failed = jobs.start("refuse", long_work.refuse, owner=person)
    Job.objects.filter(pk=slow.pk).update(started_at=timezone.now() - timedelta(minutes=11))
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run_waiting()
    assert {notice.link for notice in unread(person)} == {f"/jobs/{slow.pk}/", f"/jobs/{failed.pk}/"}
    assert quick.pk != slow.pk
    assert [message.to for message in mail.outbox] == [[person.email]]

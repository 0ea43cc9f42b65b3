"""Uploads are kept once by content, within a limit, for their organisation, and every download is recorded."""

import hashlib
import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from kakehashi.kernel import files
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Invalid, NotAllowed, NotFound
from kakehashi.kernel.files import actions, store
from kakehashi.kernel.files.models import StoredFile


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def person(hospital, make_person):
    return make_person(hospital, "clinician")


def save(person, hospital, content=b"content", name="報告書.pdf", **rest):
    return files.save_file(by=person, organisation=hospital, name=name, chunks=[content[:3], content[3:]], **rest)


def test_file_comes_back_and_the_download_is_recorded(person, hospital):
    file = save(person, hospital)
    assert (file.sha256, file.size, file.name) == (hashlib.sha256(b"content").hexdigest(), 7, "報告書.pdf")
    with files.open_file(file, by=person) as content:
        assert content.read() == b"content"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["file.save", "file.read"]
    assert store.path_of(file.sha256).stat().st_mode & 0o077 == 0


def test_equal_contents_are_kept_once_and_go_with_the_last(
    person, hospital, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(actions, "UPLOAD_SECONDS", 0.0)
    first, second = save(person, hospital), save(person, hospital, name="b.pdf")
    path = store.path_of(first.sha256)
    for file, there in ((first, True), (second, False)):
        with django_capture_on_commit_callbacks(execute=True):
            files.delete_file(file, by=person)
        assert path.exists() is there


def test_content_just_written_waits_for_the_sweep(person, hospital, django_capture_on_commit_callbacks):
    file = save(person, hospital)
    path = store.path_of(file.sha256)
    with django_capture_on_commit_callbacks(execute=True):
        files.delete_file(file, by=person)
    assert path.exists()
    os.utime(path, (time.time() - 3600,) * 2)
    kept = save(person, hospital, content=b"another")
    actions.sweep()
    assert not path.exists()
    assert store.path_of(kept.sha256).exists()


def test_what_a_killed_upload_left_goes_and_one_under_way_stays(person, hospital, settings):
    save(person, hospital)
    left, under_way = (settings.MEDIA_ROOT / f"{store.UNFINISHED}{name}" for name in ("left", "under_way"))
    for path in (left, under_way):
        path.write_bytes(b"a patient")
    os.utime(left, (time.time() - actions.UPLOAD_SECONDS - 1,) * 2)
    actions.sweep()
    assert not left.exists()
    assert under_way.exists()


def test_too_large_is_refused_and_leaves_nothing(person, hospital, settings):
    with pytest.raises(Invalid, match="報告書"):
        save(person, hospital, most_bytes=6)
    assert not StoredFile.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\secret\\passwd", "/passwd"])
def test_name_leads_nowhere(person, hospital, name):
    assert save(person, hospital, name=name).name == "passwd"


def test_strangers_neither_save_nor_read_nor_delete(person, hospital, other_hospital, make_person):
    file = save(person, hospital)
    stranger, reader = make_person(other_hospital, "clinician"), make_person(hospital, "auditor")
    for attempt in (
        lambda: save(stranger, hospital),
        lambda: files.open_file(file, by=stranger),
        lambda: files.delete_file(file, by=stranger),
        lambda: files.delete_file(file, by=reader),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert AuditEntry.objects.filter(outcome="refused").count() == 4


def test_lost_content_is_said(person, hospital):
    file = save(person, hospital)
    store.path_of(file.sha256).unlink()
    with pytest.raises(NotFound, match=r"ファイルの内容|content of the file"):
        files.open_file(file, by=person)


def test_file_goes_when_its_time_is_over_whoever_kept_it(person, hospital):
    now = timezone.now()
    over = save(person, hospital, kept_until=now - timedelta(seconds=1))
    later = save(person, hospital, content=b"later", kept_until=now + timedelta(days=1))
    for_good = save(person, hospital, content=b"for good")
    actions.sweep()
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {later.pk, for_good.pk}
    gone = AuditEntry.objects.get(action="file.expire")
    assert (gone.actor, gone.subject_id) == ("system", str(over.pk))


def test_name_of_a_file_is_no_text_for_logs_and_messages(person, hospital):
    assert "報告書" not in str(save(person, hospital))

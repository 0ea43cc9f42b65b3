"""Big files of entries: looked at by a job, booked by another, all rows or none."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.running import execute
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger import files, importing
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Entry
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portfolio/entries/import/"
HEAD = "kind,on,appropriation,amount_yen,reference,award\n"


def file_of(count, *, wrong=()):
    rows = [f"spend,2019-06-01,mext-2019,{'x' if one in wrong else one + 1},F{one},19ek0109000" for one in range(count)]
    return SimpleUploadedFile("entries.csv", (HEAD + "\n".join(rows) + "\n").encode())


@pytest.fixture(params=["en", "ja"])
def accountant(request, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(importing, "BIG_BYTES", 300)
    post_many(make_agency().paid(10**9), by=None)
    person = someone(Role.ACCOUNTANT, Kind.AGENCY)
    person.language = request.param
    person.save()
    browser = Client(headers={"accept-language": request.param})
    browser.force_login(person)
    browser.words = {
        "en": ("nothing wrong with them", "Book these entries", "are booked", "is at fault"),
        "ja": ("問題ありません", "記帳", "記帳しました", "問題があります"),
    }[request.param]
    return browser


def test_a_big_file_is_looked_at_and_booked_by_jobs(accountant):
    fine, book, booked, _fault = accountant.words
    before = Entry.objects.count()
    page = accountant.post(PAGE, {"file": file_of(40)}).url
    assert Job.objects.get().state == JobState.WAITING
    assert "progress-" in accountant.get(page).content.decode()
    jobs.run_waiting()
    looked = Job.objects.get()
    assert (looked.state, looked.done, looked.total, looked.result["rows"]) == (JobState.DONE, 80, 80, 40)
    shown = accountant.get(page).content.decode()
    assert fine in shown
    assert book in shown
    assert Entry.objects.count() == before
    booking = accountant.post(page).url
    assert accountant.post(page).status_code == 409, "once"
    jobs.run_waiting()
    assert Entry.objects.count() == before + 40
    assert booked in accountant.get(booking).content.decode()
    assert not StoredFile.objects.exists(), "it goes with its booking"
    assert accountant.post(booking).status_code == 404


def test_a_big_file_of_excel_says_how_it_was_read(accountant):
    content = file_of(20).read().decode().replace(",F1,", ",伝票1,").encode("cp932")
    page = accountant.post(PAGE, {"file": SimpleUploadedFile("entries.csv", content)}).url
    jobs.run_waiting()
    assert "Shift_JIS" in accountant.get(page).content.decode()


def test_what_is_wrong_is_told_and_nothing_is_booked(accountant):
    *_fine, fault = accountant.words
    before = Entry.objects.count()
    page = accountant.post(PAGE, {"file": file_of(40, wrong=(7,))}).url
    jobs.run_waiting()
    shown = accountant.get(page).content.decode()
    assert fault in shown
    assert "<span>9</span>" in shown, "the line"
    assert accountant.post(page).status_code == 409
    assert Entry.objects.count() == before


def test_what_is_wrong_is_told_in_the_language_of_the_page(accountant, monkeypatch):
    """Whatever language the accountant's mails are in."""
    monkeypatch.setattr(files, "MOST", 30)
    english = accountant.words[0].isascii()
    Person.objects.update(language="ja" if english else "en")
    accountant.post(PAGE, {"file": file_of(40)})
    jobs.run_waiting()
    assert ("more than 30 rows" in Job.objects.get().error) == english


def test_what_changed_since_the_look_books_nothing(accountant):
    page = accountant.post(PAGE, {"file": file_of(40)}).url
    jobs.run_waiting()
    small = HEAD + "spend,2019-06-01,mext-2019,40,F39,19ek0109000\n"
    accountant.post(PAGE, {"content": small, "book": "1"})
    before = Entry.objects.count()
    booking = accountant.post(page).url
    jobs.run_waiting()
    job = Job.objects.latest("pk")
    assert (job.state, job.result["faulty"]) == (JobState.DONE, 1)
    assert Entry.objects.count() == before
    assert accountant.get(booking).status_code == 200


def test_another_s_import_is_not_shown(accountant):
    page = accountant.post(PAGE, {"file": file_of(40)}).url
    other = Client()
    other.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    assert other.get(page).status_code == 403
    assert other.post(page).status_code == 403
    assert accountant.get(f"{PAGE}999999/").status_code == 404


@pytest.mark.parametrize("stopped", [False, True])
def test_a_worker_that_ends_after_the_commit_has_booked_once_and_says_so(accountant, monkeypatch, stopped):
    """Killed between the booking and the end of its job: the next turn tells what was booked and books nothing."""
    _fine, book, booked, _fault = accountant.words
    before = Entry.objects.count()
    page = accountant.post(PAGE, {"file": file_of(40)}).url
    jobs.run_waiting()
    booking = accountant.post(page).url
    ended, whole = [], importing.book_file

    def dies(job, **given):
        ended.append(whole(job, **given))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "book_file", dies)
        job = Job.objects.latest("pk")
        with pytest.raises(KeyboardInterrupt):
            execute(job.pk, worker="first")
    gone = {"lease_until": timezone.now() - timedelta(seconds=1)} | ({"state": JobState.CANCELLING} if stopped else {})
    Job.objects.filter(pk=job.pk).update(**gone)
    execute(job.pk, worker="second")
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, ended[0])
    assert Entry.objects.count() == before + 40
    assert booked in accountant.get(booking).content.decode()
    assert f'class="button primary">{book}' not in accountant.get(page).content.decode()
    assert accountant.post(page).status_code == 409

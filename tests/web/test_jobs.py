"""Jobs as pages: only the owner's, with progress, buttons from the workflow's table, and a last refresh."""

import pytest

from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.people.models import Person


@pytest.fixture
def person(client, db):
    person = Person.objects.create_user("clinic@example.org", "long enough words", name="山田 花子")
    client.force_login(person)
    return person


def job_of(owner, state=JobState.RUNNING):
    return Job.objects.create(kind="import", owner=owner, state=state, function="x.y", total=5077, done=1200)


def test_job_shows_progress_with_numbers(client, person):
    job = job_of(person)
    text = client.get(f"/jobs/{job.pk}/").text
    assert "1,200 / 5,077" in text
    assert f'hx-get="/jobs/{job.pk}/progress/"' in text


def test_finished_job_refreshes_the_page_once_and_polls_no_more(client, person):
    job = job_of(person, JobState.DONE)
    answer = client.get(f"/jobs/{job.pk}/progress/")
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.text


def test_job_is_cancelled_by_its_button(client, person):
    job = job_of(person, JobState.WAITING)
    assert 'value="cancel"' in client.get(f"/jobs/{job.pk}/").text
    client.post(f"/jobs/{job.pk}/", {"move": "cancel"})
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_jobs_of_others_are_not_there(client, person):
    other = job_of(Person.objects.create_user("other@example.org", "long enough words"))
    assert client.get(f"/jobs/{other.pk}/").status_code == 404
    assert f"/jobs/{other.pk}/" not in client.get("/jobs/").text


def test_jobs_list_as_csv(client, person):
    job_of(person)
    answer = client.get("/jobs/?format=csv", headers={"accept-language": "en"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "import" in answer.text


def test_visitors_are_asked_to_log_in(client, db):
    for path in ("/jobs/", "/search/", "/notices/"):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")

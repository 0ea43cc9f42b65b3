"""Notices and search as pages."""

import pytest

from kakehashi.kernel.notices import notify
from kakehashi.kernel.people.models import Person


@pytest.fixture
def person(client, db):
    person = Person.objects.create_user("clinic@example.org", "long enough words", name="山田 花子")
    client.force_login(person)
    return person


def test_bell_counts_what_is_unread_and_following_a_notice_reads_it(client, person):
    notice = notify(person, "import.done", "5,077 cases are in", "/jobs/", mail=False)
    assert '<span class="count" aria-hidden="true">1</span>' in client.get("/").text
    assert f'action="/notices/{notice.pk}/"' in client.get("/notices/").text
    assert client.post(f"/notices/{notice.pk}/").headers["Location"] == "/jobs/"
    assert '<span class="count" aria-hidden="true">' not in client.get("/").text


def test_looking_at_a_notice_ahead_reads_nothing(client, person):
    notice = notify(person, "import.done", "5,077 cases are in", "/jobs/", mail=False)
    page = client.get("/notices/").text
    for _twice in range(2):
        assert client.get(f"/notices/{notice.pk}/").headers["Location"] == "/jobs/"
    assert not person.notices.exclude(read_at=None).exists()
    assert f'href="/notices/{notice.pk}/"' not in page
    client.post(f"/notices/{notice.pk}/")
    assert person.notices.exclude(read_at=None).count() == 1
    assert 'href="/jobs/"' in client.get("/notices/").text.partition("<main")[2]


def test_all_notices_are_marked_read_at_once(client, person):
    notify(person, "x", "one", mail=False)
    notify(person, "x", "two", mail=False)
    client.post("/notices/")
    assert not person.notices.filter(read_at=None).exists()


def test_notices_of_others_are_not_there(client, person):
    other = Person.objects.create_user("other@example.org", "long enough words")
    notice = notify(other, "x", "secret", mail=False)
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    assert "secret" not in client.get("/notices/").text


@pytest.mark.parametrize("query", ["", "?q=", "?q=てんかん", '?q="<b> OR * NEAR(', "?q=" + "x" * 5000])
def test_search_answers_anything_typed(client, person, query):
    answer = client.get(f"/search/{query}")
    assert answer.status_code == 200
    assert "<b> OR" not in answer.text

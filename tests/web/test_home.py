"""The first page, signed out and signed in, in both languages."""

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people.models import Person


@pytest.fixture
def person(db):
    return Person.objects.create_user("clinic@example.org", "long enough words", name="山田 花子")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_home_signed_out_offers_log_in(client, db, language):
    answer = client.get("/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert "/accounts/login/" in answer.text
    assert f'<html lang="{language}">' in answer.text


def test_home_signed_in_shows_my_work(client, person):
    client.force_login(person)
    assert 'id="waiting"' in client.get("/").text


def test_language_switch_keeps_the_page_and_the_choice(client, person):
    client.force_login(person)
    answer = client.post("/language/", {"language": "en", "next": "/?q=1"})
    assert answer.headers["Location"] == "/?q=1"
    person.refresh_from_db()
    assert person.language == "en"
    assert '<html lang="en">' in client.get("/").text
    assert AuditEntry.objects.filter(action="person.language", subject_id=str(person.pk)).count() == 1


def test_language_the_node_has_not_is_not_kept(client, person):
    client.force_login(person)
    client.post("/language/", {"language": "fr", "next": "/"})
    person.refresh_from_db()
    assert person.language == "ja"

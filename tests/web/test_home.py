"""The first page, signed out and signed in, in both languages."""

import pytest
from django.utils import translation
from django.utils.html import escape

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.web.roles import WORK


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
    text = client.get("/", headers={"accept-language": "en"}).text
    assert 'id="waiting"' in text
    assert "Others have changed nothing that you may see." in text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("role", [*Role])
def test_home_with_nothing_to_show_says_what_one_does_here(client, person, role, language):
    hospital = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    Membership.objects.create(person=person, organisation=hospital, role=role)
    client.force_login(person)
    page = client.get("/", headers={"accept-language": language}).text
    with translation.override(language):
        assert escape(str(WORK[role])) in page
        assert escape(str(role.label)) in page


def test_home_of_someone_without_an_organisation_says_whom_to_ask(client, person):
    client.force_login(person)
    assert "Ask the administrator" in client.get("/", headers={"accept-language": "en"}).text


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


def test_clinician_with_nothing_to_do_begins_with_a_new_case_and_an_auditor_does_not(client, person):
    hospital = Organisation.objects.create(code="h", name="病院", name_en="Hospital", kind="hospital")
    membership = Membership.objects.create(person=person, organisation=hospital, role=Role.CLINICIAN)
    client.force_login(person)
    assert 'class="button primary" href="/cases/new/"' in client.get("/").text
    Membership.objects.filter(pk=membership.pk).update(role=Role.AUDITOR)
    assert "/cases/new/" not in client.get("/").text


def test_log_in_page_leads_to_a_forgotten_password_once(client, db):
    assert client.get("/accounts/login/").text.count("/password/reset/") == 1

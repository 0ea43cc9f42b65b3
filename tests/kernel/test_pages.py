"""The kernel's own pages: people of an organisation, API tokens, the audit trail."""

import json
import re

import pytest
from django.urls import reverse

from kakehashi.kernel import audit
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people.actions import set_password_link
from kakehashi.kernel.people.models import ApiToken, Membership
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.roles import Role

LANGUAGES = ["ja", "en"]


@pytest.fixture
def administrator(hospital, make_person):
    return make_person(hospital, "administrator", name="院長 一郎")


def seen(client, name, *arguments, language="en", **query):
    return client.get(reverse(name, args=arguments), query, headers={"Accept-Language": language})


@pytest.mark.parametrize("language", LANGUAGES)
def test_administrator_sees_the_people_and_invites(client, hospital, administrator, make_person, language):
    make_person(hospital, "clinician", name="山田 花子")
    client.force_login(administrator)
    page = seen(client, "people:list", language=language).content.decode()
    assert "山田 花子" in page
    assert ("Clinician" in page) == (language == "en")
    read = AuditEntry.objects.get(action="people.list", outcome="done")
    assert set(json.loads(read.subject_ids)) == {str(one.person_id) for one in Membership.objects.all()}
    form = {"email": "new@example.org", "name": "新田", "role": "data_manager", "language": "ja"}
    assert client.post(reverse("people:invite"), form).url == reverse("people:list")
    assert Membership.objects.get(person__email="new@example.org").role == "data_manager"


def test_people_beyond_a_thousand_can_be_listed_and_sent_off(client, hospital, administrator, make_person):
    person = make_person(name="千人目")
    Membership.objects.create(pk=12_345, person=person, organisation=hospital, role=Role.CLINICIAN)
    client.force_login(administrator)
    page = seen(client, "people:list").content.decode()
    assert reverse("people:end", args=[12_345]) in page


def test_bad_invitation_is_said_at_the_field(client, administrator):
    client.force_login(administrator)
    form = {"email": "nobody", "name": "", "role": "king", "language": "ja"}
    response = client.post(reverse("people:invite"), form)
    assert set(response.context["form"].errors) == {"email", "name", "role"}


INVITATION = {"email": "new@example.org", "name": "新田", "role": "data_manager", "language": "ja"}
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.mark.parametrize("language", LANGUAGES)
def test_invitation_says_where_mails_lie_when_no_server_sends_them(client, administrator, settings, tmp_path, language):
    client.force_login(administrator)
    said = "mails" if language == "ja" else "no mail server"
    assert said not in seen(client, "people:invite", language=language).content.decode()
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, tmp_path
    assert said in seen(client, "people:invite", language=language).content.decode()


def test_link_of_an_invitation_is_shown_once_where_no_mail_goes_out(client, administrator, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, tmp_path
    client.force_login(administrator)
    answer = client.post(reverse("people:invite"), INVITATION)
    link = re.search(r"http://127.0.0.1:8000(/accounts/password/reset/key/[\w-]+/)", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get(action="person.invitation_link").actor == f"person:{administrator.pk}"
    client.logout()
    assert client.get(link.group(1), follow=True).context["form"].fields["password1"]


def test_link_of_an_invitation_is_kept_back_where_it_could_open_more(
    client, administrator, settings, tmp_path, make_person, request
):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, tmp_path
    client.force_login(administrator)
    make_person(email="known@example.org")
    known = client.post(reverse("people:invite"), INVITATION | {"email": "known@example.org"}).content.decode()
    request.getfixturevalue("other_hospital")
    shared = client.post(reverse("people:invite"), INVITATION).content.decode()
    for page in (known, shared):
        assert "/password/reset/key/" not in page
        assert "mails" in page
    assert not AuditEntry.objects.filter(action="person.invitation_link").exists()


def test_role_is_ended_after_asking(client, hospital, other_hospital, administrator, make_person):
    person, stranger = make_person(hospital, "clinician"), make_person(other_hospital, "clinician")
    membership, foreign = Membership.objects.get(person=person), Membership.objects.get(person=stranger)
    client.force_login(administrator)
    assert seen(client, "people:end", membership.pk).status_code == 200
    assert roles_of(person)
    client.post(reverse("people:end", args=[membership.pk]))
    assert not roles_of(person)
    assert client.post(reverse("people:end", args=[foreign.pk])).status_code == 404
    assert roles_of(stranger)


@pytest.mark.parametrize("role", [*Role])
def test_who_sees_people_and_trail(client, hospital, make_person, role):
    client.force_login(make_person(hospital, role))
    administers, audits = role == Role.ADMINISTRATOR, role in (Role.ADMINISTRATOR, Role.AUDITOR)
    for name, may in (("people:list", administers), ("people:invite", administers), ("audit:list", audits)):
        assert seen(client, name).status_code == (200 if may else 403)
    assert AuditEntry.objects.filter(outcome="refused").count() == 2 * (not administers) + (not audits)


def test_strangers_are_sent_to_log_in(client, db):
    for name in ("people:list", "people:invite", "people:tokens", "audit:list"):
        assert seen(client, name).url.startswith(reverse("account_login"))


def test_trail_shows_ones_own_organisation_only(client, hospital, other_hospital, make_person):
    auditor = make_person(hospital, "auditor")
    audit.record(auditor, "case.read", ("case", 5), organisation=hospital)
    audit.record(auditor, "login", auditor)
    audit.record("person:99", "case.secret", ("case", 6), organisation=other_hospital)
    client.force_login(auditor)
    page = seen(client, "audit:list").content.decode()
    assert "case.read" in page
    assert "login" in page
    assert "case.secret" not in page
    assert "case.secret" not in seen(client, "audit:list", format="csv").content.decode()


def test_token_is_shown_once(client, hospital, make_person):
    client.force_login(make_person(hospital, "clinician"))
    page = client.post(reverse("people:tokens"), {"name": "script", "days": 30})
    secret = re.search(r"kkh_[\w-]{30,}", page.content.decode()).group()
    assert page["Cache-Control"] == "no-store"
    assert secret not in seen(client, "people:tokens").content.decode()
    client.post(reverse("people:revoke", args=[ApiToken.objects.get().pk]))
    assert ApiToken.objects.get().revoked_at is not None
    assert client.post(reverse("people:tokens"), {"name": "", "days": 999}).context["form"].errors


def test_invited_person_is_welcomed_and_led_to_the_log_in(client, hospital, administrator):
    client.force_login(administrator)
    client.post(reverse("people:invite"), INVITATION | {"name_en": "Aratame Nitta"})
    english = {"accept-language": "en"}
    page = seen(client, "people:list", language="en").text
    assert "invited, has not come yet" in page
    assert "Aratame Nitta" in page
    membership = Membership.objects.get(person__email="new@example.org")
    assert client.post(reverse("people:invite_again", args=[membership.pk])).status_code == 302
    link = set_password_link(membership.person).removeprefix("http://127.0.0.1:8000")
    client.logout()
    welcome = client.get(link, follow=True, headers=english)
    for said in ("Welcome, Aratame Nitta", hospital.label("en"), "Data manager", "new@example.org"):
        assert said in welcome.text
    assert "Cancel" not in welcome.text
    words = {"password1": "correct horse battery staple", "password2": "correct horse battery staple"}
    done = client.post(welcome.context["action_url"], words, follow=True, headers=english)
    assert f'href="{reverse("account_login")}">Log in' in done.text
    client.force_login(administrator)
    assert "invited, has not come yet" not in seen(client, "people:list", language="en").text
    assert client.post(reverse("people:invite_again", args=[membership.pk])).status_code == 404

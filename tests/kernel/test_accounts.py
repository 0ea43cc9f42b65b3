"""Logging in: by e-mail address, no open sign-up, limited attempts, no tell-tale answers, everything in the trail."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from click.testing import CliRunner
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from kakehashi.cli import main
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people import actions
from kakehashi.kernel.people.accounts import SocialAccountAdapter, address_hash
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.tokens import make_token, revoke_token

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests():
    cache.clear()


@pytest.fixture
def person(hospital):
    return actions.add_person(
        by=None, email="Hanako@Example.org", organisation=hospital, role="clinician", password=PASSWORD
    )


def log_in(client, email, password):
    return client.post(
        reverse("account_login"), {"login": email, "password": password}, headers={"Accept-Language": "en"}
    )


def test_log_in_by_address_in_any_case_and_out(client, person):
    assert log_in(client, "hanako@example.ORG", PASSWORD).status_code == 302
    assert client.get("/api/me").json()["email"] == "hanako@example.org"
    assert AuditEntry.objects.get(action="login").detail == '{"methods":["password"]}'
    client.post(reverse("account_logout"))
    assert client.get("/api/me").status_code == 401
    assert AuditEntry.objects.filter(action="logout").count() == 1


def test_failed_log_in_is_recorded_without_the_address(client, person):
    log_in(client, person.email, "wrong")
    entry = AuditEntry.objects.get(action="login")
    assert (entry.outcome, entry.actor) == ("refused", "visitor")
    assert address_hash("HANAKO@example.org") in entry.detail
    assert not any("hanako" in str(value).lower() for row in AuditEntry.objects.values() for value in row.values())


def test_unknown_and_known_addresses_get_the_same_answers(client, person):
    def shown(response):
        return re.sub(r'value="[^"]*"', "", response.content.decode())

    assert shown(log_in(client, person.email, "wrong")) == shown(log_in(client, "nobody@example.org", "wrong"))
    answers = [client.post(reverse("account_reset_password"), {"email": a}) for a in (person.email, "no@example.org")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_guessing_is_limited(client, person):
    for _ in range(6):
        response = log_in(client, person.email, "wrong")
    assert "Too many failed login attempts" in response.content.decode()
    assert "Too many" in log_in(client, person.email, PASSWORD).content.decode()


def test_nobody_signs_up(client, db):
    response = client.post(
        reverse("account_signup"), {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert response.status_code == 200
    assert not Person.objects.exists()


def test_who_may_not_log_in_does_not(client, person):
    Person.objects.update(is_active=False)
    log_in(client, person.email, PASSWORD)
    assert client.get("/api/me").status_code == 401


def test_administrator_invites_and_the_link_sets_the_password(
    client, hospital, make_person, django_capture_on_commit_callbacks
):
    administrator = make_person(hospital, "administrator")
    with django_capture_on_commit_callbacks(execute=True):
        invited = actions.invite_person(
            by=administrator, email="new@example.org", organisation=hospital, role="data_manager", name="新田 太郎"
        )
    assert roles_of(invited, hospital) == {"data_manager"}
    message = mail.outbox[0]
    assert message.to == ["new@example.org"]
    assert "北病院" in message.subject
    assert "新田 太郎" in message.body
    path = re.search(r"http://127\.0\.0\.1:8000(\S+)", message.body).group(1)
    form = client.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    done = client.post(where, {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    assert log_in(client, "new@example.org", PASSWORD).status_code == 302
    assert EmailAddress.objects.get(user=invited).verified
    assert client.get(path, follow=True).status_code == 200
    assert AuditEntry.objects.filter(action="person.invite", actor=f"person:{administrator.pk}").exists()


def test_known_person_is_told_of_the_new_organisation(
    hospital, other_hospital, make_person, person, django_capture_on_commit_callbacks
):
    administrator = make_person(other_hospital, "administrator")
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_person(by=administrator, email=person.email, organisation=other_hospital, role="clinician")
    assert "password/reset" not in mail.outbox[0].body
    assert roles_of(person, other_hospital) == {"clinician"}


@pytest.mark.parametrize("role", ["clinician", "auditor", "programme_director"])
def test_only_an_administrator_of_the_organisation_invites(role, hospital, other_hospital, make_person):
    for somebody in (make_person(hospital, role), make_person(other_hospital, "administrator")):
        with pytest.raises(NotAllowed):
            actions.invite_person(by=somebody, email="x@example.org", organisation=hospital, role="clinician")
    assert not Person.objects.filter(email="x@example.org").exists()
    assert AuditEntry.objects.filter(action="person.invite", outcome="refused").count() == 2


def test_membership_ends_at_once(hospital, make_person, person):
    administrator = make_person(hospital, "administrator")
    membership = Membership.objects.get(person=person)
    with pytest.raises(NotAllowed):
        actions.end_membership(membership.pk, by=person)
    Membership.objects.filter(pk=membership.pk).update(since="2020-04-01")
    actions.end_membership(membership.pk, by=administrator)
    assert roles_of(person) == frozenset()
    with pytest.raises(Conflict):
        actions.end_membership(membership.pk, by=administrator)
    actions.grant_role(by=administrator, person=person, organisation=hospital, role="clinician")
    actions.end_membership(Membership.objects.get(person=person, until=None).pk, by=administrator)
    assert roles_of(person) == frozenset()


def test_add_person_names_every_bad_field(hospital):
    with pytest.raises(Invalid) as caught:
        actions.add_person(by=None, email="nobody", organisation=hospital, role="king", password="short")
    assert set(caught.value.problems) == {"email", "role", "password"}
    assert not Person.objects.exists()


def test_single_sign_on_lets_no_stranger_in(db, rf):
    class Login:
        user = Person(email="stranger@example.org")

    with translation.override("en"):
        assert SocialAccountAdapter().is_open_for_signup(rf.get("/"), Login()) is False
    assert AuditEntry.objects.get().outcome == "refused"


def test_second_step_is_asked_for(client, person):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(person, generate_totp_secret())
    response = log_in(client, person.email, PASSWORD)
    assert response.url.startswith(reverse("mfa_authenticate"))
    assert client.get("/api/me").status_code == 401
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert AuditEntry.objects.filter(action="login.second_step", outcome="refused").exists()
    assert not AuditEntry.objects.filter(action="login").exists()


def test_second_step_lets_in_by_code_and_by_recovery_code(client, person):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    recovery = RecoveryCodes.activate(person).get_unused_codes()[0]
    for code in (format_hotp_value(hotp_value(secret, int(time.time()) // 30)), recovery):
        log_in(client, person.email, PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get("/api/me").status_code == 200
        client.post(reverse("account_logout"))
    details = AuditEntry.objects.filter(action="login").values_list("detail", flat=True)
    assert list(details) == ['{"methods":["mfa","password"]}'] * 2
    log_in(client, person.email, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": recovery})
    assert client.get("/api/me").status_code == 401, "a recovery code works once"


def test_locked_person_is_out_at_once(client, person):
    log_in(client, person.email, PASSWORD)
    assert client.get("/api/me").status_code == 200
    actions.lock_person(person, by=None)
    assert client.get("/api/me").status_code == 401


def test_new_password_ends_other_sessions(client, person):
    log_in(client, person.email, PASSWORD)
    actions.set_password(person, by=None, password="another long password")
    assert client.get("/api/me").status_code == 401


def test_operators_new_password_ends_the_api_tokens_too(client, person, hospital):
    tokens = [make_token(by=person, organisation=hospital, name=name) for name in "ab"]
    revoke_token(tokens[0][0].pk, by=person)
    told = CliRunner().invoke(main, ["people", "password", person.email], input="another long password\n")
    assert "1" in told.output.partition("API")[2]
    assert client.get("/api/me", headers={"Authorization": f"Bearer {tokens[1][1]}"}).status_code == 401
    revoked = AuditEntry.objects.filter(action="token.revoke").values_list("actor", "subject_id", "organisation")
    assert list(revoked)[1:] == [("system", str(tokens[1][0].pk), str(hospital.pk))]


@pytest.mark.parametrize("action", ["set_password", "lock_person", "unlock_person", "add_person"])
def test_what_is_the_operators_is_refused_to_people(hospital, other_hospital, make_person, action):
    administrator, person = make_person(hospital, "administrator"), make_person(hospital, "clinician")
    tried = {
        "set_password": lambda: actions.set_password(person, by=administrator, password="another long password"),
        "lock_person": lambda: actions.lock_person(person, by=administrator),
        "unlock_person": lambda: actions.unlock_person(person, by=administrator),
        "add_person": lambda: actions.add_person(  # administrators may, for their own organisation alone
            by=administrator, email="n@example.org", organisation=other_hospital, role="clinician"
        ),
    }
    with pytest.raises(NotAllowed):
        tried[action]()
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(PASSWORD)
    assert not Person.objects.filter(email="n@example.org").exists()
    assert AuditEntry.objects.filter(outcome="refused").count() == 1

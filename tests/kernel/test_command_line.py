"""``kakehashi organisations``, ``people`` and ``audit``: what they print, and their exit codes."""

import json

import pytest
from click.testing import CliRunner
from django.db import connection

from kakehashi.cli import main
from kakehashi.kernel import audit
from kakehashi.kernel.audit import triggers
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people.models import Person


@pytest.fixture
def kakehashi(db, monkeypatch):
    """kakehashi("people", "list", …) → click's result."""
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    return lambda *arguments, **rest: CliRunner().invoke(main, arguments, **rest)


def test_operator_sets_up_organisation_and_people(kakehashi):
    added = kakehashi("organisations", "add", "KITA", "--name", "北病院", "--name-en", "North", "--erad", "1234567890")
    assert (added.exit_code, added.output) == (0, "Registered KITA.\n")
    arguments = ["people", "add", "a@example.org", "--organisation", "KITA", "--role", "clinician", "--password-stdin"]
    assert kakehashi(*arguments, input="correct horse battery\n").exit_code == 0
    assert Person.objects.get().check_password("correct horse battery")
    listed = json.loads(kakehashi("people", "list", "--organisation", "KITA", "--format", "json").output)
    assert [(row["email"], row["role"]) for row in listed] == [("a@example.org", "clinician")]
    read = AuditEntry.objects.get(action="people.list")
    assert (read.actor, read.subject_id) == ("command-line", str(Person.objects.get().pk))
    assert "北病院" in kakehashi("organisations", "list").output
    assert audit.verify().intact


def test_operator_is_told_where_the_mail_of_an_invitation_lies(kakehashi, settings, tmp_path):
    kakehashi("organisations", "add", "KITA", "--name", "北病院")
    arguments = ["people", "add", "a@example.org", "--organisation", "KITA", "--role", "clinician"]
    assert str(tmp_path) not in kakehashi(*arguments).output
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    assert str(tmp_path) in kakehashi(*arguments[:-1], "auditor").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["organisations", "add", "K K", "--name", "x"], "code: Use letters"),
        (["people", "add", "x", "--organisation", "NONE", "--role", "clinician"], "Organisation NONE was not found"),
        (["people", "list", "--organisation", "NONE"], "Organisation NONE was not found"),
    ],
)
def test_bad_input_ends_with_two_and_says_what_is_wrong(kakehashi, arguments, said):
    result = kakehashi(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_audit_verify_says_what_is_wrong_in_both_languages(kakehashi, monkeypatch):
    audit.record_many([audit.entry(None, "step", ("case", n)) for n in range(3)])
    assert kakehashi("audit", "verify").output == "3 entries, unbroken.\n"
    triggers.remove(connection)
    AuditEntry.objects.filter(pk=2).update(actor="person:9")
    result = kakehashi("audit", "verify")
    assert result.exit_code == 1
    assert "Entry 2 was changed or forged" in result.output
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "ja")
    assert "記録 2 は改変" in kakehashi("audit", "verify").output
    assert json.loads(kakehashi("audit", "verify", "--format", "json").output)["findings"][0]["sequence"] == 2


def test_audit_list_filters(kakehashi):
    audit.record("person:1", "case.edit", ("case", 5), detail={"findings": 2})
    audit.read_of("person:2", "case", [5, 6])
    audit.refused("person:2", "case.edit", ("case", 6))
    assert len(kakehashi("audit", "list").output.splitlines()) == 3
    assert len(kakehashi("audit", "list", "--subject", "case:5").output.splitlines()) == 2
    assert len(kakehashi("audit", "list", "--refused").output.splitlines()) == 1
    row = json.loads(kakehashi("audit", "list", "--actor", "person:1", "--format", "jsonl").output)
    assert (row["subject"], row["detail"]) == ("case:5", {"findings": 2})
    assert kakehashi("audit", "list", "--subject", "case").exit_code == 2


def test_audit_list_takes_the_names_that_people_know(kakehashi):
    kakehashi("organisations", "add", "KITA", "--name", "北病院")
    arguments = ["people", "add", "a@example.org", "--organisation", "KITA", "--role", "clinician", "--password-stdin"]
    kakehashi(*arguments, input="correct horse battery\n")
    number = Person.objects.get().pk
    audit.record(f"person:{number}", "login", ("person", number))
    by_number = kakehashi("audit", "list", "--subject", f"person:{number}").output
    assert by_number
    for said in ("person:A@example.org", "a@example.org"):
        assert kakehashi("audit", "list", "--subject", said).output == by_number
    assert len(kakehashi("audit", "list", "--actor", "person:a@example.org").output.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--subject", "case:K-AAAAAAAAAAAA"], "holds no case:K-AAAAAAAAAAAA"),
        (["--subject", "person:nobody@example.org"], "holds no person:nobody@example.org"),
        (["--subject", "case:99999999999999999999999"], "holds no case:9"),
        (["--actor", "person:nobody@example.org"], "holds no person:nobody@example.org"),
        (["--action", "case.edt"], "near it: case.edit"),
        (["--action", "zzzzzzzzz"], "no action zzzzzzzzz"),
    ],
)
def test_audit_list_says_what_it_does_not_know(kakehashi, arguments, said):
    audit.record("person:1", "case.edit", ("case", 5))
    result = kakehashi("audit", "list", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())


def test_operator_locks_unlocks_and_resets(kakehashi):
    kakehashi("organisations", "add", "KITA", "--name", "北病院")
    add = ["people", "add", "a@example.org", "--organisation", "KITA", "--role", "clinician", "--password-stdin"]
    kakehashi(*add, input="correct horse battery\n")
    assert "password is unchanged" in kakehashi(*add, input="another long password\n").output
    assert kakehashi("people", "password", "a@example.org", input="short\n").exit_code == 2
    assert kakehashi("people", "password", "A@example.org", input="another long password\n").exit_code == 0
    assert Person.objects.get().check_password("another long password")
    assert kakehashi("people", "lock", "a@example.org").exit_code == 0
    assert not Person.objects.get().is_active
    assert [row["state"] for row in json.loads(kakehashi("people", "list", "--format", "json").output)] == ["locked"]
    assert "locked" in kakehashi("people", "list").output
    assert kakehashi("people", "unlock", "a@example.org").exit_code == 0
    assert Person.objects.get().is_active
    end = ["people", "end", "a@example.org", "--organisation", "KITA", "--role", "clinician"]
    assert [kakehashi(*end).exit_code, kakehashi(*end).exit_code] == [0, 2]
    assert kakehashi("people", "lock", "b@example.org").exit_code == 2
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"person.lock", "person.unlock", "person.password", "membership.end"} <= actions

"""The audit trail as auditors read it: in words, narrowed, checked, and only what is their organisation's."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

import kakehashi
from kakehashi.kernel import audit
from kakehashi.kernel.audit import triggers
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.audit.rules import entries_of
from kakehashi.kernel.audit.verbs import KINDS, VERBS, WHOLE, action_label
from kakehashi.kernel.audit.writing import Entry, record_many
from kakehashi.kernel.people.models import Membership


@pytest.fixture
def auditor(hospital, make_person):
    return make_person(hospital, "auditor", name="監査 一郎")


@pytest.fixture
def read(client, auditor):
    client.force_login(auditor)

    def get(language="en", **query):
        return client.get(reverse("audit:list"), query, headers={"accept-language": language}).content.decode()

    return get


def rows_of(page):
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_people_and_things_are_called_by_their_names(read, auditor, hospital, make_person):
    person = make_person(hospital, "clinician", name="山田 花子")
    audit.record(person, "person.language", person, organisation=hospital)
    audit.record("system", "organisation.register", hospital, organisation=hospital)
    audit.record("command-line", "storedfile.read", ("storedfile", 7), organisation=hospital)
    rows = rows_of(read())
    assert rows.count("山田 花子") == 2
    assert f"person:{person.pk}" not in rows
    for words in (
        "North Hospital",
        "this node itself",
        "the node&#x27;s operator",
        "file 7",
        "person: language changed",
    ):
        assert words in rows, words
    assert "利用者" not in rows
    assert "北病院" in rows_of(read("ja"))


def test_names_of_other_organisations_people_are_kept_back(read, auditor, hospital, other_hospital, make_person):
    stranger = make_person(other_hospital, "clinician", name="秘密 太郎")
    audit.record(auditor, "person.read", stranger, organisation=hospital)
    rows = rows_of(read())
    assert "秘密" not in rows
    assert f"person {stranger.pk}" in rows


def test_long_lists_are_folded_and_whole_in_the_csv(read, auditor, hospital):
    audit.read_of(auditor, "case", range(1, 5078), organisation=hospital)
    rows = rows_of(read(action="case.read"))
    assert "and 5,074 more" in rows
    assert len(rows) < 10_000
    text = read(format="csv", action="case.read", columns=["subject", "ids"])
    assert "case 1, case 2, case 3 and 5,074 more" in text
    assert text.rstrip().endswith("5075 5076 5077")


def test_trail_is_narrowed_by_person_action_day_and_outcome(read, auditor, hospital, make_person):
    person = make_person(hospital, "clinician", name="山田 花子")
    long_ago = datetime(2025, 3, 1, 12, tzinfo=UTC)
    made = {"organisation": str(hospital.pk), "subject_type": "case"}
    record_many(
        [
            Entry(f"person:{person.pk}", "case.read", subject_id="11", at=long_ago, **made),
            Entry(f"person:{person.pk}", "case.edit", subject_id="12", outcome="refused", **made),
            Entry(f"person:{auditor.pk}", "case.read", subject_id="13", **made),
        ]
    )

    def shown(**query):
        rows = rows_of(read(**query))
        return {number for number in ("11", "12", "13") if f"case {number}" in rows}

    assert shown() == {"11", "12", "13"}
    assert shown(who=f"person:{person.pk}") == {"11", "12"}
    assert shown(action="case.read") == {"11", "13"}
    assert shown(outcome="refused") == {"12"}
    assert shown(to="2025-03-02") == {"11"}
    assert shown(**{"from": "2025-03-02"}) == {"12", "13"}
    assert shown(who=f"person:{person.pk}", action="case.read", to="2025-03-01") == {"11"}
    assert '<option value="case.read"' in read()


def test_what_someone_did_for_none_is_seen_by_those_they_belonged_to_then(hospital, other_hospital, make_person):
    person = make_person()
    today = timezone.localdate()
    Membership.objects.create(
        person=person, organisation=hospital, role="clinician", since=today - timedelta(30), until=today - timedelta(20)
    )
    Membership.objects.create(person=person, organisation=other_hospital, role="clinician", since=today - timedelta(10))
    now = timezone.now()
    actor = f"person:{person.pk}"
    days = {"before": 40, "there": 25, "between": 15, "elsewhere": 5}
    record_many([Entry(actor, f"login.{name}", at=now - timedelta(number)) for name, number in days.items()])
    record_many([Entry(actor, "case.read", organisation=str(hospital.pk), at=now - timedelta(25))])
    assert {one.action for one in entries_of(hospital)} == {"login.there", "case.read"}
    assert {one.action for one in entries_of(other_hospital)} == {"login.elsewhere"}


def test_result_of_a_check_is_said_plainly(client, read, auditor, hospital):
    audit.record(auditor, "case.read", ("case", 5), organisation=hospital)
    answer = client.post(reverse("audit:verify"), headers={"accept-language": "en"}, follow=True)
    assert "The trail holds: all" in answer.content.decode()
    assert AuditEntry.objects.get(action="audit.verify").detail.startswith('{"entries":')
    triggers.remove(connection)
    AuditEntry.objects.filter(action="case.read").update(subject_id="6")
    triggers.install(connection)
    page = client.post(reverse("audit:verify"), headers={"accept-language": "en"}, follow=True).content.decode()
    assert "The trail is broken. Entries: " in page
    assert "what does not fit: 1." in page
    assert 'role="alert"' in page


def test_check_is_for_those_who_may_read_the_trail(client, hospital, make_person):
    client.force_login(make_person(hospital, "clinician"))
    assert client.post(reverse("audit:verify")).status_code == 403
    assert client.get(reverse("audit:verify")).status_code == 405
    assert AuditEntry.objects.get(action="audit.verify").outcome == "refused"


def test_reading_the_trail_is_recorded(read, auditor, hospital):
    audit.record(auditor, "case.read", ("case", 5), organisation=hospital)
    read()
    assert AuditEntry.objects.get(action="audit.read").detail.startswith('{"entries":')


def test_every_action_of_the_code_has_words():
    code = "\n".join(path.read_text() for path in Path(kakehashi.__file__).parent.rglob("*.py"))
    written = re.findall(r'(?:audit\.\w+|record|refused|insist|read_of)\([^\n]*?"([a-z_]+\.[a-z_.]+)"', code)
    written += re.findall(r'action="([a-z_]+\.[a-z_.]+)"', code)
    assert len(set(written)) > 30
    assert not [one for one in sorted(set(written)) if action_label(one) == one]
    assert set(KINDS).isdisjoint(WHOLE)
    assert all(VERBS.values())

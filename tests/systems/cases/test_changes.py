"""My work is not flooded: many changes alike are one line that leads to their list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kakehashi.systems.cases.actions import edit_case, enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.queries import changes_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(hospital, make_person):
    return make_person(hospital, "data_manager", name="南野 薫")


def entered(by, hospital, number, prefix="N"):
    described = Description(findings=(Finding(term="HP:0001250"),))
    return [
        enter_case(by=by, organisation=hospital, local_id=f"{prefix}-{one}", description=described, register=True)
        for one in range(number)
    ]


def said(person, language="en"):
    with translation.override(language):
        changes = list(changes_for(person, timezone.now() - timedelta(days=7)))
        return [str(one.text) for one in changes], [one.link for one in changes]


def test_many_changes_alike_are_one_line_to_their_list(client, clinician, colleague, hospital):
    first, *others = entered(colleague, hospital, 41)
    morning = (timezone.localtime() - timedelta(days=1)).replace(hour=9, minute=14)
    Revision.objects.update(at=morning)
    Revision.objects.filter(case=first).update(at=morning.replace(minute=12))
    Case.objects.filter(pk__in=[one.pk for one in (first, *others)]).update(changed_at=morning)
    (text,), (link,) = said(clinician)
    assert text == "41 cases: State changed (Registered), by 南野 薫, 09:12–09:14"
    (japanese,), _links = said(clinician, "ja")
    assert japanese.startswith("41件の症例")
    client.force_login(clinician)
    page = client.get(link, headers={"accept-language": "en"}).text
    assert "1–41 of 41" in page
    assert client.get("/", headers={"accept-language": "en"}).text.count("cases: State changed") == 1


def test_list_is_narrowed_to_days(client, clinician, colleague, hospital):
    old, new = entered(colleague, hospital, 2)
    Case.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=40))
    client.force_login(clinician)
    today = f"{timezone.localdate():%Y-%m-%d}"
    page = client.get("/cases/", {"from": today}).text
    assert new.public_id in page
    assert old.public_id not in page
    assert f'type="date" id="filter-from" name="from" value="{today}"' in page
    for wrong in ("soon", "2026-02-31", "2026-13-01"):
        assert old.public_id in client.get("/cases/", {"from": wrong}).text


def test_few_changes_are_said_one_by_one_and_ones_own_not_at_all(clinician, colleague, hospital):
    mine = entered(clinician, hospital, 5, "M")
    first, *_rest = theirs = entered(colleague, hospital, 2)
    edited = first.described.model_copy(update={"note": "seen again"})
    edit_case(by=colleague, case=first, description=edited, from_revision=2)
    texts, links = said(clinician)
    assert links == [f"/cases/{case.public_id}/" for case in theirs]
    assert any("Edited" in text for text in texts)
    assert not [text for text in texts for case in mine if case.public_id in text]


def test_changes_of_other_hospitals_are_not_counted(clinician, other_hospital, make_person):
    entered(make_person(other_hospital, "clinician"), other_hospital, 5)
    assert said(clinician) == ([], [])


def test_changes_said_one_by_one_are_read_together(clinician, colleague, hospital):
    cases = entered(colleague, hospital, 6)
    for number, case in enumerate(cases):  # of other days: a group each
        Revision.objects.filter(case=case).update(at=timezone.now() - timedelta(days=number, minutes=1))
    since = timezone.now() - timedelta(days=7)
    with CaptureQueriesContext(connection) as of_six:
        changes = list(changes_for(clinician, since))
    assert [one.link for one in changes] == [f"/cases/{case.public_id}/" for case in cases]
    Revision.objects.filter(case__in=cases[1:]).update(at=since - timedelta(days=1))
    with CaptureQueriesContext(connection) as of_one:
        assert len(list(changes_for(clinician, since))) == 1
    assert len(of_six) == len(of_one)
    assert not [one["sql"] for one in of_six if "description" in one["sql"]]

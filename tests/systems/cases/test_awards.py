"""The award that paid for a case: who names it, in which states, and what it counts then."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import withdraw_case
from kakehashi.systems.cases.awards import set_award
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.public import record_diagnosis, reopen_diagnosis
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.models import Output
from kakehashi.systems.portfolio.public import count_results
from tests.systems.cases.test_importing import packet, read

pytestmark = pytest.mark.django_db
JOUBERT = NewDiagnosis(disease="OMIM:213300", evidence="seen in the family")


@pytest.fixture
def awards(hospital, other_hospital):
    """Two awards: one of the case's own hospital, one of another."""
    days = {"begins": timezone.localdate().replace(month=1, day=1), "ends": timezone.localdate()}
    return [
        register_award(
            by=None, number=number, title=f"課題{number}", title_en=f"Award {number}", organisation=of, **days
        )
        for number, of in (("JP26A", hospital), ("JP26B", other_hospital))
    ]


def counts(awards):
    return [count_results(one.pk) for one in awards]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("at_home", [True, False])
def test_who_may_name_it(role, at_home, case, hospital, other_hospital, make_person, awards):
    person = make_person(hospital if at_home else other_hospital, role)
    if at_home and role in (Role.CLINICIAN, Role.DATA_MANAGER):
        named = set_award(by=person, case=case, number=" JP26B ")
        assert (named.award, named.revision, named.revisions.first().kind) == (awards[1], case.revision + 1, "award")
        assert AuditEntry.objects.filter(action="case.award").count() == 1
        assert set_award(by=person, case=case, number="JP26B").revision == named.revision
        assert AuditEntry.objects.filter(action="case.award").count() == 1
    else:
        with pytest.raises(NotAllowed):
            set_award(by=person, case=case, number="JP26A")
        assert Case.objects.get(pk=case.pk).award is None


def test_a_draft_may_name_one_and_a_withdrawn_case_may_not(draft, case, clinician, awards):
    assert set_award(by=clinician, case=draft, number="JP26A").award == awards[0]
    assert set_award(by=clinician, case=draft, number="").award is None
    withdraw_case(by=clinician, case=case, note="asked for")
    with pytest.raises(Conflict):
        set_award(by=clinician, case=case, number="JP26A")


def test_an_unknown_number_says_what_to_do(case, clinician):
    with pytest.raises(Invalid) as caught:
        set_award(by=clinician, case=case, number="JP99")
    assert "JP99" in caught.value.detail
    assert "kakehashi awards add" in caught.value.detail


def test_diagnoses_count_for_the_award_that_is_named_and_move_with_it(
    case, clinician, awards, django_capture_on_commit_callbacks
):
    def done(action, **said):
        with django_capture_on_commit_callbacks(execute=True):
            return action(by=clinician, **said)

    row = done(record_diagnosis, case_id=case.pk, diagnosis=JOUBERT)
    assert not Output.objects.exists()
    done(set_award, case=case, number="JP26A")
    assert counts(awards) == [1, 0]
    done(set_award, case=case, number="JP26B")
    assert counts(awards) == [0, 1]
    with pytest.raises(Invalid):
        done(set_award, case=case, number="")
    done(reopen_diagnosis, diagnosis_id=row.pk, reason="another gene")
    assert counts(awards) == [0, 0]
    done(set_award, case=case, number="JP26A")
    assert Output.objects.get().awards.get() == awards[1]  # what was taken back stays where it counted


def test_an_import_names_it_for_new_cases_and_for_known_ones_without(hospital, awards):
    first, second = packet(1), packet(2)
    import_packets(read(first), by=None, organisation=hospital)
    for _twice in range(2):
        done = import_packets(read(first, second), by=None, organisation=hospital, award="JP26A")
    assert (done.unchanged, done.new) == (2, 0)
    assert set(Case.objects.values_list("local_id", "award__number", "revision")) == {
        ("PMID_1_1", "JP26A", 2),
        ("PMID_1_2", "JP26A", 1),
    }
    import_packets(read(first, second), by=None, organisation=hospital, award="JP26B")
    assert Case.objects.filter(award=awards[0]).count() == 2
    with pytest.raises(Invalid):
        import_packets(read(first, second), by=None, organisation=hospital, award="JP99")


def test_the_sharing_page_names_it_and_shows_its_title(client, case, hospital, clinician, make_person, awards):
    client.force_login(clinician)
    page, form = reverse("cases:sharing", args=[case.public_id]), reverse("cases:award", args=[case.public_id])
    english = {"accept-language": "en"}
    shown = client.get(page, headers=english).text
    assert "No award is named." in shown
    assert '<option value="JP26A">' in shown
    assert "JP26B" not in shown
    refused = client.post(form, {"number": "JP99"}, headers=english)
    assert (refused.status_code, "JP99" in refused.text) == (422, True)
    assert client.post(form, {"number": "JP26A"}).status_code == 302
    assert "Award JP26A" in client.get(page, headers=english).text
    assert "課題JP26A" in client.get(page, headers={"accept-language": "ja"}).text
    client.force_login(make_person(hospital, "auditor"))
    shown = client.get(page, headers=english).text
    assert "Award JP26A" in shown
    assert form not in shown
    assert client.post(form, {"number": ""}).status_code == 403


def test_the_api_names_it(client, case, clinician, awards):
    client.force_login(clinician)
    put = lambda number: client.put(  # noqa: E731
        f"/api/cases/{case.public_id}/award", {"number": number}, content_type="application/json"
    )
    assert put("JP26A").json()["award"] == "JP26A"
    assert put("JP99").status_code == 422
    assert client.get(f"/api/cases/{case.public_id}").json()["award"] == "JP26A"
    assert put("").json()["award"] == ""


def test_withdrawn_case_counts_no_more_until_it_is_brought_back(
    case, clinician, hospital, make_person, awards, django_capture_on_commit_callbacks
):
    def told(step, **said):
        with django_capture_on_commit_callbacks(execute=True):
            step(by=clinician, **said)
        return counts(awards)

    manager = make_person(hospital, "data_manager")
    set_award(by=clinician, case=case, number="JP26A")
    assert told(record_diagnosis, case_id=case.pk, diagnosis=JOUBERT) == [1, 0]
    for _time in range(2):
        assert told(withdraw_case, case=case, note="asked for") == [0, 0]
        with django_capture_on_commit_callbacks(execute=True):
            advance(case, "restore", by=manager, note="a mistake")
        assert counts(awards) == [1, 0]
    assert Output.objects.count() == 1

"""Whoever has the next step of a case hears of it, finds it among what waits, and reads what they were asked."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.sharing.actions import join_network
from kakehashi.kernel.sharing.models import NetworkMember, NetworkRole
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course import analyses, committee
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.course.states import ReviewDecision
from kakehashi.systems.cases.course.waiting import waiting_for
from kakehashi.systems.cases.models import Analysis, Case
from kakehashi.systems.cases.queries import case_for

pytestmark = pytest.mark.django_db
NOTE = "Please look at CEP290 first."


@pytest.fixture
def centre(hub):
    made = Organisation.objects.create(code="KAISEKI", name="解析センター", name_en="Analysis Centre")
    network = NetworkMember.objects.filter(organisation=hub).get().network
    join_network(by=None, network=network, organisation=made, role=NetworkRole.ANALYSIS)
    return made


@pytest.fixture
def analyst(centre, make_person):
    return make_person(centre, "researcher")


@pytest.fixture
def colleague(hospital, make_person):
    return make_person(hospital, "clinician")


@pytest.fixture
def member(hub, make_person):
    return make_person(hub, "diagnosis_committee")


@pytest.fixture
def analysed(case, clinician, centre, analyst):
    analyses.send_for_analysis(by=clinician, case=case, centre=centre, note=NOTE)
    analyses.record_analysis(by=analyst, case=case, result="one candidate")
    case.refresh_from_db()
    return case


@pytest.fixture
def review(analysed, clinician, hub, member):
    return committee.open_review(by=clinician, case=analysed, committee=hub)


def told(person):
    return list(Notice.objects.filter(person=person, kind="case.course").values_list("text_ja", "text_en", "link"))


def lines(person, case):
    link = reverse("cases:course", args=[case.public_id])
    return [str(one.text) for one in waiting_for(person) if one.link == link]


def test_registrant_is_told_that_the_centre_is_done(analysed, clinician, analyst, colleague, make_person, hospital):
    number = analysed.public_id
    link = reverse("cases:course", args=[number])
    assert told(clinician) == [
        (f"症例 {number} の解析が完了しました。", f"The analysis of case {number} is done.", link)
    ]
    assert told(analyst) == told(colleague) == told(make_person(hospital, "auditor")) == []


def test_nobody_is_told_of_their_own_step(case, clinician, colleague):
    analyses.send_for_analysis(by=clinician, case=case)
    analyses.record_analysis(by=clinician, case=case, result="x")
    assert told(clinician) == told(colleague) == []


def test_where_the_registrant_has_left_their_colleagues_are_told(case, clinician, colleague, centre, analyst):
    analyses.send_for_analysis(by=clinician, case=case, centre=centre)
    Membership.objects.filter(person=clinician).delete()
    analyses.record_analysis(by=analyst, case=case, result="x")
    assert (len(told(clinician)), len(told(colleague))) == (0, 1)


def test_registrant_and_who_asked_are_told_of_the_decision(review, clinician, member, colleague):
    diagnosis = NewDiagnosis(disease="ORPHA:475")
    committee.decide(by=member, review=review, decision=ReviewDecision.DIAGNOSED, note="fits", diagnosis=diagnosis)
    assert told(clinician)[0][1] == f"The diagnosis committee has decided on case {review.case.public_id}."
    assert "診断" in told(clinician)[0][0]
    assert told(member) == told(colleague) == []
    assert lines(clinician, review.case) == []


def test_analysed_case_waits_for_its_registrant_and_in_one_line_for_colleagues(
    analysed, clinician, colleague, analyst, member, make_person, hospital
):
    assert lines(clinician, analysed) == [f"症例 {analysed.public_id} の解析が完了"]
    shared = [one for one in waiting_for(colleague) if "state=analysed" in one.link]
    assert [str(one.text)[-1] for one in shared] == ["1"]
    for person in (analyst, member, make_person(hospital, "auditor"), make_person()):
        assert lines(person, analysed) == []
        assert not [one for one in waiting_for(person) if "state=analysed" in one.link]


def test_with_the_committee_it_waits_for_its_members(review, clinician, colleague, member):
    assert lines(clinician, review.case) == []
    assert not [one for one in waiting_for(colleague) if "state=analysed" in one.link]
    assert len(lines(member, review.case)) == 1


def test_case_to_be_analysed_again_waits_for_its_hospital(review, clinician, member, colleague):
    committee.decide(by=member, review=review, decision=ReviewDecision.ANALYSE_AGAIN, note="whole genome")
    case = review.case
    assert len(lines(clinician, case)) == len(lines(colleague, case)) == 1
    assert lines(member, case) == []
    case.refresh_from_db()
    advance(case, "call_back", by=clinician, note="to be sent to the centre")
    analyses.send_for_analysis(by=clinician, case=case)
    assert lines(clinician, case) == []


def test_what_the_committee_asked_for_is_sent_as_it_stands(review, client, clinician, member, centre, analyst):
    """The grounds are the committee's: told once, and no note to the centre; until it is sent nobody says it was."""
    committee.decide(by=member, review=review, decision=ReviewDecision.ANALYSE_AGAIN, note="for the genome")
    case = Case.objects.get(pk=review.case_id)
    wanted = analyses.open_analysis(case)
    assert (wanted.note, wanted.yet_to_be_sent, wanted.review) == ("", True, review)
    with pytest.raises(NotAllowed):
        analyses.send_for_analysis(by=member, case=case, centre=centre)
    client.force_login(clinician)
    here = reverse("cases:course", args=[case.public_id])
    step = reverse("cases:course_step", args=[case.public_id, "send_for_analysis"])
    before = client.get(here, headers={"accept-language": "en"}).text
    assert "not sent yet" in before
    assert "not one of the network" not in before.partition("What happened")[0]
    assert before.count("for the genome") == 1
    assert step in before
    assert "診断委員会の依頼による解析" in client.get(here, headers={"accept-language": "ja"}).text
    sent = {"centre": centre.code, "kind": "genome", "sent_on": timezone.localdate(), "note": NOTE}
    assert client.post(step, sent).status_code == 302
    found = analyses.open_analysis(case)
    assert (found.pk, found.centre, found.kind, found.note) == (wanted.pk, centre, "genome", NOTE)
    assert case_for(analyst, case.public_id) == case
    assert step not in client.get(here).text
    assert lines(clinician, case) == []
    with pytest.raises(Conflict):
        analyses.send_for_analysis(by=clinician, case=case, centre=centre)


@pytest.mark.parametrize("named", [True, False])
def test_who_sits_on_the_committee_and_sends_is_asked_no_more_once_it_is_sent(
    analysed, hospital, clinician, centre, named
):
    Membership.objects.create(person=clinician, organisation=hospital, role="diagnosis_committee")
    review = committee.open_review(by=clinician, case=analysed, committee=hospital)
    committee.decide(by=clinician, review=review, decision=ReviewDecision.ANALYSE_AGAIN, note="whole genome")
    case = Case.objects.get(pk=analysed.pk)
    assert len(lines(clinician, case)) == 1
    analyses.send_for_analysis(by=clinician, case=case, centre=centre if named else None)
    assert lines(clinician, case) == []
    analyses.record_analysis(by=clinician, case=case, result="x")


def as_before(review):
    """The analysis that a committee asked for as it was kept before it was told apart (migration 0017)."""
    Analysis.objects.filter(review=review).update(review=None, sent_by=review.decided_by, note=review.note)


@pytest.mark.parametrize("sent", [None, "later", "to a centre", "called back and sent"])
def test_what_a_committee_asked_for_before_it_was_told_apart_still_waits(review, clinician, member, centre, sent):
    decided = committee.decide(by=member, review=review, decision=ReviewDecision.ANALYSE_AGAIN, note="whole genome")
    case = Case.objects.get(pk=review.case_id)
    as_before(decided)
    rows = Analysis.objects.filter(case=case, done_on=None, called_back_on=None)
    if sent == "later":
        rows.update(sent_on=timezone.localdate() + timedelta(days=1))
    elif sent == "to a centre":
        rows.update(centre=centre)
    elif sent == "called back and sent":
        advance(case, "call_back", by=clinician, note="to be sent to the centre")
        analyses.send_for_analysis(by=clinician, case=case)
        rows.update(sent_by=member)
    assert lines(clinician, case) == []
    import_module("kakehashi.systems.cases.migrations.0019_analyses_asked_for_before").keep_as_asked_for(apps, None)
    if sent:
        assert lines(clinician, case) == []
        assert analyses.asked_for(case) is None
        return
    assert len(lines(clinician, case)) == 1
    wanted = analyses.asked_for(case)
    assert (wanted.review, wanted.note) == (decided, "")
    analyses.send_for_analysis(by=clinician, case=case, centre=centre)
    assert lines(clinician, case) == []


def test_many_analysed_cases_are_ten_lines_and_one(analysed, hospital, clinician, worked_example):
    for number in range(11):
        made = enter_case(
            by=clinician, organisation=hospital, local_id=f"M-{number}", description=worked_example, register=True
        )
        analyses.send_for_analysis(by=clinician, case=made)
        analyses.record_analysis(by=clinician, case=made, result="x")
    found = [str(one.text) for one in waiting_for(clinician) if "解析" in str(one.text)]
    assert len(found) == 11
    assert found[-1].endswith("2")


def test_note_stands_where_the_centre_works(client, case, clinician, centre, analyst):
    client.force_login(clinician)
    sent = {"kind": "exome", "sent_on": "2026-01-05", "centre": centre.code, "note": NOTE}
    client.post(reverse("cases:course_step", args=[case.public_id, "send_for_analysis"]), sent)
    client.force_login(analyst)
    addresses = [reverse("cases:course", args=[case.public_id])]
    addresses += [reverse("cases:course_step", args=[case.public_id, step]) for step in ("received", "record_analysis")]
    for address in addresses:
        for language in ("ja", "en"):
            page = client.get(address, headers={"accept-language": language}).text
            assert NOTE in page, address
            assert {"ja": "解析センターへの連絡", "en": "Note to the analysis centre"}[language] in page

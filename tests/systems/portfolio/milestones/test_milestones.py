"""Milestones: evidence and reasons at the stage gates, what is overdue and for whom it waits."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.milestones.actions import (
    change_milestone,
    overdue,
    plan_milestone,
    show_evidence,
    waiting_for,
)
from kakehashi.systems.portfolio.models import Appointment, Award, Milestone, Programme, Revision
from tests.systems.portfolio.adjustment.funds import make_awards, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    return make_awards(1)[0]


@pytest.fixture
def milestone(award):
    return Milestone.objects.create(award=award, name="First in human", criteria="Dosed", due=date(2020, 3, 31))


def test_go_needs_evidence_and_every_decision_its_reason(milestone):
    director = someone(Role.PROGRAMME_DIRECTOR)
    with pytest.raises(Conflict):
        advance(milestone, "go", by=director, note="x")
    with pytest.raises(Invalid):
        advance(milestone, "hold", by=director)
    advance(milestone, "hold", by=director, note="the report is awaited")
    show_evidence(by=director, milestone=milestone, evidence="report 7")
    advance(milestone, "go", by=director, note="met")
    kept = milestone.decisions.values_list("decision", "reason")
    assert list(kept) == [("held", "the report is awaited"), ("go", "met")]
    with pytest.raises(Conflict):
        show_evidence(by=director, milestone=milestone, evidence="later")


@pytest.mark.parametrize(
    ("state", "late"), [("planned", True), ("held", True), ("go", False), ("no_go", False), ("withdrawn", False)]
)
def test_overdue_is_what_is_undecided_after_its_day(milestone, state, late):
    Milestone.objects.update(state=state)
    assert overdue(date(2020, 3, 31)).exists() is False
    assert overdue(date(2020, 4, 1)).exists() is late
    assert [len(list(waiting_for(someone(role)))) for role in (Role.PROGRAMME_DIRECTOR, Role.AUDITOR)] == [int(late), 0]


def test_pages_plan_show_and_decide(award):
    browser = Client(headers={"accept-language": "en"})
    Award.objects.update(ends=timezone.localdate() + timedelta(days=30))
    director = someone(Role.PROGRAMME_DIRECTOR)
    director.language = "en"
    director.save()
    browser.force_login(director)
    page = f"/portfolio/awards/{award.number}/milestones/"
    assert browser.post(page, {"name": "n", "criteria": "", "due": "x"}).status_code == 422
    due = timezone.localdate() - timedelta(days=1)
    assert browser.post(page, {"name": "Dosed", "criteria": "c", "due": due.isoformat()}).status_code == 302
    made = Milestone.objects.get()
    assert "overdue" in browser.get(page).content.decode()
    assert "Dosed" in browser.get("/portfolio/overdue/").content.decode()
    assert "Dosed" in browser.get("/portfolio/overdue/?format=csv").content.decode()
    assert "1 milestone is overdue" in browser.get("/portfolio/").content.decode()
    step = {"milestone": made.pk, "note": "met"}
    refused = browser.post(page, step | {"step": "go", "note": "the board agreed"})
    assert refused.status_code == 409
    assert ">the board agreed</textarea>" in refused.content.decode()
    assert browser.post(page, step | {"step": "evidence"}).status_code == 302
    assert browser.post(page, step | {"step": "go", "note": ""}).status_code == 422
    assert browser.post(page, step | {"step": "go"}).status_code == 302
    assert browser.post(page, step | {"step": "x"}).status_code == 404
    assert "Nothing is overdue" in browser.get("/portfolio/overdue/").content.decode()
    auditor = Client()
    auditor.force_login(someone(Role.AUDITOR))
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, step | {"step": "go"}).status_code in (403, 409)
    stranger = Client()
    stranger.force_login(someone(Role.PROGRAMME_DIRECTOR, Kind.UNIVERSITY, "stranger"))
    assert stranger.get(page).status_code == 403
    assert stranger.get("/portfolio/overdue/").status_code == 403


def test_due_within_the_award_s_days(award, milestone):
    officer = someone(Role.PROGRAMME_OFFICER)
    told = {"name": "n", "criteria": "c"}
    for day in (award.begins - timedelta(days=1), award.ends + timedelta(days=1), date(2090, 1, 1)):
        for write in (
            lambda due: plan_milestone(by=officer, award=award, due=due, **told),
            lambda due: change_milestone(by=officer, milestone=milestone, due=due, reason="r", **told),
        ):
            with pytest.raises(Invalid) as caught:
                write(day)
            assert set(caught.value.problems) == {"due"}
    plan_milestone(by=officer, award=award, due=award.ends, **told)


def test_a_milestone_is_changed_with_a_reason_and_what_stood_is_kept(award, milestone):
    officer, director = someone(Role.PROGRAMME_OFFICER), someone(Role.PROGRAMME_DIRECTOR)
    anew = {"name": "First in human", "criteria": "Dosed twice", "due": date(2020, 9, 30)}
    with pytest.raises(Invalid):
        change_milestone(by=officer, milestone=milestone, reason=" ", **anew)
    changed = change_milestone(by=officer, milestone=milestone, reason="enrolment is late", **anew)
    assert (changed.criteria, changed.due) == ("Dosed twice", date(2020, 9, 30))
    kept = Revision.objects.get(kind="milestone", row=milestone.pk)
    assert (kept.before, kept.reason) == ({"criteria": "Dosed", "due": "2020-03-31"}, "enrolment is late")
    advance(milestone, "no_go", by=director, note="n")
    with pytest.raises(Conflict):
        change_milestone(by=officer, milestone=milestone, reason="r", **anew)


@pytest.mark.parametrize(("language", "words"), [("en", "Withdrawn"), ("ja", "取り下げ")])
def test_one_planned_by_mistake_is_withdrawn_and_planned_anew(award, milestone, language, words):
    officer = someone(Role.PROGRAMME_OFFICER)
    browser = Client(headers={"accept-language": language})
    browser.force_login(officer)
    page = f"/portfolio/awards/{award.number}/milestones/"
    said = {"name": milestone.name, "criteria": "c", "due": "2020-09-30"}
    change = f"{page}{milestone.pk}/change/"
    assert browser.post(change, said | {"reason": ""}).status_code == 422
    assert browser.post(change, said | {"reason": "遅れのため"}).status_code == 302
    assert "遅れのため" in browser.get(page).content.decode()
    step = {"milestone": milestone.pk, "step": "withdraw"}
    assert browser.post(page, step | {"note": ""}).status_code == 422
    assert browser.post(page, said).status_code == 422, "it stands"
    assert browser.post(page, step | {"note": "別の課題のもの"}).status_code == 302
    text = browser.get(page).content.decode()
    assert words in text
    assert "別の課題のもの" in text
    assert browser.post(page, said).status_code == 302, "its name is free again"
    assert browser.get(f"{page}999/change/").status_code == 404


def test_the_page_says_why_somebody_cannot_decide(award, milestone):
    supervisor, other = someone(Role.PROGRAMME_SUPERVISOR), Award.objects.get().programme
    page = f"/portfolio/awards/{award.number}/milestones/"

    def shown(role):
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(Person.objects.get(email=f"{role}@agency.example"))
        return browser.get(page).content.decode()

    someone(Role.PROGRAMME_OFFICER)
    assert "Nobody is appointed" not in shown(Role.PROGRAMME_SUPERVISOR)
    assert "Nobody is appointed" in shown(Role.PROGRAMME_OFFICER)
    elsewhere = Programme.objects.create(code="elsewhere", name="他事業")
    agency = Organisation.objects.get(code="agency")
    held = Appointment.objects.create(
        organisation=agency,
        programme=elsewhere,
        person=supervisor,
        office=Role.PROGRAMME_SUPERVISOR,
        since=date(2019, 4, 1),
    )
    assert "Nobody is appointed supervisor of this programme" in shown(Role.PROGRAMME_SUPERVISOR)
    Appointment.objects.filter(pk=held.pk).update(programme=other)
    assert "Those in office for this award decide here: 見本" in shown(Role.PROGRAMME_OFFICER)
    assert "decide here" not in shown(Role.PROGRAMME_SUPERVISOR)
    Appointment.objects.filter(pk=held.pk).update(until=date(2020, 3, 31))
    assert "nobody has followed" in shown(Role.PROGRAMME_SUPERVISOR)

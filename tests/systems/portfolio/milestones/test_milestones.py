"""Milestones: evidence and reasons at the stage gates, what is overdue and for whom it waits."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.milestones.actions import overdue, show_evidence, waiting_for
from kakehashi.systems.portfolio.models import Milestone
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


@pytest.mark.parametrize(("state", "late"), [("planned", True), ("held", True), ("go", False), ("no_go", False)])
def test_overdue_is_what_is_undecided_after_its_day(milestone, state, late):
    Milestone.objects.update(state=state)
    assert overdue(date(2020, 3, 31)).exists() is False
    assert overdue(date(2020, 4, 1)).exists() is late
    assert [len(list(waiting_for(someone(role)))) for role in (Role.PROGRAMME_DIRECTOR, Role.AUDITOR)] == [int(late), 0]


def test_pages_plan_show_and_decide(award):
    browser = Client(headers={"accept-language": "en"})
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

"""What is told as of a day stays as it was told: placements that ended, credits that ended and began again, goals."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import drawing
from kakehashi.systems.portfolio.goals import goals_met, goals_reached
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Goal, GoalActual, IntegratedProject, Placement, PlanTerm
from kakehashi.systems.portfolio.outputs.actions import NewOutput, credit_award, end_credit, record_output
from kakehashi.systems.portfolio.public import count_results
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return PlanTerm.objects.create(number=1, name="第1期", name_en="Term 1", begins=date(2015, 4, 1))


def test_an_awards_page_tells_where_it_counts_in_the_year_that_is_asked_for(term):
    agency = make_agency()
    post_many(agency.paid(1_000), by=None)
    old, new = (
        IntegratedProject.objects.create(term=term, code=code, name=f"統合{code}", axis="modality", order=order)
        for order, code in enumerate(("old", "new"))
    )
    Placement.objects.create(project=new, programme=agency.programmes[0], since=date(2020, 4, 1))
    Placement.objects.create(project=old, programme=agency.programmes[0], until=date(2020, 3, 31))
    browser = Client()
    browser.force_login(someone(Role.PROGRAMME_OFFICER))
    for year, project in ((2019, old), (2020, new)):
        page = browser.get(f"/portfolio/awards/{agency.awards[0].number}/?year={year}")
        assert [name for _term, name in page.context["places"]] == [project.name]


def test_a_credit_that_ended_and_begins_again_leaves_the_days_between(term):
    award = make_agency().awards[0]
    made = record_output(NewOutput("paper", "10.5555/a", date(2019, 6, 1)), [award], by=None)
    end_credit(made.credits.get(), by=None, on=date(2019, 9, 1))
    with pytest.raises(Conflict, match="2019-09-01"):
        credit_award(made, award, by=None, since=date(2019, 8, 31))
    credit_award(made, award, by=None)
    today = timezone.localdate()
    days = [date(2019, 8, 31), date(2019, 9, 1), date(2020, 1, 1), today - timedelta(days=1), today]
    assert [count_results(award.pk, "paper", on=day) for day in days] == [1, 0, 0, 0, 1]


def test_of_one_day_the_surest_report_holds_in_whatever_order_they_come(term):
    goal = Goal.objects.create(term=term, code="g", name="目標", target=5)
    for standing, value in (("final", 9), ("provisional", 8), ("unsaid", 7), ("expected", 2)):
        GoalActual.objects.create(goal=goal, as_of=date(2019, 3, 31), value=value, standing=standing)
    ((_goal, actual),) = goals_reached(Goal.objects.all(), on=date(2020, 1, 1))
    assert (actual.standing, actual.value) == ("final", 9)
    GoalActual.objects.create(goal=goal, as_of=date(2019, 4, 1), value=3, standing="expected")
    ((_goal, actual),) = goals_reached(Goal.objects.all(), on=date(2020, 1, 1))
    assert actual.value == 3  # of a later day


def test_goals_are_told_in_one_way(term):
    post_many(make_agency().paid(1_000), by=None)
    for code, target, value in (("a", 5, 6), ("b", 5, 1), ("c", None, 3), ("d", 4, None)):
        goal = Goal.objects.create(term=term, code=code, name=code, name_en=code, target=target)
        if value is not None:
            GoalActual.objects.create(goal=goal, as_of=date(2019, 3, 31), value=value, standing="final")
    reached = goals_reached(Goal.objects.all(), on=date(2020, 1, 1))
    assert goals_met(reached) == (1, 2)
    with translation.override("en"):
        assert "1 of the 2 goals that have a target and a report are met." in drawing.goals_plot(reached)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT))
    told = browser.get("/portfolio/?year=2019&term=1").content.decode()
    assert set(re.findall(r"(\d+) of the (\d+) goals", told)) == {("1", "2")}
    assert "1 / 2" in told

"""Goals counted from outputs: of their term or year and of their project, each output once, as of the report's day."""

from datetime import date

import pytest

from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.models import (
    Axis,
    Goal,
    GoalActual,
    IntegratedProject,
    Output,
    Placement,
    PlanTerm,
    Standing,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.outputs.goals import counted, counting_towards, outputs_of
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    agency = make_agency()
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1), ends=date(2020, 3, 31))
    for order, (code, programme) in enumerate(zip(("drugs", "rare"), agency.programmes, strict=True)):
        project = IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.DISEASE, order=order)
        Placement.objects.create(project=project, programme=programme)
    for number, (on, awards, top) in enumerate(
        (
            (date(2019, 6, 1), agency.awards, True),
            (date(2018, 6, 1), agency.awards[1:], False),
            (date(2020, 4, 1), agency.awards[:1], True),
            (date(2014, 6, 1), agency.awards[:1], True),
        )
    ):
        record_output(NewOutput("paper", f"10.5555/{number}", on, top_journal=top), awards, by=None)
    record_output(NewOutput("licence", "L1", date(2019, 6, 1)), agency.awards, by=None)
    return term


def number_of(term, results, project="", *, yearly=False, on=date(2020, 3, 31)):
    where = term.projects.get(code=project) if project else None
    goal = Goal.objects.create(
        term=term, project=where, code=f"g{Goal.objects.count()}", name="目標", results=results, yearly=yearly
    )
    rows = outputs_of(goal, on).count()
    (told,) = counted([(goal, GoalActual(goal=goal, as_of=on, value=0))]).values()
    assert told.number == rows
    every = list(Output.objects.values_list("pk", flat=True))
    towards = dict(counting_towards([goal], on, every))
    assert towards.get(goal, set()) == set(outputs_of(goal, on).values_list("pk", flat=True))
    assert dict(counting_towards([goal], on, every[:1])).get(goal, set()) == towards.get(goal, set()) & set(every[:1])
    return rows


def test_a_goal_counts_what_its_kinds_project_and_days_say(term):
    assert number_of(term, "paper") == 2
    assert number_of(term, "paper", on=date(2018, 12, 31)) == 1
    assert number_of(term, "paper,licence") == 3
    assert number_of(term, "top_paper") == 1
    assert number_of(term, "paper", "drugs") == 1
    assert number_of(term, "paper", "rare") == 2
    assert number_of(term, "paper", yearly=True) == 1
    assert number_of(term, "patent") == 0


def test_it_stands_beside_what_was_reported_as_of_the_same_day(term):
    goal = Goal.objects.create(term=term, code="papers", name="論文", results="paper")
    Goal.objects.create(term=term, code="exports", name="輸出額")
    GoalActual.objects.create(goal=goal, as_of=date(2018, 12, 31), value=3, standing=Standing.FINAL)
    rows = Goal.objects.select_related("term", "project").order_by("code")
    (told,) = counted(goals_reached(rows, on=date(2026, 1, 1))).values()
    assert (told.goal, told.as_of, told.number, told.differs) == (goal, date(2018, 12, 31), 1, True)
    Output.objects.filter(on=date(2018, 6, 1)).update(taken_back_on=date(2018, 7, 1))
    assert counted(goals_reached(rows, on=date(2026, 1, 1)))[goal.pk].number == 0

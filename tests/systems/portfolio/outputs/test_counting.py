"""An output is counted once in every figure, whatever its credits; pages, recount and reconcile agree."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.systems.portfolio.behind import Slice, results_behind
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.credited import Counting, credits
from kakehashi.systems.portfolio.figures import book, years_of
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Axis,
    Credit,
    Goal,
    GoalActual,
    IntegratedProject,
    Output,
    Placement,
    PlanTerm,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.outputs.goals import counted, outputs_of
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
FIRST = date(YEAR, 4, 1)
DAYS = st.integers(-40, 420).map(lambda days: FIRST + timedelta(days=days))


@pytest.fixture
def agency():
    agency = make_agency()
    post_many([*agency.paid(1_000), *agency.paid(500, award=1, institution=1, money=1)], by=None)
    return agency


@pytest.fixture
def projects(agency):
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    made = [
        IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        for order, code in enumerate(("drugs", "rare"))
    ]
    for project, programme in zip(made, agency.programmes, strict=True):
        Placement.objects.create(project=project, programme=programme)
    return made


def test_a_paper_of_two_projects_counts_once_in_each_and_once_in_all(agency, projects):
    record_output(NewOutput("paper", "10.5555/both", date(2019, 6, 1)), agency.awards, by=None)
    record_output(NewOutput("paper", "10.5555/one", date(2019, 6, 1)), agency.awards[:1], by=None)
    told = book(YEAR, 1)
    assert told.total.results == {"paper": 2}
    assert [told.projects[one.pk].results for one in projects] == [{"paper": 2}, {"paper": 1}]
    assert [told.programmes[one.pk].results for one in agency.programmes] == [{"paper": 2}, {"paper": 1}]
    for one in agency.programmes:
        assert years_of(one.pk, [YEAR - 1, YEAR])[YEAR] == told.programmes[one.pk]
    assert {code: line.results for code, line in told.ministries.items()} == {"mext": {"paper": 2}, "cao": {"paper": 1}}
    assert list(faults()) == []


def test_a_count_that_is_wrong_is_found(agency, projects, monkeypatch):
    record_output(NewOutput("paper", "10.5555/both", date(2019, 6, 1)), agency.awards, by=None)
    monkeypatch.setattr(Counting, "results", lambda self: {})
    monkeypatch.setattr(Counting, "by", lambda self, line: {})
    places = {one.where for one in faults()}
    assert f"{YEAR}:1:total:outputs:paper" in places
    assert {f"{YEAR}:1:projects:{one.pk}:outputs:paper" for one in projects} <= places


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


CREDITS = st.lists(st.tuples(st.integers(0, 1), DAYS, st.none() | st.integers(0, 200)), min_size=1, max_size=4)
OUTPUTS = st.lists(
    st.tuples(st.sampled_from(["paper", "patent"]), DAYS, st.none() | DAYS, st.booleans(), CREDITS), max_size=5
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(told=OUTPUTS, own=st.none() | st.integers(0, 1))
def test_whatever_is_credited_to_whom_each_figure_is_the_number_of_its_rows(agency, projects, told, own):
    with undone():
        if own is not None:
            Placement.objects.create(project=projects[own], award=agency.awards[0])
        for number, (kind, on, gone, final, credits) in enumerate(told):
            state = ("taken_back" if gone else "final") if final else ("given_up" if gone else "expected")
            made = Output.objects.create(kind=kind, reference=str(number), on=on, taken_back_on=gone, state=state)
            open_ended = set()
            for award, since, days in credits:
                if days is None and award in open_ended:
                    continue
                open_ended |= {award} if days is None else set()
                until = None if days is None else since + timedelta(days=days)
                Credit.objects.create(output=made, award=agency.awards[award], since=since, until=until)
        year = book(YEAR, 1)
        lines = [(year.total, Slice(YEAR))]
        lines += [(year.programmes[one.pk], Slice(YEAR, programme=one)) for one in agency.programmes]
        lines += [(year.projects[one.pk], Slice(YEAR, project=one)) for one in projects]
        lines += [(line, Slice(YEAR, ministry=code)) for code, line in year.ministries.items()]
        for line, part in lines:
            for kind in ("paper", "patent"):
                rows = results_behind(part, kind)
                assert line.results.get(kind, 0) == rows.count() == len({one.pk for one in rows}), (part, kind)
        for kind, number in year.total.results.items():
            inside = [line.results.get(kind, 0) for line in year.projects.values()]
            assert max(inside) <= number <= sum(inside)
        for one in agency.programmes:
            assert years_of(one.pk, [YEAR])[YEAR] == year.programmes[one.pk]
        for where in (None, *projects):
            goal = Goal.objects.create(
                term=projects[0].term, project=where, code=f"of-{where}", name="目標", results="paper,patent"
            )
            report = GoalActual(goal=goal, as_of=FIRST + timedelta(days=200), value=0)
            assert counted([(goal, report)])[goal.pk].number == outputs_of(goal, report.as_of).count()
        assert list(faults()) == []


def test_what_has_not_changed_is_counted_without_asking_for_it(agency, projects, django_assert_num_queries):
    record_output(NewOutput("paper", "10.5555/both", date(2019, 6, 1)), agency.awards, by=None)
    awards = held.awards()
    credits(awards)
    with django_assert_num_queries(1):  # the stamps
        assert credits(awards).counting(YEAR, date(2020, 1, 1)).number() == 1

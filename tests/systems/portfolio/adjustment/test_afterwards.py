"""What came of a funded request later: told beside what it promised, reviewed, and kept as it was found."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment import actions
from kakehashi.systems.portfolio.adjustment.afterwards import what_came
from kakehashi.systems.portfolio.adjustment.funding import commit_round
from kakehashi.systems.portfolio.adjustment.reviewing import review_outcome
from kakehashi.systems.portfolio.models import (
    AdjustmentRound,
    Award,
    Goal,
    Milestone,
    OutcomeReview,
    Output,
    PlanTerm,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, points, staff

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def people():
    return staff()


@pytest.fixture
def funded(people):
    """Two requests, the first funded; decided thirty days ago."""
    awards = make_awards(2)
    Award.objects.update(ends=TODAY + timedelta(days=500))
    made = actions.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=100_000_000)
    requests = [ask(people, made, award, 5_000_000) for award in awards]
    for one in requests:
        advance(one, "submit", by=people["programme_officer"])
    advance(made, "begin_scoring", by=people["president"])
    for one in requests:
        actions.score_request(by=people["programme_director"], request=one, points=points(5))
    actions.decide(by=people["president"], of_round=made, chosen=[1], note="one is enough")
    commit_round(by=people["accountant"], of_round=made)
    AdjustmentRound.objects.update(decided_at=timezone.now() - timedelta(days=30))
    return [type(one).objects.select_related("round", "award").get(pk=one.pk) for one in requests]


def an_output(award, reference, days, kind="licence"):
    return record_output(NewOutput(kind, reference, TODAY - timedelta(days=days), title="t"), [award], by=None)


def test_outputs_gates_and_goals_since_the_decision_are_told(people, funded):
    first, second = funded
    term = PlanTerm.objects.create(number=2, name="第2期", begins=TODAY - timedelta(days=900))
    for code, results in (("licences", "licence"), ("approvals", "approval")):
        Goal.objects.create(term=term, code=code, name=code, results=results)
    an_output(first.award, "before", 31)
    since = an_output(first.award, "since", 10)
    an_output(second.award, "another's", 5)
    officer, director = people["programme_officer"], people["programme_director"]
    names = ("went on", "ended", "waits")
    gates = [
        Milestone.objects.create(award=first.award, name=name, criteria="c", evidence="e", due=TODAY) for name in names
    ]
    advance(gates[0], "go", by=director, note="r")
    advance(gates[1], "no_go", by=director, note="r")
    (came,) = what_came(funded).values()
    assert came.since == TODAY - timedelta(days=30)
    assert came.outputs == [since]
    assert [one.milestone.name for one in came.met] == ["went on"]
    assert [one.milestone.name for one in came.stopped] == ["ended"]
    assert [one.name for one in came.waiting] == ["waits"]
    assert [one.code for one in came.goals] == ["licences"]
    Output.objects.filter(pk=since.pk).update(taken_back_on=TODAY, state="taken_back")
    assert what_came(funded)[first.pk].outputs == []
    assert officer


def test_reviews_are_dated_kept_and_never_changed(people, funded):
    first, second = funded
    told = {"by": people["programme_supervisor"], "request": first, "outcome": "too_early", "findings": "Enrolling"}
    review_outcome(on=TODAY - timedelta(days=20), **told)
    review_outcome(on=TODAY, **told | {"outcome": "reached", "by": people["programme_director"]})
    assert [one.outcome for one in first.reviews.all()] == ["reached", "too_early"]
    for wrong, field in (
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=31)}, "on"),
        ({"outcome": "none"}, "outcome"),
        ({"findings": " "}, "findings"),
    ):
        with pytest.raises(Invalid) as raised:
            review_outcome(**{"on": TODAY} | told | wrong)
        assert field in raised.value.problems
    with pytest.raises(Conflict):
        review_outcome(on=TODAY, **told | {"request": second})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        OutcomeReview.objects.update(findings="another")


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            (
                "What came of it later",
                "Licence to a company 1",
                "What was promised is reached",
                "Record the review",
                "Reviews",
            ),
        ),
        ("ja", ("その後の成果", "1", "見込みどおり", "評価を記録", "事後評価")),
    ],
)
def test_reviews_are_recorded_on_the_requests_page_and_the_round_has_all_in_a_table(people, funded, language, texts):
    first, _second = funded
    an_output(first.award, "since", 10)
    browser, auditor = (Client(headers={"accept-language": language}) for _one in range(2))
    for client, role in ((browser, "programme_supervisor"), (auditor, "auditor")):
        people[role].language = language
        people[role].save()
        client.force_login(people[role])
    round_page = f"/portfolio/adjustment/{YEAR}-1/"
    page = f"{round_page}1/"
    heading, outputs, reached, record, reviews = texts
    text = browser.get(page).content.decode()
    assert record in text
    assert '<option value="" selected>' in text, "nothing is chosen beforehand"
    assert record not in auditor.get(page).content.decode()
    said = {"on": TODAY.isoformat(), "outcome": "reached", "findings": "All patients were enrolled"}
    for missing in ("findings", "outcome"):
        assert browser.post(f"{page}review/", said | {missing: ""}).status_code == 422
    assert auditor.post(f"{page}review/", said).status_code == 403
    assert browser.post(f"{round_page}2/review/", said).status_code == 409
    assert browser.post(f"{page}review/", said).status_code == 302
    shown = auditor.get(page).content.decode()
    assert [text for text in (heading, reached, reviews, "All patients were enrolled") if text not in shown] == []
    table = auditor.get(round_page).content.decode()
    assert [text for text in (heading, outputs, reached) if text not in table] == []


def test_who_asked_for_the_money_does_not_say_what_came_of_it(people, funded):
    first, _second = funded
    officer, page = people["programme_officer"], f"/portfolio/adjustment/{YEAR}-1/1/"
    said = {"on": TODAY, "outcome": "reached", "findings": "f"}
    with pytest.raises(NotAllowed) as refused:
        review_outcome(by=officer, request=first, **said)
    assert "own_request" in refused.value.verdict.codes
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    assert "Record the review" not in client.get(page).content.decode()
    assert client.post(f"{page}review/", said).status_code == 403
    assert not OutcomeReview.objects.exists()


def test_a_gate_decided_before_the_round_on_the_same_day_is_not_what_came_of_it(people, funded):
    first, _second = funded
    decided = AdjustmentRound.objects.get().decided_at
    for minutes, name in ((-5, "before"), (5, "after")):
        gate = Milestone.objects.create(award=first.award, name=name, criteria="c", evidence="e", due=TODAY)
        advance(gate, "go", by=people["programme_director"], note="r")
        gate.decisions.update(decided_at=decided + timedelta(minutes=minutes))
    (came,) = what_came(type(first).objects.select_related("round")).values()
    assert [one.milestone.name for one in came.met] == ["after"]

"""A round from its opening to the ledger: the best choice, decisions by hand, their price, the entries."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.engines.allocation import Problem, Request
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment import actions, choosing, conditions, funding
from kakehashi.systems.portfolio.adjustment.conditions import SideCondition
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import Account, AdjustmentRequest, Entry
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, points, staff

pytestmark = pytest.mark.django_db
ASKED = ((40, 9), (35, 8), (30, 7), (25, 3))
"""Millions of yen, and the points each criterion gets."""


@pytest.fixture
def people():
    return staff()


@pytest.fixture
def scored(people):
    """A round of 70 million yen in which the best choice is the first and the third request."""
    of_round = actions.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=70_000_000)
    for award, (millions, _points) in zip(make_awards(), ASKED, strict=True):
        advance(ask(people, of_round, award, millions * 10**6), "submit", by=people["programme_officer"])
    of_round = advance(of_round, "begin_scoring", by=people["president"])
    for one, (_millions, each) in zip(of_round.requests.all(), ASKED, strict=True):
        actions.score_request(by=people["programme_supervisor"], request=one, points=points(each))
    return of_round


def states(of_round):
    return [one.state for one in of_round.requests.order_by("number")]


def best_numbers(of_round):
    choice = choosing.standing(choosing.problem_of(of_round)).choice
    return sorted(int(one) for one in choice.ids)


def test_best_choice_is_that_of_trying_them_all(scored):
    tried = [
        chosen
        for size in range(5)
        for chosen in combinations(range(4), size)
        if sum(ASKED[one][0] for one in chosen) <= 70
    ]
    best = max(tried, key=lambda chosen: sum(ASKED[one][1] for one in chosen))
    assert best_numbers(scored) == [one + 1 for one in best] == [1, 3]


def test_side_condition_binds_the_choice_and_clashes_are_named(scored, people):
    def bind(*these):
        actions.set_conditions(by=people["president"], of_round=scored, conditions=these)

    bind(SideCondition(axis="ministry", code="mext", at_most=40_000_000))
    assert best_numbers(scored) == [2, 3]
    bind(
        SideCondition(axis="ministry", code="mext", at_least=50_000_000),
        SideCondition(axis="programme", code="device", unit="count", at_least=1),
    )
    standing = choosing.standing(choosing.problem_of(scored))
    assert standing.choice is None
    assert any("50,000,000" in conditions.in_words(one) for one in standing.clash)


def test_price_of_a_change_is_what_the_points_fall_by(scored):
    problem = choosing.problem_of(scored)
    assert choosing.price_of(problem, "00001").lost == 4  # 2 and 3 instead
    assert choosing.price_of(problem, "00004").lost == 64 - 48  # with 1


def test_decision_other_than_the_best_needs_a_reason_and_keeps_it(scored, people):
    with pytest.raises(Invalid) as refused:
        actions.decide(by=people["president"], of_round=scored, chosen={2, 3}, note=" ")
    assert set(refused.value.problems) == {"note"}
    assert states(scored) == ["scored"] * 4
    decided = actions.decide(by=people["president"], of_round=scored, chosen={2, 3}, note="患者会の要望")
    assert (decided.state, decided.decision_note, decided.decided_by) == (
        "decided",
        "患者会の要望",
        people["president"],
    )
    assert (decided.best_points, decided.decided_points) == (64, 60)
    assert states(decided) == ["not_chosen", "chosen", "chosen", "not_chosen"]
    assert [one.in_best for one in decided.requests.order_by("number")] == [True, False, True, False]


def test_decision_over_the_budget_or_against_a_condition_is_refused(scored, people):
    with pytest.raises(Conflict, match="70,000,000"):
        actions.decide(by=people["president"], of_round=scored, chosen={1, 2}, note="x")
    assert states(scored) == ["scored"] * 4


def test_decision_waits_for_every_score(scored, people):
    AdjustmentRequest.objects.filter(number=4).update(state="submitted", points=None)
    with pytest.raises(Conflict, match="2019-1-004"):
        actions.decide(by=people["president"], of_round=scored, chosen={1, 3}, note="")


def test_decision_is_taken_back_with_a_reason(scored, people):
    actions.decide(by=people["president"], of_round=scored, chosen={1, 3}, note="")
    with pytest.raises(Invalid):
        actions.decide_anew(by=people["president"], of_round=scored, note="")
    back = actions.decide_anew(by=people["president"], of_round=scored, note="誤り")
    assert (back.state, back.decided_at, states(back)) == ("scoring", None, ["scored"] * 4)


def test_points_are_the_mean_of_all_scorers(scored, people):
    one = scored.requests.get(number=1)
    again = actions.score_request(by=people["programme_director"], request=one, points=points(4))
    assert again.points == 26
    with pytest.raises(Invalid) as refused:
        actions.score_request(by=people["programme_director"], request=one, points=points(11) | {"effect": 1})
    assert set(refused.value.problems) == {"promise", "urgency", "readiness"}


def test_committed_round_stands_in_the_ledger_to_the_yen(scored, people):
    actions.decide(by=people["president"], of_round=scored, chosen={2, 3}, note="x")
    with pytest.raises(NotAllowed):
        funding.commit_round(by=people["president"], of_round=scored)
    closed = funding.commit_round(by=people["accountant"], of_round=scored)
    assert (closed.state, states(closed)) == ("closed", ["not_chosen", "funded", "funded", "not_chosen"])
    adjustment = Account.objects.filter(appropriation__kind=BudgetKind.ADJUSTMENT, kind=AccountKind.AWARD)
    assert dict(adjustment.values_list("award__number", "balance_yen")) == {
        "19am0101001": 35_000_000,
        "19am0101002": 30_000_000,
    }
    assert {one.entry.kind for one in closed.requests.exclude(entry=None)} == {EntryKind.COMMIT}
    assert not list(ledger_faults())


def test_money_that_lies_there_is_used_before_more_is_allotted(scored, people):
    from datetime import date

    from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
    from kakehashi.systems.portfolio.ledger.kinds import Place
    from kakehashi.systems.portfolio.ledger.posting import post
    from kakehashi.systems.portfolio.publishing import appropriation

    money = appropriation("meti", BudgetKind.ADJUSTMENT, YEAR, by=None)
    places = (Place(AccountKind.GRANTED, money.pk, YEAR), Place(AccountKind.AGENCY, money.pk, YEAR))
    post(NewEntry(EntryKind.ALLOT, date(YEAR, 6, 1), YEAR, (Transfer(*places, 20_000_000),)), by=None)
    actions.decide(by=people["president"], of_round=scored, chosen={2, 3}, note="x")
    funding.commit_round(by=people["accountant"], of_round=scored)
    assert Account.objects.get(key=places[0].key).balance_yen == -35_000_000
    assert Account.objects.get(key=places[1].key).balance_yen == 0


def test_failure_in_the_middle_of_committing_leaves_nothing(scored, people, monkeypatch):
    actions.decide(by=people["president"], of_round=scored, chosen={1, 3}, note="")

    def fail(*args, **more):
        raise Conflict("stop")

    monkeypatch.setattr(funding, "advance", fail)
    with pytest.raises(Conflict):
        funding.commit_round(by=people["accountant"], of_round=scored)
    assert not Entry.objects.exists()
    assert states(scored) == ["chosen", "not_chosen", "chosen", "not_chosen"]


@pytest.mark.parametrize(
    ("change", "field"), [({"amount_yen": 71_000_000}, "amount_yen"), ({"reasons": " "}, "reasons"), ({}, "award")]
)
def test_request_says_at_which_field_it_is_wrong(people, change, field):
    of_round = actions.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=70_000_000)
    award = make_awards(1)[0]
    if not change:
        award.ends = award.begins
        award.save()
    said = {"amount_yen": 1, "reasons": "r", "effects": "e"} | change
    with pytest.raises(Invalid) as refused:
        actions.request_funds(by=people["programme_officer"], of_round=of_round, award=award, **said)
    assert field in refused.value.problems


def test_every_write_is_in_the_trail(scored, people):
    actions.decide(by=people["president"], of_round=scored, chosen={1, 3}, note="")
    funding.commit_round(by=people["accountant"], of_round=scored)
    written = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "adjustmentround.open",
        "adjustmentrequest.enter",
        "adjustmentrequest.submit",
        "adjustmentround.begin_scoring",
        "adjustmentrequest.score",
        "adjustmentrequest.choose",
        "adjustmentrequest.pass_over",
        "adjustmentround.decide",
        "ledger.post",
        "adjustmentrequest.fund",
        "adjustmentround.close",
    } <= written


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(st.tuples(st.integers(1, 50), st.integers(0, 40)), min_size=1, max_size=7),
    budget=st.integers(0, 150),
)
def test_choice_by_hand_is_held_to_what_the_engine_is(asked, budget):
    """Every choice is taken or refused as the budget says, and none has more points than the best."""
    problem = Problem(tuple(Request.of(str(at), yen, score) for at, (yen, score) in enumerate(asked)), budget)
    best = choosing.standing(problem).choice
    for size in range(len(asked) + 1):
        for chosen in combinations(range(len(asked)), size):
            ids = {str(one) for one in chosen}
            if sum(asked[one][0] for one in chosen) > budget:
                with pytest.raises(Conflict):
                    choosing.points_by_hand(problem, ids)
            else:
                assert choosing.points_by_hand(problem, ids) <= best.value

"""Every state × move × role of rounds and requests, as the tables say."""

import pytest

from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.portfolio.adjustment import actions
from kakehashi.systems.portfolio.adjustment.states import Criterion, RequestState, RoundState
from kakehashi.systems.portfolio.adjustment.workflow import REQUEST_FLOW, ROUND_FLOW
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, AdjustmentScore
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, someone, staff
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db
OFFICER, SCORERS = {Role.PROGRAMME_OFFICER}, {Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR}
PRESIDENT, ACCOUNTANT = {Role.PRESIDENT}, {Role.ACCOUNTANT}
MAY = {
    "submit": OFFICER,
    "take_back": OFFICER,
    "score": SCORERS,
    "choose": PRESIDENT,
    "pass_over": PRESIDENT,
    "reopen": PRESIDENT,
    "fund": ACCOUNTANT,
    "begin_scoring": PRESIDENT,
    "decide": PRESIDENT,
    "close": ACCOUNTANT,
}
ROUND_STATE = {"submit": "open", "take_back": "open", "reopen": "decided", "fund": "decided"}


@pytest.fixture
def asked():
    people = staff()
    of_round = actions.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=100_000_000)
    return ask(people, of_round, make_awards(1)[0], 5_000_000)


def everybody():
    for kind, code in ((Kind.AGENCY, "agency2"), (Kind.UNIVERSITY, "univ2")):
        for role in Role:
            yield role, kind, someone(role, kind, code)


@pytest.mark.parametrize("combination", list(every_combination(REQUEST_FLOW)), ids=str)
def test_request_moves_exactly_as_the_table_says(asked, combination):
    move = combination.move
    scorer = someone(Role.PROGRAMME_DIRECTOR, Kind.AGENCY, "agency3")
    for key in Criterion:
        AdjustmentScore.objects.create(request=asked, scorer=scorer, criterion=key, points=5)
    agency = make_agency()
    entry = _entry(agency)
    AdjustmentRequest.objects.update(entry=entry)
    AdjustmentRound.objects.update(state=ROUND_STATE.get(move.name, "scoring"))
    for role, kind, person in everybody():
        AdjustmentRequest.objects.update(state=combination.state)
        asked = AdjustmentRequest.objects.get()
        may = kind == Kind.AGENCY and role in MAY[move.name]
        assert (move in moves_available(asked, person)) == (may and combination.possible)
        if may and combination.possible:
            assert advance(asked, move.name, by=person).state == move.target
        else:
            with pytest.raises(NotAllowed if combination.possible else Conflict):
                advance(asked, move.name, by=person)


@pytest.mark.parametrize("combination", list(every_combination(ROUND_FLOW)), ids=str)
def test_round_moves_exactly_as_the_table_says(asked, combination):
    move = combination.move
    state = RequestState.SUBMITTED if move.name == "begin_scoring" else RequestState.NOT_CHOSEN
    AdjustmentRequest.objects.update(state=state)
    for role, kind, person in everybody():
        AdjustmentRound.objects.update(state=combination.state)
        of_round = AdjustmentRound.objects.get()
        may = kind == Kind.AGENCY and role in MAY[move.name]
        assert (move in moves_available(of_round, person)) == (may and combination.possible)
        if may and combination.possible:
            assert advance(of_round, move.name, by=person, note="x").state == move.target
        else:
            with pytest.raises(NotAllowed if combination.possible else Conflict):
                advance(of_round, move.name, by=person, note="x")


def test_nobody_scores_what_they_asked_for(asked):
    officer = asked.requested_by
    from kakehashi.kernel.people.models import Membership

    Membership.objects.create(
        person=officer, organisation=officer.memberships.get().organisation, role=Role.PROGRAMME_SUPERVISOR
    )
    AdjustmentRound.objects.update(state=RoundState.SCORING)
    AdjustmentRequest.objects.update(state=RequestState.SUBMITTED)
    asked.refresh_from_db()
    with pytest.raises(NotAllowed) as refused:
        actions.score_request(by=officer, request=asked, points=dict.fromkeys(Criterion.values, 9))
    assert "own_request" in refused.value.verdict.codes


@pytest.mark.parametrize("state", [one for one in RoundState if one != RoundState.OPEN])
def test_round_that_is_not_open_takes_no_request(asked, state):
    AdjustmentRound.objects.update(state=state)
    asked.refresh_from_db()
    with pytest.raises(Conflict):
        advance(asked, "submit", by=asked.requested_by)


def _entry(agency):
    from kakehashi.systems.portfolio.ledger.posting import post_many

    return post_many(agency.paid(1), by=None)[0]

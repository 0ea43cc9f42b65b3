"""What no table of moves tells: nobody scores their own request, and a round takes requests while it is open."""

import pytest

from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment import actions
from kakehashi.systems.portfolio.adjustment.states import Criterion, RequestState, RoundState
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    people = staff()
    of_round = actions.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=100_000_000)
    return ask(people, of_round, make_awards(1)[0], 5_000_000)


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

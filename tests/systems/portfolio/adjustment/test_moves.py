"""What no table of moves tells: nobody scores their own request, and a round takes requests while it is open."""

import pytest
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.adjustment import actions
from kakehashi.systems.portfolio.adjustment.states import Criterion, RequestState, RoundState
from kakehashi.systems.portfolio.keeping.structure import change_programme
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, Ministry
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, someone, staff

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


def test_an_award_of_a_programme_of_the_agency_s_own_is_asked_for_once_a_ministry_is_named(asked):
    """A programme that an officer adds with an award is of no ministry yet, and stands in the trail."""
    officer, of_round, like = asked.requested_by, asked.round, asked.award
    days = {"begins": like.begins, "ends": like.ends}
    made = register_award(
        by=officer, number="19ek0109001", title="t", organisation=like.organisation, programme="独自の事業", **days
    )
    assert AuditEntry.objects.get(action="programme.register").subject_id == str(made.programme_id)
    with translation.override("en"), pytest.raises(Invalid) as refused:
        ask({"programme_officer": officer}, of_round, made, 5_000_000)
    assert "An administrator names it" in refused.value.problems["award"][0]
    change_programme(by=someone(Role.ADMINISTRATOR), programme=made.programme, ministry=Ministry.METI)
    made.programme.refresh_from_db()
    assert ask({"programme_officer": officer}, of_round, made, 5_000_000).pk


@pytest.mark.parametrize("state", [one for one in RoundState if one != RoundState.OPEN])
def test_round_that_is_not_open_takes_no_request(asked, state):
    AdjustmentRound.objects.update(state=state)
    asked.refresh_from_db()
    with pytest.raises(Conflict):
        advance(asked, "submit", by=asked.requested_by)


def test_the_same_round_is_not_opened_twice_and_one_nobody_asked_of_is_cancelled(asked):
    people = {"president": asked.round.opened_by}
    money = {"by": people["president"], "fiscal_year": YEAR + 1, "budget_yen": 100_000_000}
    made = actions.open_round(**money)
    with pytest.raises(Conflict, match=made.code):
        actions.open_round(**money)
    assert actions.open_round(**money | {"budget_yen": 1}).number == 2
    with pytest.raises(Invalid):
        advance(made, "cancel", by=people["president"])
    advance(made, "cancel", by=people["president"], note="opened by mistake")
    assert AdjustmentRound.objects.get(pk=made.pk).decision_note == "opened by mistake"
    assert actions.open_round(**money).number == 3
    advance(asked, "submit", by=asked.requested_by)
    with pytest.raises(Conflict, match=asked.code):
        advance(asked.round, "cancel", by=people["president"], note="x")

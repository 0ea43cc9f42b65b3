"""Who may move a match: every role × state × move, generated from the table."""

from itertools import product

import pytest
from django.db import transaction

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.states import OPEN, Dismissal, MatchState
from kakehashi.systems.exchange.workflow import MATCH_FLOW

pytestmark = pytest.mark.django_db

WORKERS = {Role.CLINICIAN, Role.DATA_MANAGER}
WHO = [*product(Role, ("own", "other")), (None, "none")]  # whoever belongs nowhere has no role


@pytest.fixture
def match(make_case, far_case):
    return Match.objects.create(case=make_case(), other=far_case(), score=0.8)


@pytest.fixture
def someone(match):
    def make(role, place):
        person = Person.objects.create_user(f"{role}-{place}@example.org")
        holders = {"own": match.case.organisation, "other": Organisation.objects.get(code="h2")}
        if place in holders:
            Membership.objects.create(person=person, organisation=holders[place], role=role)
        return person

    return make


@pytest.mark.parametrize("combination", list(every_combination(MATCH_FLOW)), ids=str)
def test_move_is_made_exactly_by_those_who_work_on_the_case(match, someone, combination):
    Match.objects.filter(pk=match.pk).update(state=combination.state)
    name = combination.move.name
    for role, place in WHO:
        match.refresh_from_db()
        assert match.state == combination.state, (role, place)
        person = someone(role, place)
        may = role in WORKERS and place == ("other" if name == "answered" else "own") and combination.possible
        assert (name in [move.name for move in moves_available(match, person)]) == may, (role, place)
        if may:
            with transaction.atomic():
                advance(match, name, by=person, note=Dismissal.TOO_COMMON)
                assert AuditEntry.objects.filter(action=f"match.{name}", outcome="done").count() == 1
                match.refresh_from_db()
                assert match.state == combination.move.target
                transaction.set_rollback(True)
        else:
            with pytest.raises(NotAllowed if combination.possible else Conflict):
                advance(match, name, by=person, note=Dismissal.TOO_COMMON)


def test_nothing_is_dismissed_without_one_of_the_reasons(match, clinician):
    for note in ("", "because"):
        with pytest.raises(Invalid):
            advance(match, "dismiss", by=clinician, note=note)
    assert advance(match, "dismiss", by=clinician, note="other_cause").dismissal == "other_cause"
    assert advance(match, "reopen", by=clinician).dismissal == ""


def test_every_open_match_can_be_decided_and_every_decision_taken_back():
    moves = MATCH_FLOW.moves
    assert set(moves["confirm"].sources) == set(moves["dismiss"].sources) == set(OPEN)
    assert set(moves["reopen"].sources) == set(MatchState) - set(OPEN)

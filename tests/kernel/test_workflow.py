"""A state changes only by the table: every state × move × role, with conflict, refusal, note, audit and event."""

import threading
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel import workflow
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.events import Event, handles
from kakehashi.kernel.events.models import HandlerRun, RunState
from kakehashi.kernel.people.queries import roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.rules import nobody, rule
from kakehashi.kernel.workflow import Move, Workflow, advance, every_combination, moves_available


@dataclass(frozen=True)
class Stopped(Event):
    run_id: int
    note: str


heard = []


@handles(Stopped)
def hear(event: Stopped) -> None:
    heard.append(event)


def role(wanted):
    @rule(f"not_{wanted}", f"You are no {wanted}.")
    def holds(person):
        return wanted in roles_of(person)

    return holds


def mark(obj, *, by, note):
    obj.error = f"stopped: {note}"


MOVES = [
    Move("fail", [RunState.WAITING], RunState.FAILED, role(Role.CLINICIAN), "Fail", "Fail"),
    Move(
        "stop",
        [RunState.WAITING, RunState.FAILED],
        RunState.GIVEN_UP,
        role(Role.ADMINISTRATOR) | role(Role.AUDITOR),
        "Stop",
        "Stop",
        needs_note=True,
        act=mark,
        event=lambda obj, by, note: Stopped(obj.pk, note),
    ),
    Move("revive", [RunState.GIVEN_UP], RunState.WAITING, nobody, "Revive", "Revive"),
]
MAY = {"fail": {Role.CLINICIAN}, "stop": {Role.ADMINISTRATOR, Role.AUDITOR}, "revive": set()}


@pytest.fixture
def flow(monkeypatch):
    monkeypatch.setattr(workflow, "_workflows", [])
    heard.clear()
    return Workflow("events.HandlerRun", states=RunState, moves=MOVES)


@pytest.fixture
def run(db):
    return HandlerRun.objects.create(event="e", payload={}, handler="h")


@pytest.mark.parametrize("held", list(Role))
def test_every_state_move_and_role(held, flow, run, hospital, make_person):
    person = make_person(hospital, held)
    for case in every_combination(flow):
        HandlerRun.objects.filter(pk=run.pk).update(state=case.state)
        run.refresh_from_db()
        may = held in MAY[case.move.name]
        assert (case.move in moves_available(run, person)) == (case.possible and may)
        if case.possible and may:
            assert advance(run, case.move.name, by=person, note="why").state == case.move.target
            assert run.state == case.move.target
        else:
            with pytest.raises(NotAllowed if case.possible else Conflict):
                advance(run, case.move.name, by=person, note="why")
            run.refresh_from_db()
            assert run.state == case.state
        last = AuditEntry.objects.order_by("-sequence").first()
        if case.possible:
            assert (last.action, last.outcome) == (f"handlerrun.{case.move.name}", "done" if may else "refused")


def test_act_and_event_belong_to_the_move(flow, run, hospital, make_person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        advance(run, "stop", by=make_person(hospital, "auditor"), note="seen enough")
    run.refresh_from_db()
    assert run.error == "stopped: seen enough"
    assert heard == [Stopped(run.pk, "seen enough")]
    assert AuditEntry.objects.get(action="handlerrun.stop").detail == '{"from":"waiting","note":true,"to":"given_up"}'


def test_a_needed_note_is_asked_for(flow, run, hospital, make_person):
    with pytest.raises(Invalid) as caught:
        advance(run, "stop", by=make_person(hospital, "auditor"), note="  ")
    assert set(caught.value.problems) == {"note"}


def test_unknown_move_names_the_known_ones(flow, run, hospital, make_person):
    with pytest.raises(Invalid, match="fail, stop, revive"):
        advance(run, "explode", by=make_person(hospital, "auditor"))


def test_conflict_is_said_in_both_languages(flow, run, hospital, make_person):
    with translation.override("ja"), pytest.raises(Conflict) as caught:
        advance(run, "revive", by=make_person(hospital, "auditor"))
    assert "待機中" in caught.value.detail
    person = make_person(hospital, "administrator")
    HandlerRun.objects.all().delete()
    with pytest.raises(Conflict):
        advance(run, "stop", by=person, note="x")


@pytest.mark.django_db(transaction=True)
def test_refusal_is_recorded_though_the_outer_transaction_rolls_back(flow, run, hospital, make_person):
    from kakehashi.kernel import audit

    person = make_person(hospital, "researcher")
    with pytest.raises(NotAllowed), transaction.atomic():
        advance(run, "fail", by=person)
    assert not AuditEntry.objects.filter(outcome="refused").exists()
    audit.settle()
    entry = AuditEntry.objects.get(outcome="refused")
    assert (entry.actor, entry.action, entry.subject_id) == (f"person:{person.pk}", "handlerrun.fail", str(run.pk))


def test_table_with_an_unknown_state_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(workflow, "_workflows", [])
    with pytest.raises(ValueError, match="elsewhere"):
        Workflow("events.HandlerRun", states=RunState, moves=[Move("go", ["waiting"], "elsewhere", nobody, "Go", "Go")])


def test_mermaid_draws_every_arrow(flow):
    with translation.override("en"):
        drawing = workflow.mermaid(flow)
    assert drawing.startswith("stateDiagram-v2")
    for line in ("waiting --> failed: Fail", "failed --> given_up: Stop", "given_up --> waiting: Revive"):
        assert line in drawing


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.tuples(st.sampled_from(sorted(MAY)), st.sampled_from(list(Role)), st.booleans()), max_size=12))
def test_no_sequence_of_tries_leaves_the_table(tries, flow, hospital, make_person):
    run = HandlerRun.objects.create(event="e", payload={}, handler="h")
    people = {role: make_person(hospital, role) for role in Role}
    for name, role, with_note in tries:
        before, entries, move = run.state, AuditEntry.objects.count(), flow.move(name)
        possible, may = before in move.sources, role in MAY[name]
        try:
            advance(run, name, by=people[role], note="why" if with_note else "")
        except (Conflict, NotAllowed, Invalid):
            assert not (possible and may and (with_note or not move.needs_note))
            assert AuditEntry.objects.count() - entries == (possible and not may)
        else:
            assert possible and may  # noqa: PT018
            assert AuditEntry.objects.count() - entries == 1
        run.refresh_from_db()
        assert run.state in {before, move.target}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(flow, run, hospital, make_person):
    person, outcomes = make_person(hospital, "auditor"), []
    together = threading.Barrier(2)

    def stop():
        together.wait()
        try:
            advance(HandlerRun.objects.get(pk=run.pk), "stop", by=person, note="why")
            outcomes.append("won")
        except Conflict:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=stop) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "won"]
    assert AuditEntry.objects.filter(action="handlerrun.stop").count() == 1

"""Asking peers: one that hangs, drips, lies or is down delays and hides nothing of another's answer."""

import json
from contextlib import ExitStack

import pytest
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.exchange import actions
from kakehashi.systems.exchange.models import ForeignMatch, Peer, Question
from kakehashi.systems.exchange.questions import ask_peers
from kakehashi.systems.exchange.states import QuestionState, Why
from tests.systems.exchange import peers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.fixture
def stack():
    with ExitStack() as held:
        yield held


@pytest.fixture
def add(stack):
    def adding(name, behave, timeout_s=2):
        address = behave if isinstance(behave, str) else stack.enter_context(peers.serving(behave))
        return actions.add_peer(
            by=None, name=name, base_url=address, token="their-token", country="CA", timeout_s=timeout_s
        )

    return adding


def test_every_peer_answers_by_its_own_clock(add, make_case):
    add("good", peers.answer(body=peers.results(("a", 0.4), ("b", 0.9))))
    add("hangs", peers.hang)
    add("drips", peers.drip)
    add("huge", peers.huge)
    add("no http", peers.no_http)
    add("down", peers.closed_port())
    add("rubbish", peers.answer(body=b"<html>hello</html>"))
    add("no token", peers.answer(401, b'{"message": "no"}'))
    add("version", peers.answer(406, b"{}"))
    add("broken", peers.answer(500))
    add("busy", peers.answer(429))
    add("elsewhere", peers.answer(302, headers=[("Location", "http://127.0.0.1:1/match")]))
    case = make_case()
    told = []
    ask_peers(by=None, case_id=case.pk, told=lambda question: told.append(question.peer.name))
    assert told.index("good") < min(told.index("hangs"), told.index("drips"))
    ended = {question.peer.name: (question.state, question.why) for question in Question.objects.select_related("peer")}
    assert ended.pop("good") == (QuestionState.ANSWERED, Why.NONE)
    assert {state for state, _why in ended.values()} == {QuestionState.FAILED}
    assert {name: why for name, (_state, why) in ended.items()} == {
        "hangs": Why.TIMED_OUT,
        "drips": Why.TIMED_OUT,
        "huge": Why.TOO_LARGE,
        "no http": Why.RUBBISH,
        "down": Why.UNREACHABLE,
        "rubbish": Why.RUBBISH,
        "no token": Why.TOKEN,
        "version": Why.VERSION,
        "broken": Why.BROKEN,
        "busy": Why.TOO_BUSY,
        "elsewhere": Why.REFUSED,
    }
    matches = ForeignMatch.objects.order_by("-score").values_list("foreign_id", "score")
    assert list(matches) == [("b", 0.9), ("a", 0.4)]


def test_a_peer_is_sent_what_it_needs_and_nothing_of_the_hospitals_own(add, make_case):
    seen = {}

    def note(handler, body):
        seen.update(headers=dict(handler.headers), body=json.loads(body))
        peers.answer(body=peers.results())(handler, body)

    add("notes", note)
    case = make_case(synthetic=True)
    ask_peers(by=None, case_id=case.pk)
    patient = seen["body"]["patient"]
    assert seen["headers"]["X-Auth-Token"] == "their-token"
    assert (patient["id"], patient["test"]) == (case.public_id, True)
    assert [one["id"] for one in patient["features"]] == [one.term for one in case.described.findings]
    assert case.local_id not in json.dumps(seen["body"])
    assert AuditEntry.objects.filter(action="case.sent_to_peers").exists()


def test_a_case_that_may_not_be_shown_abroad_is_not_sent(add, make_case):
    add("good", peers.answer(body=peers.results(("a", 0.4))))
    case = make_case(reach=Reach.DOMESTIC)
    (question,) = ask_peers(by=None, case_id=case.pk)
    assert (question.state, question.why) == (QuestionState.FAILED, Why.NOT_SHARED)
    assert not ForeignMatch.objects.exists()


def test_a_peer_that_keeps_failing_rests_and_comes_back(add, make_case):
    peer = add("down", peers.closed_port(), timeout_s=1)
    case = make_case()
    whys = [ask_peers(by=None, case_id=case.pk)[0].why for _ in range(4)]
    assert whys == [Why.UNREACHABLE] * 3 + [Why.PAUSED]
    Peer.objects.filter(pk=peer.pk).update(paused_until=timezone.now())
    assert ask_peers(by=None, case_id=case.pk)[0].why == Why.UNREACHABLE


def test_what_a_peer_no_longer_answers_is_gone(add, make_case):
    answers = [peers.results(("a", 0.4), ("b", 0.3)), peers.results(("b", 0.5))]
    add("good", lambda handler, body: peers.answer(body=answers.pop(0))(handler, body))
    case = make_case()
    ask_peers(by=None, case_id=case.pk)
    first = ForeignMatch.objects.get(foreign_id="b")
    ask_peers(by=None, case_id=case.pk)
    (left,) = ForeignMatch.objects.all()
    assert (left.pk, left.score, left.first_seen) == (first.pk, 0.5, first.first_seen)


def test_a_withdrawn_case_is_not_sent(add, make_case, clinician):
    from kakehashi.systems.cases.actions import withdraw_case

    case = make_case()
    withdraw_case(by=clinician, case=case, note="by mistake")
    with pytest.raises(NotFound):
        ask_peers(by=None, case_id=case.pk)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"base_url": "file:///etc/passwd"}, "base_url"),
        ({"base_url": "node.example.org"}, "base_url"),
        ({"token": ""}, "token"),
        ({"token": "two\nlines"}, "token"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"name": "<b>"}, "name"),
    ],
)
def test_peers_that_cannot_be_used_are_refused(db, fields, place):
    good = {"name": "A", "base_url": "https://node.example.org/mme", "token": "t", "timeout_s": 5}
    with pytest.raises(Invalid) as caught:
        actions.add_peer(by=None, **(good | fields))
    assert place in caught.value.problems


def test_their_token_is_sealed(add):
    peer = add("sealed", "http://127.0.0.1:1")
    assert "their-token" not in peer.sealed_token

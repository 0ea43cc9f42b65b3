"""What the node answers: results, scores, ids, heartbeat and metrics, over HTTP; and joining (join-protocol.md)."""

import json
import re
from datetime import datetime

import pytest
from django.core.cache import cache
from tests.systems.exchange import peers
from tests.systems.exchange.conftest import FINDINGS

from kakehashi.kernel.sharing.states import DataClass, Level
from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.models import Case
from kakehashi.systems.exchange import actions, answering
from kakehashi.systems.exchange.models import ForeignMatch, Peer, Question
from kakehashi.systems.exchange.questions import ask_peers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compiled_ontology")]


def test_without_a_similar_case_the_results_are_empty(match):
    answer = match()
    assert (answer.status, answer.tree["results"]) == (200, [])


def test_scores_lie_between_0_and_1_best_first(match, make_case):
    for findings in (FINDINGS, FINDINGS[:2], FINDINGS[:3], ("HP:0001250", "HP:0000411")):
        make_case(findings=findings, genes=())
    scores = [one["score"]["patient"] for one in match().tree["results"]]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_answer_holds_what_the_specification_asks_of_a_patient(match, make_case):
    make_case()
    answer = match().tree
    (found,) = answer["results"]
    told = found["patient"]
    assert 0 < len(told["id"]) <= 255
    assert 0 < len(told["contact"]["name"]) <= 255
    assert re.match(r"(https?://|mailto:)", told["contact"]["href"])
    assert all(re.fullmatch(r"HP:\d{7}", one["id"]) and one["label"] for one in told["features"])
    assert answer["disclaimer"]
    assert answer["terms"]


def test_an_id_stays_over_edits_and_is_no_one_elses(match, make_case, clinician):
    first, second = make_case(), make_case(findings=("HP:0000411", "HP:0000519"))
    edited = first.described.model_copy(update={"genes": ("SCN1A", "KCNQ2")})
    edit_case(by=clinician, case=first, description=edited, from_revision=first.revision)
    ids = [one["patient"]["id"] for one in match().tree["results"]]
    assert ids.count(first.public_id) == 1
    assert first.public_id != second.public_id


def test_heartbeat_says_production_version_and_what_is_accepted(wire):
    answer = wire("heartbeat", "GET", headers={})
    assert (answer.status, answer.type) == (200, "application/vnd.ga4gh.matchmaker.v1.1+json")
    facts = answer.tree["heartbeat"]
    assert facts["production"] is True
    assert isinstance(facts["version"], str)
    assert facts["accept"] == [f"application/vnd.ga4gh.matchmaker.v{one}+json" for one in ("1.0", "1.1")]


def test_metrics_are_counts_with_their_time(wire, match, make_case):
    for _ in range(5):
        make_case()
    assert len(match().tree["results"]) == 5
    cache.clear()
    said = wire("metrics", "GET", headers={}).tree
    metrics = said["metrics"]
    assert datetime.fromisoformat(metrics.pop("dateGenerated"))
    assert all(isinstance(count, int) and count >= 0 for count in metrics.values())
    names = ("numberOfCases", "numberOfFeatureSets", "numberOfRequestsReceived", "numberOfPotentialMatchesSent")
    assert [metrics[name] for name in names] == [5, 5, 1, 5]
    assert said["disclaimer"]


def test_trust_goes_one_way(match, make_case):
    """A peer that may ask us is not asked; one that we ask may not ask us."""
    assert match().status == 200
    assert ask_peers(by=None, case_id=make_case().pk) == []
    asked = actions.add_peer(by=None, name="Other", base_url="http://127.0.0.1:9/mme", token="theirs")
    assert asked.token_hash == ""


def test_each_peer_has_a_token_of_its_own_under_255_characters(db):
    tokens = [actions.grant_peer(by=None, name=f"Peer {number}")[1] for number in range(5)]
    assert len(set(tokens)) == 5
    assert all(len(token) < 255 and token.isascii() and token.isprintable() for token in tokens)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_base_address_may_end_in_a_slash(make_case, slash):
    paths = []

    def note(handler, body):
        paths.append(handler.path)
        peers.answer(body=peers.results())(handler, body)

    with peers.serving(note) as address:
        actions.add_peer(by=None, name="Slash", base_url=f"{address}/mme{slash}", token="t", country="CA")
        ask_peers(by=None, case_id=make_case().pk)
    assert paths == ["/mme/match"]


def test_we_ask_in_both_header_styles_with_the_peers_token(make_case):
    seen = {}

    def note(handler, body):
        seen.update(handler.headers)
        peers.answer(body=peers.results())(handler, body)

    with peers.serving(note) as address:
        actions.add_peer(by=None, name="Notes", base_url=address, token="their-token", country="CA")
        ask_peers(by=None, case_id=make_case().pk)
    assert seen["X-Auth-Token"] == "their-token"
    assert seen["Content-Type"] == seen["Accept"] == "application/vnd.ga4gh.matchmaker.v1.1+json"


def test_terms_and_disclaimer_of_an_answer_override_those_kept(make_case):
    answers = [peers.results(("a", 0.5)), json.dumps({"results": []}).encode()]
    with peers.serving(lambda handler, body: peers.answer(body=answers.pop(0))(handler, body)) as address:
        actions.add_peer(by=None, name="Terms", base_url=address, token="t", country="CA")
        Peer.objects.update(terms="The terms agreed on.", disclaimer="The disclaimer kept.")
        case = make_case()
        ask_peers(by=None, case_id=case.pk)
        ask_peers(by=None, case_id=case.pk)
    said = [(one.terms_in_force, one.disclaimer_in_force) for one in Question.objects.order_by("pk")]
    assert said == [("be kind", "The disclaimer kept."), ("The terms agreed on.", "The disclaimer kept.")]


def test_what_a_peer_says_of_its_patient_is_kept_whole(make_case):
    theirs = json.loads(peers.results(("a", 0.5)))
    contact = {"email": "them@example.org", "roles": ["clinician"], "institution": "There"}
    theirs["results"][0]["patient"] |= {"_extra": [1], "label": "A-1", "species": "NCBITaxon:9606"}
    theirs["results"][0]["patient"]["contact"] |= contact
    with peers.serving(peers.answer(body=json.dumps(theirs).encode())) as address:
        actions.add_peer(by=None, name="Whole", base_url=address, token="t", country="CA")
        ask_peers(by=None, case_id=make_case().pk)
    assert ForeignMatch.objects.get().patient == theirs["results"][0]["patient"]


def test_a_node_served_securely_sends_plain_requests_to_https(client, settings, peer_token):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/mme/heartbeat", HTTP_X_AUTH_TOKEN=peer_token)
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")


@pytest.mark.parametrize(
    ("level", "said"),
    [(Level.WHOLE, "First Hospital"), (Level.MATCHING, "Hospital in Japan"), (Level.EXISTS, "Hospital in Japan")],
)
def test_an_institution_is_named_where_the_whole_case_may_be_seen_and_a_person_nowhere(
    match, make_case, clinician, level, said
):
    open_to_all = {"sharing_class": DataClass.OPEN} if level == Level.WHOLE else {}
    Case.objects.filter(pk=make_case().pk).update(shown=level, **open_to_all)
    contact = match().tree["results"][0]["patient"]["contact"]
    assert contact["institution"] == said
    assert clinician.email not in json.dumps(contact)


def test_what_scores_too_little_is_not_answered(match, make_case, monkeypatch):
    make_case()
    assert match().tree["results"]
    monkeypatch.setattr(answering, "LEAST_SCORE", 1.01)
    assert match(id="another").tree["results"] == []

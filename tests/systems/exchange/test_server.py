"""The Matchmaker Exchange server, requirement by requirement (search-api.md, heartbeat-api.md, metrics-api.md)."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry, Outcome
from kakehashi.kernel.sharing.actions import opt_out
from kakehashi.kernel.sharing.models import Asked
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.protocols.mme import CONTENT_TYPE
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange.actions import grant_peer, revoke_peer
from kakehashi.systems.exchange.metrics import count
from kakehashi.systems.exchange.models import Peer, Received, Told
from tests.systems.exchange.conftest import FINDINGS, question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


def test_a_case_shared_abroad_is_found_with_what_both_have_in_common(ask, make_case):
    case = make_case()
    answer = ask(question(findings=[*FINDINGS[:2], "HP:0001831"], genes=["SCN1A", "FBN1"]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == CONTENT_TYPE
    (result,) = answer.json()["results"]
    assert result["patient"]["id"] == case.public_id
    assert 0 < result["score"]["patient"] <= 1
    told = {feature["id"] for feature in result["patient"]["features"]}
    assert {"HP:0001250", "HP:0000252"} <= told
    assert "HP:0000519" not in told
    assert [feature["gene"]["id"] for feature in result["patient"]["genomicFeatures"]] == ["SCN1A"]
    assert answer.json()["disclaimer"]
    assert answer.json()["terms"]


@pytest.mark.parametrize("reach", [Reach.INSTITUTION, Reach.NETWORK, Reach.DOMESTIC])
def test_a_case_with_a_narrower_reach_is_not_found(ask, make_case, reach):
    make_case(reach=reach)
    assert ask().json()["results"] == []


def test_narrowing_opting_out_and_withdrawing_bind_the_next_request(ask, make_case, clinician):
    case = make_case()
    assert len(ask().json()["results"]) == 1
    set_reach(by=clinician, case=case, reach=Reach.DOMESTIC)
    assert ask().json()["results"] == []
    set_reach(by=clinician, case=case, reach=Reach.ABROAD)
    assert len(ask().json()["results"]) == 1
    opt_out(by=None, record=case)
    assert ask().json()["results"] == []


def test_where_only_the_existence_may_be_known_nothing_else_is_told(ask, make_case):
    make_case(shown=Level.EXISTS)
    (result,) = ask(question(genes=["SCN1A"])).json()["results"]
    assert [feature["id"] for feature in result["patient"]["features"]] == ["HP:0000118"]
    assert "genomicFeatures" not in result["patient"]
    assert result["score"]["patient"] == 0.5
    assert "P0" not in json.dumps(result)


def test_people_and_pseudonyms_are_never_in_an_answer(ask, make_case, clinician):
    make_case()
    body = ask().content.decode()
    assert clinician.email not in body
    assert "P0" not in body


@pytest.mark.parametrize("token", ["", "wrong", "x" * 300])
def test_no_or_an_unknown_token_is_401(ask, token):
    answer = ask(token=token)
    assert (answer.status_code, bool(answer.json()["message"])) == (401, True)
    assert AuditEntry.objects.filter(action="mme.match", outcome=Outcome.REFUSED).exists()


def test_a_revoked_or_replaced_token_is_401(ask, peer_token):
    assert ask().status_code == 200
    _peer, second = grant_peer(by=None, name="peer")
    assert ask().status_code == 401
    assert ask(token=second).status_code == 200
    revoke_peer(by=None, name="Peer")
    assert ask(token=second).status_code == 401


def test_tokens_are_kept_as_hashes(peer_token):
    peer = Peer.objects.get()
    assert len(peer_token) < 255
    assert peer_token not in json.dumps([str(value) for value in vars(peer).values()])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 422), (b"{", 422), (b"{}", 400), (b'{"patient": {"id": "x"}}', 400), (b"[]", 400), (b" " * 9, 422)],
)
def test_bad_bodies_get_their_status_and_a_message(ask, body, status):
    answer = ask(body)
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


def test_too_large_a_body_is_413(ask):
    for padding in (2_100_000, 20_000_000):
        assert ask(json.dumps(question(label="x")).encode() + b" " * padding).status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_other_methods_are_405(client, peer_token, method):
    answer = getattr(client, method)("/mme/match", HTTP_X_AUTH_TOKEN=peer_token)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    ("content_type", "headers", "status"),
    [
        (CONTENT_TYPE, {}, 200),
        ("application/vnd.ga4gh.matchmaker.v1.0+json", {}, 200),
        ("application/json", {"accept": CONTENT_TYPE}, 200),
        ("application/json", {"accept": "application/vnd.ga4gh.matchmaker.v2.0+json"}, 406),
        ("application/vnd.ga4gh.matchmaker.v2.0+json", {}, 406),
        ("text/plain", {}, 415),
    ],
)
def test_versions_and_both_header_styles(ask, content_type, headers, status):
    answer = ask(content_type=content_type, **headers)
    assert answer.status_code == status
    assert answer["Content-Type"] == CONTENT_TYPE
    if status == 406:
        assert answer.json()["supportedVersions"] == ["1.0", "1.1"]


def test_synthetic_cases_answer_only_to_test_patients(ask, make_case):
    case = make_case(synthetic=True)
    assert ask().json()["results"] == []
    (result,) = ask(question(test=True)).json()["results"]
    assert (result["patient"]["id"], result["patient"]["test"]) == (case.public_id, True)


def test_genes_by_entrez_id_meet_symbols(ask, make_case):
    make_case(findings=("HP:0001250",), genes=("SCN1A",))
    (result,) = ask(question(findings=(), genes=["6323"])).json()["results"]
    assert result["patient"]["genomicFeatures"][0]["gene"]["id"] == "SCN1A"


def test_what_went_out_is_listed_and_audited(ask, make_case):
    case = make_case()
    ask()
    ask()
    told = Told.objects.get(case=case)
    assert (told.peer.name, told.times, told.level) == ("Peer", 2, Level.MATCHING)
    assert Received.objects.filter(status=200, results=1).count() == 2
    told_of = AuditEntry.objects.filter(action="case.told")
    assert [(one.organisation, one.subjects) for one in told_of] == [(str(case.organisation_id), [str(case.pk)])] * 2
    assert told_of[0].detail == f'{{"level":{int(Level.MATCHING)}}}'


def test_the_asked_patient_is_not_kept(ask, make_case):
    make_case()
    ask(question(id="very-secret-id"))
    assert "very-secret-id" not in json.dumps(list(Received.objects.values()), default=str)


def test_one_patient_with_many_faces_is_refused(ask, make_case, knowledge):
    make_case()
    terms = [knowledge.ontology.id(i) for i in range(200, 230)]
    statuses, waits = [], []
    for term in terms:
        answer = ask(question(findings=[*FINDINGS, term]))
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            waits.append(int(answer["Retry-After"]))
            if waits[-1] > 3600:
                break
            Asked.objects.update(at=F("at") - timedelta(seconds=waits[-1]))
            assert ask(question(findings=[*FINDINGS, term])).status_code == 200
    assert statuses == [200] * 6 + [429] * 7
    assert [round(wait / 60) for wait in waits[:-1]] == [1, 2, 4, 8, 16, 32]  # slowed, then refused for the day
    assert 80_000 < waits[-1] <= 86_400
    assert ask(question(findings=[*FINDINGS, terms[0]])).status_code == 200
    assert AuditEntry.objects.filter(action="mme.match", outcome=Outcome.REFUSED).exists()


def test_too_many_requests_a_minute_wait(ask):
    Peer.objects.update(requests_a_minute=3)
    statuses = [ask().status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert ask()["Retry-After"] == "60"


def test_too_many_patients_a_day_are_refused(ask):
    Peer.objects.update(patients_a_day=2)
    statuses = [ask(question(id=f"p{number}")).status_code for number in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_heartbeat(client, peer_token):
    answer = client.get("/mme/heartbeat", HTTP_X_AUTH_TOKEN=peer_token)
    facts = answer.json()["heartbeat"]
    assert facts["production"] is True
    assert CONTENT_TYPE in facts["accept"]
    assert client.get("/mme/heartbeat").status_code == 401
    assert client.post("/mme/heartbeat", HTTP_X_AUTH_TOKEN=peer_token).status_code == 405


def test_metrics_count_what_reaches_abroad_and_no_small_numbers(client, peer_token, make_case):
    def counted():
        return client.get("/mme/metrics", HTTP_X_AUTH_TOKEN=peer_token).json()["metrics"]

    cache.clear()
    make_case()
    assert counted()["numberOfCases"] == 0
    for _ in range(4):
        make_case()
    make_case(reach=Reach.DOMESTIC)
    make_case(synthetic=True)
    assert counted()["numberOfCases"] == 0  # what was counted is told for a while
    count()  # as the worker does every hour
    metrics = counted()
    assert (metrics["numberOfCases"], metrics["numberOfGenes"], metrics["numberOfUniqueGenes"]) == (5, 5, 1)
    assert datetime.fromisoformat(metrics["dateGenerated"]) <= timezone.now()

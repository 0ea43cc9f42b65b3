"""Versions, header styles and errors of the exchange, over HTTP (search-api.md: versioning, response codes)."""

import json

import pytest
from tests.contract.mme.conftest import patient

from kakehashi.protocols.mme import CONTENT_TYPE
from kakehashi.systems.exchange import node_api
from kakehashi.systems.exchange.models import Peer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compiled_ontology")]
TYPE = "application/vnd.ga4gh.matchmaker.v{}+json"
BODY = json.dumps({"patient": patient()}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": TYPE.format("1.1")},
        {"Content-Type": TYPE.format("1.0")},
        {"Content-Type": TYPE.format("1.1"), "Accept": TYPE.format("1.1")},
        {"Content-Type": TYPE.format("1.1").upper()},
    ],
)
def test_the_version_stands_in_content_type(wire, headers):
    answer = wire(body=BODY, headers=headers)
    assert (answer.status, answer.type) == (200, CONTENT_TYPE)
    assert answer.tree["results"] == []


@pytest.mark.parametrize("accept", [TYPE.format("1.1"), TYPE.format("1.0"), f"text/html, {TYPE.format('1.1')};q=0.9"])
def test_the_version_stands_in_accept_beside_plain_json(wire, accept):
    answer = wire(body=BODY, headers={"Content-Type": "application/json", "Accept": accept})
    assert (answer.status, answer.type) == (200, CONTENT_TYPE)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": f"{CONTENT_TYPE}; charset=utf-8"},
        {"Content-Type": f"{CONTENT_TYPE};charset=UTF-8"},
        {"Content-Type": "application/json; charset=utf-8", "Accept": f"{CONTENT_TYPE}; charset=utf-8"},
    ],
)
def test_a_charset_does_not_matter(wire, headers):
    assert wire(body=BODY, headers=headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "application/json", "Accept": "*/*"},
        {"Content-Type": "application/vnd.ga4gh.matchmaker+json"},
        {"Content-Type": "application/json", "Accept": "application/vnd.ga4gh.matchmaker+json"},
    ],
)
def test_without_a_version_the_latest_is_spoken(wire, headers):
    answer = wire(body=BODY, headers=headers)
    assert (answer.status, answer.type) == (200, CONTENT_TYPE)


def test_another_minor_version_is_answered_in_ours(wire):
    answer = wire(body=BODY, headers={"Content-Type": TYPE.format("1.9")})
    assert (answer.status, answer.type) == (200, CONTENT_TYPE)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": TYPE.format("2.0")},
        {"Content-Type": TYPE.format("0.1")},
        {"Content-Type": "application/json", "Accept": TYPE.format("2.0")},
    ],
)
def test_another_major_version_is_406_and_told_which_are_spoken(wire, headers):
    answer = wire(body=BODY, headers=headers)
    assert (answer.status, answer.type) == (406, CONTENT_TYPE)
    assert answer.tree["supportedVersions"] == ["1.0", "1.1"]
    assert answer.tree["message"]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/xml"}])
def test_a_missing_or_other_content_type_is_415(wire, headers):
    answer = wire(body=BODY, headers=headers | {"Accept": CONTENT_TYPE})
    assert (answer.status, answer.type) == (415, CONTENT_TYPE)
    assert CONTENT_TYPE in answer.tree["message"]


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        *(("match", method, "POST") for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS")),
        ("heartbeat", "POST", "GET"),
        ("metrics", "POST", "GET"),
    ],
)
def test_another_method_is_405(wire, path, method, allowed):
    answer = wire(path, method, BODY)
    assert (answer.status, answer.headers["Allow"], answer.type) == (405, allowed, CONTENT_TYPE)
    assert answer.tree["message"]


@pytest.mark.parametrize("path", ["match", "heartbeat", "metrics"])
@pytest.mark.parametrize("token", [None, "", "unknown", "x" * 300])
def test_a_missing_or_unknown_token_is_401(wire, path, token):
    answer = wire(path, "POST" if path == "match" else "GET", BODY, token=token)
    assert (answer.status, answer.type) == (401, CONTENT_TYPE)
    assert answer.tree["message"]


@pytest.mark.parametrize("body", [b"", b"   ", b"{", b'{"patient": ', b"\xff\xfe\x00", b'{"patient": NaN}'])
def test_an_unreadable_or_missing_body_is_422(wire, body):
    answer = wire(body=body)
    assert (answer.status, bool(answer.tree["message"])) == (422, True)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'"patient"', b'{"patient": null}', b'{"patient": {}}'])
def test_readable_but_invalid_data_is_400(wire, body):
    answer = wire(body=body)
    assert (answer.status, bool(answer.tree["message"])) == (400, True)


def test_a_body_beyond_the_bounds_is_413_or_400(wire):
    assert wire(body=BODY + b" " * 2_100_000).status == 413
    deep = b'{"patient": ' + b'{"_a": ' * 40 + b"1" + b"}" * 41
    assert wire(body=deep).status == 400


def test_an_error_of_ours_is_500_as_json_and_tells_nothing(wire, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("secret words of a stack")

    monkeypatch.setattr(node_api, "answer", broken)
    answer = wire(body=BODY)
    assert (answer.status, answer.type) == (500, CONTENT_TYPE)
    assert answer.tree["message"]
    assert b"secret" not in answer.body


def test_a_message_says_where_and_never_repeats_what_was_sent(match):
    answer = match(sex="a secret of the patient")
    assert answer.status == 400
    assert "patient.sex" in answer.tree["message"]
    assert b"secret" not in answer.body


def test_too_many_requests_are_429_and_told_when_to_come_again(wire):
    Peer.objects.update(requests_a_minute=2)
    statuses = [wire(body=BODY).status for _ in range(2)]
    answer = wire(body=BODY)
    assert [*statuses, answer.status] == [200, 200, 429]
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.tree["message"]


@pytest.mark.parametrize("path", ["", "matches", "match/x", "admin"])
def test_an_address_without_meaning_is_404_as_json(wire, path):
    answer = wire(path, "GET")
    assert (answer.status, answer.type) == (404, CONTENT_TYPE)
    assert answer.tree["message"]


def test_a_trailing_slash_leads_to_the_same(wire):
    assert wire("match/", body=BODY).status == 200
    assert wire("heartbeat/", "GET").status == 200

"""The exchange over real HTTP: headers arrive as they were sent, none is added or put right by a test client."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from tests.systems.exchange.conftest import (  # noqa: F401
    _own_index,
    clinician,
    far_case,
    far_clinician,
    hospital,
    make_case,
    peer_token,
)

from kakehashi.protocols.mme import CONTENT_TYPE

PATIENT = {
    "id": "theirs-1",
    "contact": {"name": "Their clinic", "href": "mailto:them@example.org"},
    "features": [{"id": "HP:0001250"}, {"id": "HP:0000252"}, {"id": "HP:0001274"}],
}


def patient(**changes):
    """A patient of a peer; a field that is None is left out."""
    return {name: value for name, value in (PATIENT | changes).items() if value is not None}


@dataclass(frozen=True)
class Said:
    """One answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def tree(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.headers["Content-Type"]


@pytest.fixture
def wire(live_server, peer_token):  # noqa: F811
    """``wire(path, method, body, headers)``: one request, with exactly these headers beside length and token."""
    address = urlsplit(live_server.url)

    def send(path="match", method="POST", body=b"", headers=None, *, token=peer_token):
        sent = {"Content-Type": CONTENT_TYPE} if headers is None else dict(headers)
        if token is not None:
            sent["X-Auth-Token"] = token
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        try:
            connection.request(method, f"/mme/{path}", body, sent)
            answer = connection.getresponse()
            return Said(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    return send


@pytest.fixture
def match(wire):
    """``match(id="p2", …)``: ask for a patient, changed like this; ``beside`` stands beside the patient."""

    def asking(*, beside=None, headers=None, **changes):
        body = {"patient": patient(**changes)} | (beside or {})
        return wire("match", "POST", json.dumps(body).encode(), headers)

    return asking

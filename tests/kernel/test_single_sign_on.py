"""Single sign-on against an OpenID Connect issuer of the test's own: known people come in, nobody else."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people import actions
from kakehashi.kernel.people.models import Person


class Issuer(BaseHTTPRequestHandler):
    """The four addresses of an issuer; ``claims`` is who has just logged in there."""

    claims: dict = {}

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.startswith("/.well-known/"):
            places = {
                name: f"{here}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
            }
            self.answer({"issuer": here, "jwks_uri": f"{here}/keys", **places})
        else:
            self.answer(self.claims)

    def do_POST(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        times = {"iat": int(time.time()), "exp": int(time.time()) + 60}
        parts = [{"alg": "none"}, {"iss": here, "aud": "kakehashi", **times, **self.claims}]
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        self.answer({"access_token": "t", "token_type": "Bearer", "id_token": ".".join([*encoded, "c2ln"])})

    def log_message(self, *_):
        pass


@pytest.fixture
def issuer(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "sso",
        "name": "病院アカウント",
        "client_id": "kakehashi",
        "secret": "s",
        "settings": {"server_url": f"http://127.0.0.1:{server.server_port}"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield Issuer
    server.shutdown()


def come_in(client, claims):
    Issuer.claims = claims
    sent = client.post(reverse("openid_connect_login", args=["sso"]))
    asked = parse_qs(urlsplit(sent.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = {"code": "c", "state": asked["state"][0]}
    return client.get(reverse("openid_connect_callback", args=["sso"]), back, follow=True)


@pytest.fixture
def person(hospital):
    password = "correct horse battery"
    return actions.add_person(
        by=None, email="h@example.org", organisation=hospital, role="clinician", password=password
    )


def test_known_person_comes_in_by_the_verified_address(client, issuer, person):
    come_in(client, {"sub": "1", "email": "H@example.org", "email_verified": True})
    assert client.get("/api/me").json()["email"] == "h@example.org"
    assert AuditEntry.objects.filter(action="login", outcome="done", actor=f"person:{person.pk}").exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "2", "email": "stranger@example.org", "email_verified": True},
        {"sub": "3", "email": "h@example.org", "email_verified": False},
        {"sub": "4"},
    ],
)
def test_nobody_else_does(client, issuer, person, claims):
    come_in(client, claims)
    assert client.get("/api/me").status_code == 401
    assert Person.objects.count() == 1
    assert not AuditEntry.objects.filter(action="login", outcome="done").exists()


def test_who_may_not_log_in_does_not(client, issuer, person):
    Person.objects.update(is_active=False)
    come_in(client, {"sub": "1", "email": "h@example.org", "email_verified": True})
    assert client.get("/api/me").status_code == 401


def test_log_in_page_offers_it(client, issuer, db):
    assert "病院アカウント" in client.get(reverse("account_login")).content.decode()

"""The API's ground: who may call it, how errors look, that every answer is documented."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from kakehashi.config.api import api
from kakehashi.kernel import jobs
from kakehashi.kernel.answers import Answers
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.people.models import ApiToken, Membership
from kakehashi.kernel.people.tokens import make_token, revoke_token
from kakehashi.kernel.rules import denied
from tests.kernel import long_work


@pytest.fixture
def person(hospital, make_person):
    return make_person(hospital, "clinician", name="山田 花子")


@pytest.fixture
def bearer(person, hospital):
    _token, secret = make_token(by=person, organisation=hospital, name="script")
    return {"Authorization": f"Bearer {secret}"}


def assert_problem(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert {"type", "title", "detail", "code"} <= set(body)
    return body


def test_stranger_is_told_to_log_in(client, db):
    response = client.get("/api/me", headers={"Accept-Language": "ja"})
    assert assert_problem(response, 401)["title"] == "ログインしていません"
    assert response["WWW-Authenticate"] == "Bearer"


def test_session_may_read_and_needs_the_csrf_token_to_write(person, hospital):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    response = client.get("/api/me")
    assert response.json()["acting_for"]["code"] == "KITA"
    assert "山田 花子" in response.content.decode()
    assert_problem(client.post("/api/me/tokens", {"name": "x"}, content_type="application/json"), 403)


def test_token_is_shown_once_and_kept_as_a_hash(client, person, bearer):
    new = {"data": {"name": "laptop"}, "content_type": "application/json"}
    assert_problem(client.post("/api/me/tokens", headers=bearer, **new), 401)
    client.force_login(person)
    response = client.post("/api/me/tokens", **new)
    assert response.status_code == 201
    secret = response.json()["secret"]
    assert secret not in json.dumps(list(ApiToken.objects.values()), default=str)
    assert client.get("/api/me", headers={"Authorization": f"Bearer {secret}"}).json()["email"] == person.email
    assert "secret" not in client.get("/api/me/tokens", headers=bearer).json()[0]


def test_token_ends_when_revoked_expired_or_membership_over(client, person, hospital):
    for end in ("revoke", "expire", "leave"):
        token, secret = make_token(by=person, organisation=hospital, name=end)
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.get("/api/me", headers=headers).status_code == 200
        if end == "revoke":
            revoke_token(token.pk, by=person)
        elif end == "expire":
            ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(1))
        else:
            Membership.objects.all().delete()
        assert_problem(client.get("/api/me", headers=headers), 401)


def test_bad_token_is_not_saved_by_a_session(client, person):
    client.force_login(person)
    assert_problem(client.get("/api/me", headers={"Authorization": "Bearer kkh_wrong"}), 401)


def test_token_of_another_is_not_found(client, person, bearer, hospital, make_person):
    other, _secret = make_token(by=make_person(hospital, "clinician"), organisation=hospital, name="theirs")
    assert_problem(client.delete(f"/api/me/tokens/{other.pk}", headers=bearer), 404)
    mine = ApiToken.objects.get(person=person)
    assert client.delete(f"/api/me/tokens/{mine.pk}", headers=bearer).status_code == 204


def test_invalid_fields_are_named(client, person):
    client.force_login(person)
    response = client.post("/api/me/tokens", {"days": 0}, content_type="application/json")
    assert set(assert_problem(response, 422)["errors"]) == {"name", "days"}


def test_broken_json_unknown_path_and_method(client, bearer):
    assert_problem(client.post("/api/notices/read", "{", content_type="application/json", headers=bearer), 400)
    assert_problem(client.get("/api/nowhere"), 404)
    response = client.put("/api/me", headers=bearer)
    assert_problem(response, 405)
    assert "GET" in response["Allow"]


def test_job_routes(client, person, bearer, hospital, make_person, tmp_path):
    job = jobs.start("count", long_work.count, owner=person, to=1, folder=str(tmp_path))
    theirs = jobs.start("count", long_work.count, owner=make_person(hospital), to=1, folder=str(tmp_path))
    assert [row["id"] for row in client.get("/api/jobs/", headers=bearer).json()] == [job.pk]
    assert_problem(client.get(f"/api/jobs/{theirs.pk}", headers=bearer), 404)
    assert client.post(f"/api/jobs/{job.pk}/cancel", headers=bearer).json()["state"] == "cancelled"
    assert_problem(client.post(f"/api/jobs/{job.pk}/cancel", headers=bearer), 409)
    assert client.post(f"/api/jobs/{job.pk}/retry", headers=bearer).json()["state"] == "waiting"
    jobs.run_waiting()
    assert client.get(f"/api/jobs/{job.pk}", headers=bearer).json()["result"] == {"files": 1}


def test_unexpected_error_says_nothing_of_itself(client, bearer, monkeypatch):
    from kakehashi.kernel.people import api as people_api

    def explode(request):
        raise RuntimeError("secret internals")

    monkeypatch.setattr(people_api, "caller", explode)
    response = client.get("/api/me", headers=bearer)
    assert_problem(response, 500)
    assert "secret" not in response.content.decode()


def test_every_route_documents_its_problems():
    document = api.get_openapi_schema(path_prefix="/api/")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path}"
            for status in (401, 403, 404, 422):
                answer = operation["responses"][status]
                assert "application/problem+json" in answer["content"], f"{method} {path} {status}"


def test_documentation_pages_come_from_this_node(client, db):
    page = client.get("/api/docs").content.decode()
    assert "//cdn" not in page
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Kakehashi"


def test_refusal_that_nothing_else_recorded_is_recorded_and_shown(person, rf):
    request = rf.get("/cases/")
    request.user, request.session, request.resolver_match = person, {}, None
    assert (
        Answers(lambda request: None).process_exception(request, NotAllowed(denied("not_member", "Not yours."))) is None
    )
    entry = AuditEntry.objects.get(outcome="refused")
    assert (entry.actor, entry.detail) == (f"person:{person.pk}", '{"method":"GET","reasons":["not_member"]}')

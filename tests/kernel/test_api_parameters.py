"""A query parameter that a route does not have is refused on every route, and never widens what is answered."""

import re

import pytest

from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import ApiToken
from kakehashi.kernel.people.tokens import make_token
from kakehashi.systems.cases.models import Case


@pytest.fixture
def bearer(hospital, make_person):
    person = make_person(hospital, "clinician", "data_manager", "administrator")
    return {"Authorization": f"Bearer {make_token(by=person, organisation=hospital, name='script')[1]}"}


def test_misspelt_filter_is_named_with_what_is_meant_and_what_there_is(client, bearer):
    answer = client.get("/api/cases/?genne=FBN1&page=1", headers=bearer)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["code"], list(said["errors"])) == ("unknown_parameter", ["genne"])
    assert said["errors"]["genne"][0].startswith("Did you mean gene? The parameters of this address are: ")
    assert "organisation" in said["errors"]["genne"][0]
    japanese = client.get("/api/cases/?genne=FBN1", headers=bearer | {"Accept-Language": "ja"}).json()
    assert japanese["errors"]["genne"][0].startswith("gene の誤りではありませんか。このアドレスで使えるパラメーター：")
    assert client.get("/api/cases/?gene=FBN1&page=1", headers=bearer).status_code == 200


def test_every_route_that_reads_refuses_what_it_does_not_document(client, bearer):
    paths = client.get("/api/openapi.json").json()["paths"]
    read = [(path, methods["get"]) for path, methods in paths.items() if "get" in methods and "{" not in path]
    assert len(read) > 5
    for path, operation in read:
        documented = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
        needed = {one["name"]: "a" for one in documented if one["required"]}
        answer = client.get(path, needed | {"no_such": "x"}, headers=bearer)
        assert answer.status_code == 400, (path, answer.content)
        (told,) = answer.json()["errors"]["no_such"]
        assert all(re.search(rf"\b{one['name']}\b", told) for one in documented), (path, told)


WRITES = {
    "tokens": ("/api/me/tokens?days=3", {"name": "laptop"}),
    "notices": ("/api/notices/read?all=true", {"ids": None}),
    "cases": ("/api/cases/?register=true", {"local_id": "P1", "description": {}, "register_now": False}),
}


@pytest.mark.parametrize("write", WRITES)
def test_writes_refuse_them_too_and_write_nothing(client, hospital, make_person, write):
    person = make_person(hospital, "clinician", "administrator")
    client.force_login(person)
    Notice.objects.create(person=person, kind="x", text_ja="未読", text_en="Unread")

    def stored():
        return ApiToken.objects.count(), Notice.objects.filter(read_at=None).count(), Case.objects.count()

    address, sent = WRITES[write]
    answer = client.post(address, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert stored() == (0, 1, 0)
    assert client.post(address.partition("?")[0], sent, content_type="application/json").status_code in (200, 201)
    assert stored() != (0, 1, 0)


def test_routes_that_name_a_thing_in_their_path_refuse_them_before_they_look_for_it(client, hospital, make_person):
    person = make_person(hospital, "clinician")
    client.force_login(person)
    token, _secret = make_token(by=person, organisation=hospital, name="script")
    for act, address in (
        (client.get, "/api/cases/K-000000000000?revison=1"),
        (client.delete, f"/api/me/tokens/{token.pk}?all=true"),
        (client.delete, "/api/me/tokens/999999?all=true"),
    ):
        answer = act(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter"), address
    token.refresh_from_db()
    assert token.revoked_at is None
    assert client.delete(f"/api/me/tokens/{token.pk}").status_code == 204
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_strangers_are_asked_to_log_in_before_anything_is_said_of_parameters(client, db):
    assert client.get("/api/cases/?genne=FBN1").status_code == 401

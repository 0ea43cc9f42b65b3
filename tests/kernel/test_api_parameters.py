"""A query parameter that a route does not have is refused on every route, and never widens what is answered."""

import re

import pytest

from kakehashi.kernel.people.tokens import make_token


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


def test_writes_refuse_them_too_and_write_nothing(client, bearer):
    new = {"data": {"name": "laptop"}, "content_type": "application/json"}
    assert (
        client.post(
            "/api/notices/read?all=true", {"ids": [1]}, content_type="application/json", headers=bearer
        ).status_code
        == 400
    )
    assert client.post("/api/me/tokens?days=3", headers=bearer, **new).status_code in (400, 401)


def test_strangers_are_asked_to_log_in_before_anything_is_said_of_parameters(client, db):
    assert client.get("/api/cases/?genne=FBN1").status_code == 401

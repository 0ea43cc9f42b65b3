"""What the API refuses is said at its place in what was sent, in the caller's language."""

import json
import re

import pytest
from django.utils import translation
from pydantic import TypeAdapter, ValidationError

from kakehashi.kernel.api.validation import TEXTS, said

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
WRONG = {
    "description": {
        "sex": "unsure",
        "birth": "soon",
        "genes": "FBN1",
        "findings": [{"term": 5, "colour": "blue"}, {"term": "HP:0001250", "note": "x" * 501}],
        "variants": [{}],
    },
    "top": 0,
    "use_genes": "perhaps",
}
PLACES = {
    "description.sex",
    "description.birth",
    "description.genes",
    "description.findings.0.term",
    "description.findings.0.colour",
    "description.findings.1.note",
    "description.variants.0",
    "top",
    "use_genes",
}


@pytest.fixture
def ask(client, hospital, make_person):
    client.force_login(make_person(hospital, "clinician"))

    def post(path, body, language="ja"):
        kind = "application/json"
        answer = client.post(path, json.dumps(body), content_type=kind, headers={"accept-language": language})
        assert answer.status_code == 422
        return answer.json()["errors"]

    return post


@pytest.mark.parametrize("language", ["ja", "en"])
def test_faults_of_a_body_stand_at_their_paths_in_it(ask, language):
    errors = ask("/api/cases/rank", WRONG, language)
    assert set(errors) == PLACES
    for (text,) in errors.values():
        assert bool(JAPANESE.search(text)) == (language == "ja"), text


def test_finding_given_twice_and_unknown_term_are_said_in_japanese_at_their_paths(ask):
    twice = ask("/api/cases/rank", {"description": {"findings": [{"term": "HP:0001250"}] * 2}})
    assert list(twice) == ["description"]
    assert JAPANESE.search(twice["description"][0])
    case = {"local_id": "N-1", "description": {"findings": [{"term": "HP:9999999"}]}}
    assert list(ask("/api/cases/", case)) == ["description.findings.0.term"]


@pytest.mark.parametrize(
    ("address", "place"),
    [("/api/cases/?page=0", "page"), ("/api/cases/?sort=age;", "sort"), ("/api/cases/K-1", "case_id")],
)
def test_faults_of_an_address_are_named_as_in_it(client, hospital, make_person, address, place):
    client.force_login(make_person(hospital, "clinician"))
    assert list(client.get(address, headers={"accept-language": "ja"}).json()["errors"]) == [place]


def test_body_that_is_no_object_is_refused_as_a_whole(ask):
    assert ask("/api/notices/read", [1]).keys() <= {"", "ids"}


@pytest.mark.parametrize("kind", [int, dict, bytes, complex])
def test_unlisted_fault_is_said_in_japanese_too(kind):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(object())
    (error,) = caught.value.errors()
    for language in ("ja", "en"):
        with translation.override(language):
            assert bool(JAPANESE.search(said(error))) == (language == "ja")
            if error["type"] not in TEXTS and language == "en":
                assert said(error) == error["msg"]
